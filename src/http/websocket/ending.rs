//! How conversations end: the codes of the protocol, and those of RFC 6455 for what lies below it.

use axum::extract::ws::{CloseFrame, Utf8Bytes};
use std::borrow::Cow;

/// Longest reason of a closing frame, in bytes (RFC 6455, section 5.5).
const LONGEST_REASON: usize = 123;

/// Why a conversation ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// The client left, or cannot be reached.
    Left,
    /// The client took nothing, or gave no sign of life, for too long.
    Silent,
    /// The server stops.
    GoingAway,
    /// What came is no WebSocket.
    ProtocolError,
    /// Text that is not UTF-8.
    NotText,
    /// More messages than a client may send.
    TooMany,
    /// A message that is too large.
    TooLarge,
    /// Not now, but perhaps soon.
    TryLater(&'static str),
    /// What came is no message of the protocol's.
    BadMessage(&'static str),
    /// An operation before the conversation was begun.
    Unauthorized,
    /// Who began is not who it says, or may not listen any more.
    Forbidden,
    /// The client does not speak the protocol.
    Subprotocol,
    /// The conversation was not begun in time.
    InitTimeout,
    /// There is an operation of this id.
    Duplicate(String),
    /// The conversation was begun already.
    SecondInit,
}

impl Ending {
    /// The fault of a frame that could not be read.
    pub(super) fn of(error: axum::Error) -> Self {
        let error = error.into_inner();
        match error.downcast_ref::<tungstenite::Error>() {
            Some(tungstenite::Error::Capacity(_)) => Self::TooLarge,
            Some(tungstenite::Error::Utf8(_)) => Self::NotText,
            // Gone without a word, as clients may be.
            Some(tungstenite::Error::Protocol(
                tungstenite::error::ProtocolError::ResetWithoutClosingHandshake,
            )) => Self::Left,
            Some(tungstenite::Error::Protocol(_)) => Self::ProtocolError,
            _ => Self::Left,
        }
    }

    /// The code.
    pub(super) fn code(&self) -> u16 {
        match self {
            Self::Left => 1000,
            Self::GoingAway => 1001,
            Self::ProtocolError => 1002,
            Self::NotText => 1007,
            Self::TooMany => 1008,
            Self::TooLarge => 1009,
            Self::TryLater(_) | Self::Silent => 1013,
            Self::BadMessage(_) => 4400,
            Self::Unauthorized => 4401,
            Self::Forbidden => 4403,
            Self::Subprotocol => 4406,
            Self::InitTimeout => 4408,
            Self::Duplicate(_) => 4409,
            Self::SecondInit => 4429,
        }
    }

    fn reason(&self) -> Cow<'static, str> {
        let fixed = match self {
            Self::Left => "",
            Self::Silent => "Nothing was taken from here for too long",
            Self::GoingAway => "The server stops: connect again",
            Self::ProtocolError => "This is no WebSocket frame",
            Self::NotText => "Text is UTF-8",
            Self::TooMany => "Too many messages (WEBSOCKET_MAX_MESSAGES_PER_SECOND)",
            Self::TooLarge => {
                "The message is larger than this server takes (REQUEST_BODY_LIMIT_BYTES)"
            }
            Self::TryLater(reason) | Self::BadMessage(reason) => reason,
            Self::Unauthorized => "Unauthorized",
            Self::Forbidden => "Forbidden",
            Self::Subprotocol => "Subprotocol not acceptable",
            Self::InitTimeout => "Connection initialisation timeout",
            Self::Duplicate(id) => {
                return Cow::Owned(format!("Subscriber for {id} already exists"));
            }
            Self::SecondInit => "Too many initialisation requests",
        };
        Cow::Borrowed(fixed)
    }

    /// The frame that says so.
    pub(super) fn frame(&self) -> CloseFrame {
        let reason = self.reason();
        let mut end = reason.len().min(LONGEST_REASON);
        while !reason.is_char_boundary(end) {
            end -= 1;
        }
        CloseFrame {
            code: self.code(),
            reason: Utf8Bytes::from(&reason[..end]),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_into_their_frame() {
        for id in ["1", "\u{1f980}".repeat(200).as_str()] {
            let frame = Ending::Duplicate(id.to_owned()).frame();
            assert_eq!(frame.code, 4409);
            assert!(
                frame.reason.len() <= LONGEST_REASON && frame.reason.starts_with("Subscriber for ")
            );
        }
        assert!(
            Ending::TryLater(crate::http::seats::Full::Account.message())
                .frame()
                .reason
                .len()
                < LONGEST_REASON
        );
    }
}
