//! Who listens: looked at again for as long as it does. A request is over within seconds; a conversation may outlast a session, a
//! key, or a role.

use crate::{
    accounts::Credential,
    app::App,
    caller::{Actor, Means, Person},
    error::{Error, Result},
};
use secrecy::SecretString;
use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio_util::sync::CancellationToken;

/// How often it is looked whether someone may still listen. Who is behind a token is remembered for four seconds, so that what ends
/// it is felt within five.
const LOOK_EVERY: Duration = Duration::from_secs(1);

/// Who listens, and whether it still may.
pub struct Access {
    app: App,
    /// As who it began; nothing that would be someone else goes on in its name.
    began: Actor,
    actor: Mutex<Actor>,
    /// What it showed; nothing for anyone, and for whom tests mint.
    credential: Option<Credential>,
    over: CancellationToken,
}

impl Access {
    /// Begins to listen with what was sent, if anything was.
    ///
    /// # Errors
    /// Unauthenticated when it is not good; whatever the database says.
    pub async fn begin(app: &App, sent: Option<&SecretString>) -> Result<Arc<Self>> {
        let Some(sent) = sent else {
            return Ok(Self::of(app, Actor::Anonymous, None));
        };
        let credential = Credential::read(app, sent).await?;
        let person = credential.person(app).await?;
        Ok(Self::of(app, Actor::Person(person), Some(credential)))
    }

    /// Who listens for as long as it likes, since nothing was shown that could end.
    #[must_use]
    pub fn of_actor(app: &App, actor: Actor) -> Arc<Self> {
        Self::of(app, actor, None)
    }

    fn of(app: &App, actor: Actor, credential: Option<Credential>) -> Arc<Self> {
        Arc::new(Self {
            app: app.clone(),
            began: actor,
            actor: Mutex::new(actor),
            credential,
            over: CancellationToken::new(),
        })
    }

    /// Who it is, as of the last look.
    #[must_use]
    pub fn actor(&self) -> Actor {
        *self.actor.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Looks whether it may still listen.
    ///
    /// # Errors
    /// Unauthenticated when it may not, for good; whatever the database says, and then it is not known.
    pub async fn confirm(&self) -> Result<()> {
        let Some(credential) = &self.credential else {
            return Ok(());
        };
        if self.over.is_cancelled() {
            return Err(Error::Unauthenticated);
        }
        match credential.person(&self.app).await {
            Ok(person) if is_same(self.began, person) => {
                *self.actor.lock().unwrap_or_else(PoisonError::into_inner) = Actor::Person(person);
                Ok(())
            }
            Ok(_) | Err(Error::Unauthenticated) => {
                self.over.cancel();
                Err(Error::Unauthenticated)
            }
            Err(error) => Err(error),
        }
    }

    /// Waits until it may not listen any more, looking again and again; for ever where it showed nothing that could end.
    pub async fn ended(&self) {
        if self.credential.is_none() {
            return std::future::pending().await;
        }
        let mut is_known = true;
        loop {
            tokio::select! {
                () = self.over.cancelled() => return,
                () = tokio::time::sleep(LOOK_EVERY) => {}
            }
            let looked = self.confirm().await;
            if let (Err(error), true) = (&looked, is_known) {
                tracing::debug!(error = error.for_operator(), "who listens is not confirmed");
            }
            is_known = looked.is_ok();
        }
    }
}

/// Whether `person` may do what whoever began could, no more and no less. A second factor that it showed meanwhile is no reason to
/// begin anew.
fn is_same(began: Actor, person: Person) -> bool {
    let Actor::Person(began) = began else {
        return false;
    };
    let means = match (began.means, person.means) {
        (Means::Session { id, .. }, Means::Session { id: now, .. }) => id == now,
        (began, now) => began == now,
    };
    means && began.account == person.account && began.role == person.role
}
