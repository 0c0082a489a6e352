//! Listening to what happens, for as long as someone looks on.

pub use super::live::LiveEvent;
use super::live::{self, PAGE};
use crate::{
    app::App,
    error::{Error, Result},
};
use std::{collections::VecDeque, sync::Arc};
use tokio::sync::broadcast::{Receiver, error::RecvError};

/// What a listener hears.
#[derive(Clone, Debug)]
pub enum News {
    /// The next event; none was left out between the one before and this.
    Event(Arc<LiveEvent>),
    /// Some events were left out here, since they came faster than they were taken, or are not kept any more. Whoever
    /// keeps what follows from events asks for it anew.
    Missed,
}

/// Hears of every event after a position, in the order of the feed.
pub struct Listener {
    app: App,
    receiver: Receiver<Arc<LiveEvent>>,
    /// The position of the last event that was heard; nothing when some were missed.
    heard: Option<i64>,
    /// Whether there may be more in the table than what will be received.
    is_behind: bool,
    backlog: VecDeque<LiveEvent>,
}

/// Hears of what is handed on from now on.
///
/// # Errors
/// Whatever the database says.
pub async fn subscribe(app: &App) -> Result<Listener> {
    // In this order: what comes between the two is received.
    let receiver = app.outlets.live.receiver(app);
    let heard = live::last_position(app).await?;
    Ok(Listener::new(app, receiver, heard, false))
}

/// Hears of what was handed on after `position`, which a [`LiveEvent`] told.
///
/// # Errors
/// Invalid when no event has got this position yet; Conflict when events after it are not kept any more.
pub async fn subscribe_from(app: &App, position: i64) -> Result<Listener> {
    let receiver = app.outlets.live.receiver(app);
    let last = live::last_position(app).await?;
    if !(0..=last).contains(&position) {
        let message = "No event has this position yet. Listen without one, or from one that an event came with.";
        return Err(Error::invalid("position", message));
    }
    let mut listener = Listener::new(app, receiver, position, position < last);
    if listener.is_behind {
        listener.read_on(position).await?;
        let first = listener.backlog.front().map(|event| event.position);
        if first != Some(position + 1) {
            return Err(Error::Conflict(
                "Events after this position are not kept any more. Ask for what they were about anew, and listen without a position."
                    .to_owned(),
            ));
        }
    }
    Ok(listener)
}

impl Listener {
    fn new(app: &App, receiver: Receiver<Arc<LiveEvent>>, heard: i64, is_behind: bool) -> Self {
        Self {
            app: app.clone(),
            receiver,
            heard: Some(heard),
            is_behind,
            backlog: VecDeque::new(),
        }
    }

    /// Waits for what comes next. Dropping it leaves nothing out.
    ///
    /// # Errors
    /// Whatever the database says; asking again goes on where it stood.
    pub async fn next(&mut self) -> Result<News> {
        loop {
            if let Some(event) = self.backlog.pop_front() {
                return Ok(self.hear(Arc::new(event)));
            }
            if let Some(heard) = self.heard.filter(|_| self.is_behind) {
                self.read_on(heard).await?;
                continue;
            }
            match self.receiver.recv().await {
                Ok(event) => match self.heard {
                    Some(heard) if event.position <= heard => {}
                    // The task that reads for all began later than this listener.
                    Some(heard) if event.position > heard + 1 => self.is_behind = true,
                    _ => return Ok(self.hear(event)),
                },
                Err(RecvError::Lagged(_)) => {
                    self.heard = None;
                    return Ok(News::Missed);
                }
                Err(RecvError::Closed) => {
                    // The task ends only when nobody listens, unless it panicked.
                    self.receiver = self.app.outlets.live.receiver(&self.app);
                    self.is_behind = true;
                }
            }
        }
    }

    async fn read_on(&mut self, heard: i64) -> Result<()> {
        let page = live::page(&self.app, heard).await?;
        self.is_behind = page.len() == PAGE;
        self.backlog = page.into();
        Ok(())
    }

    fn hear(&mut self, event: Arc<LiveEvent>) -> News {
        let before = self.heard.replace(event.position);
        match before {
            Some(before) if event.position > before + 1 => {
                // It stays for the next time.
                self.heard = Some(event.position - 1);
                self.backlog.push_front((*event).clone());
                News::Missed
            }
            _ => News::Event(event),
        }
    }
}
