//! A mailer that keeps what it is given.

use futures_util::future::BoxFuture;
use std::sync::{Arc, Mutex};
use tradewind::{
    error::Result,
    ports::mailer::{Mail, Mailer},
};

/// Letters, in the order in which they were sent.
#[derive(Clone, Debug, Default)]
pub struct Mails(Arc<Mutex<Vec<Mail>>>);

impl Mails {
    /// Those sent since this was last asked.
    pub fn take(&self) -> Vec<Mail> {
        std::mem::take(&mut self.0.lock().expect("no test panics while it sends"))
    }
}

impl Mailer for Mails {
    fn send<'a>(&'a self, mail: &'a Mail) -> BoxFuture<'a, Result<()>> {
        let mut mails = self.0.lock().expect("no test panics while it sends");
        mails.push(mail.clone());
        Box::pin(async { Ok(()) })
    }
}
