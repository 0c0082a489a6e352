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
    /// The position of the last event that was heard.
    heard: i64,
    /// Whether there may be more in the table than what will be received.
    is_behind: bool,
    /// Whether the channel has dropped some, which may have been heard before.
    has_lagged: bool,
    backlog: VecDeque<Arc<LiveEvent>>,
}

/// Hears of what is handed on from now on.
///
/// # Errors
/// Whatever the database says.
pub async fn subscribe(app: &App) -> Result<Listener> {
    let heard = live::last_position(app).await?;
    Ok(Listener::new(app, heard, heard))
}

/// Hears of what was handed on after `position`, which a [`LiveEvent`] told.
///
/// # Errors
/// Invalid when no event has got this position yet; Conflict when events after it are not kept any more.
pub async fn subscribe_from(app: &App, position: i64) -> Result<Listener> {
    let last = live::last_position(app).await?;
    if !(0..=last).contains(&position) {
        let message = "No event has this position yet. Listen without one, or from one that an event came with.";
        return Err(Error::invalid("position", message));
    }
    let mut listener = Listener::new(app, position, last);
    listener.read_on(position).await?;
    let first = listener.backlog.front().map(|event| event.position);
    if position < last && first != Some(position + 1) {
        return Err(Error::Conflict(
            "Events after this position are not kept any more. Ask for what they were about anew, and listen without a position."
                .to_owned(),
        ));
    }
    Ok(listener)
}

impl Listener {
    fn new(app: &App, heard: i64, last: i64) -> Self {
        Self {
            app: app.clone(),
            receiver: app.outlets.live.receiver(app, last),
            heard,
            // The task that reads for all may be ahead of `last`. Whatever it has read is in the table, and whatever it
            // reads from now on is received.
            is_behind: true,
            has_lagged: false,
            backlog: VecDeque::new(),
        }
    }

    /// The position of what was heard last: whoever comes back with it misses nothing.
    #[must_use]
    pub fn position(&self) -> i64 {
        self.heard
    }

    /// Waits for what comes next. Dropping it leaves nothing out.
    ///
    /// # Errors
    /// Whatever the database says; asking again goes on where it stood.
    pub async fn next(&mut self) -> Result<News> {
        loop {
            if let Some(event) = self.backlog.pop_front() {
                return Ok(self.hear(event));
            }
            if self.is_behind {
                self.read_on(self.heard).await?;
                continue;
            }
            match self.receiver.recv().await {
                Ok(event) if event.position <= self.heard => {}
                // The task was begun anew.
                Ok(event) if event.position > self.heard + 1 && !self.has_lagged => {
                    self.is_behind = true;
                }
                Ok(event) => {
                    self.has_lagged = false;
                    return Ok(self.hear(event));
                }
                Err(RecvError::Lagged(_)) => self.has_lagged = true,
                Err(RecvError::Closed) => {
                    // The task ends only when nobody listens, unless it panicked.
                    let last = live::last_position(&self.app).await?;
                    self.receiver = self.app.outlets.live.receiver(&self.app, last);
                    self.is_behind = true;
                }
            }
        }
    }

    async fn read_on(&mut self, heard: i64) -> Result<()> {
        let page = live::page(&self.app, heard).await?;
        self.is_behind = page.len() == PAGE;
        self.backlog = page.into_iter().map(Arc::new).collect();
        Ok(())
    }

    fn hear(&mut self, event: Arc<LiveEvent>) -> News {
        let is_next = event.position == self.heard + 1;
        if is_next {
            self.heard = event.position;
            return News::Event(event);
        }
        // It is what comes after those that were missed.
        self.heard = event.position - 1;
        self.backlog.push_front(event);
        News::Missed
    }
}
