//! A letter as it travels: MIME, with the text beside the HTML.

use super::Mail;
use crate::error::{Error, Result};
// Only written here; what calls a server with it goes through a `Dependency`, in `smtp.rs`.
use lettre::message::{Mailbox, MultiPart};

/// Who sends.
pub(super) type Sender = Mailbox;

/// Who sends, as `Name <address>` or an address alone.
pub(super) fn sender(text: &str) -> Option<Sender> {
    text.parse().ok()
}

/// # Errors
/// Invalid when it cannot be addressed.
pub(super) fn message(from: &Sender, mail: &Mail) -> Result<lettre::Message> {
    let to = mail.to.parse().map(|address| Mailbox::new(None, address));
    let to = to.map_err(|_| Error::invalid("to", "Mail cannot be addressed to it."))?;
    lettre::Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&mail.subject)
        .multipart(MultiPart::alternative_plain_html(
            mail.text.clone(),
            mail.html.clone(),
        ))
        .map_err(Error::internal)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mail(to: &str) -> Mail {
        Mail {
            to: to.to_owned(),
            subject: "Grüße\r\nBcc: eve@example.com".to_owned(),
            text: "Hello".to_owned(),
            html: "<p>Hello</p>".to_owned(),
        }
    }

    #[test]
    fn nothing_adds_a_header() {
        let from = sender("Tradewind <no-reply@shop.example>").unwrap();
        let written = message(&from, &mail("ada@example.com"))
            .unwrap()
            .formatted();
        let written = String::from_utf8(written).unwrap();
        let headers = written.split("\r\n\r\n").next().unwrap();
        assert!(!headers.contains("\nBcc"), "{headers}");
        assert!(
            written.contains("text/plain") && written.contains("text/html"),
            "{written}"
        );
        let forged = message(&from, &mail("ada@example.com\r\nBcc: eve@example.com"));
        assert!(forged.is_err());
    }

    #[test]
    fn senders_may_have_names() {
        for text in ["no-reply@shop.example", "Tradewind <no-reply@shop.example>"] {
            assert!(sender(text).is_some(), "{text}");
        }
        for text in ["", "Tradewind", "a@b@c"] {
            assert!(sender(text).is_none(), "{text}");
        }
    }
}
