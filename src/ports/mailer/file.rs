//! Putting mail into a folder, a file each: any mail program opens them.

use super::{
    Mail, Mailer,
    message::{Sender, message},
};
use crate::error::{Error, Result};
use futures_util::future::BoxFuture;
use std::path::PathBuf;
use uuid::Uuid;

/// A folder, made when the first letter comes.
#[derive(Debug)]
pub(super) struct Folder {
    path: PathBuf,
    from: Sender,
}

impl Folder {
    pub(super) fn new(path: PathBuf, from: Sender) -> Self {
        Self { path, from }
    }
}

impl Mailer for Folder {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        Box::pin(async move {
            let written = message(&self.from, mail)?.formatted();
            tokio::fs::create_dir_all(&self.path)
                .await
                .map_err(Error::internal)?;
            // In the order in which they were sent.
            let file = self.path.join(format!("{}.eml", Uuid::now_v7()));
            tokio::fs::write(file, written)
                .await
                .map_err(Error::internal)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{super::message::sender, *};

    #[tokio::test]
    async fn a_letter_is_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("mail");
        let from = sender("Tradewind <no-reply@shop.example>").unwrap();
        let mail = Mail {
            to: "ada@example.com".to_owned(),
            subject: "Hello".to_owned(),
            text: "Good morning".to_owned(),
            html: "<p>Good morning</p>".to_owned(),
        };
        Folder::new(path.clone(), from).send(&mail).await.unwrap();
        let file = std::fs::read_dir(path).unwrap().next().unwrap().unwrap();
        let text = std::fs::read_to_string(file.path()).unwrap();
        assert!(
            text.contains("To: ada@example.com") && text.contains("Good morning"),
            "{text}"
        );
    }
}
