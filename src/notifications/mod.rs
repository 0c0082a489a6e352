//! Notifications: what people are written to about what happened to them.
//!
//! A subscriber asks for one letter to each reader of an event, with the delivery of the event in one transaction, so that no event is written of twice. A
//! job sets the letter from what is true when it runs and hands it on; names and addresses lie in no table of jobs or events. Letters of accounts,
//! which bear tokens, are theirs.

mod order_letter;
mod order_mails;
mod send_order_mail;

pub(crate) use order_mails::OrderMails;
pub(crate) use send_order_mail::SendOrderMail;
