//! One conversation: what is heard, what is said, and how it ends.

use super::{
    ending::Ending,
    message::{Heard, Said, authorization},
    operation::{self, Answer, Asked},
    pace::Pace,
};
use crate::{
    caller::Client,
    error::Error,
    graphql::live::Access,
    http::{auth, edge::Edge, graphql_request::Parameters, seats::Seat},
    platform::telemetry::RequestId,
};
use axum::extract::ws::{Message, WebSocket};
use secrecy::SecretString;
use serde_json::{Map, Value};
use std::{
    collections::HashMap,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::mpsc,
    task::{AbortHandle, JoinSet},
    time::{Instant, MissedTickBehavior, interval_at, sleep_until, timeout},
};
use tokio_util::sync::CancellationToken;

/// Most answers that wait to be taken; operations with more wait themselves.
const MOST_ANSWERS: usize = 16;
/// How long a client may take for one message.
const WRITE_PATIENCE: Duration = Duration::from_secs(10);
/// How long a client may take to say goodbye.
const CLOSE_PATIENCE: Duration = Duration::from_secs(1);
/// Signs of life in a row that may go unanswered.
const MOST_SILENCE: u32 = 2;

/// What is under way on a socket.
struct Conversation {
    edge: Edge,
    client: Client,
    /// What came with the handshake, for clients that can send headers.
    bearer: Option<SecretString>,
    request_id: RequestId,
    /// Who it is, once it said so.
    access: Option<Arc<Access>>,
    /// Cancelled when it may not listen any more.
    over: CancellationToken,
    /// The account's, beside the address's.
    seat: Option<Seat>,
    live: HashMap<String, Live>,
    tasks: JoinSet<()>,
    answers: mpsc::Sender<Answer>,
    pace: Pace,
    begun: u64,
    heard_at: Instant,
}

/// An operation under way.
struct Live {
    /// Tells it from those that had its id before.
    number: u64,
    is_subscription: Arc<AtomicBool>,
    task: AbortHandle,
}

/// Converses until one side ends it.
pub(super) async fn converse(
    mut socket: WebSocket,
    edge: Edge,
    client: Client,
    bearer: Option<SecretString>,
    request_id: RequestId,
) {
    let began = Instant::now();
    let limits = &edge.app().settings.subscriptions;
    let pace = Pace::new(limits.websocket_max_messages_per_second, began);
    let (answers, mut taken) = mpsc::channel(MOST_ANSWERS);
    let mut conversation = Conversation {
        client,
        bearer,
        access: None,
        over: CancellationToken::new(),
        seat: None,
        live: HashMap::new(),
        tasks: JoinSet::new(),
        answers,
        pace,
        begun: 0,
        heard_at: began,
        request_id,
        edge,
    };
    let ending = conversation.run(&mut socket, &mut taken).await;
    tracing::info!(
        request_id = conversation.request_id.as_str(),
        code = ending.code(),
        operations = conversation.begun,
        duration_ms = u64::try_from(began.elapsed().as_millis()).unwrap_or(u64::MAX),
        "websocket"
    );
    // Operations end before the socket does; mutations come to their end all the same.
    drop(conversation);
    close(socket, &ending).await;
}

/// Ends a conversation, and lets the client hear why.
pub(super) async fn close(mut socket: WebSocket, ending: &Ending) {
    metrics::counter!("websocket_closes_total", "code" => ending.code().to_string()).increment(1);
    if *ending == Ending::Left {
        // Whoever said goodbye is answered by this.
        let _ = timeout(CLOSE_PATIENCE, socket.recv()).await;
        return;
    }
    let said = async {
        socket
            .send(Message::Close(Some(ending.frame())))
            .await
            .is_ok()
    };
    if !timeout(CLOSE_PATIENCE, said).await.unwrap_or_default() {
        return;
    }
    // To hang up while something is still on its way here would take our last word from the client.
    let farewell = async {
        while let Some(Ok(_)) = socket.recv().await {}
        if *ending == Ending::TooLarge {
            // What is too large is not read.
            std::future::pending::<()>().await;
        }
    };
    let _ = timeout(CLOSE_PATIENCE, farewell).await;
}

impl Conversation {
    async fn run(
        &mut self,
        socket: &mut WebSocket,
        answers: &mut mpsc::Receiver<Answer>,
    ) -> Ending {
        let limits = self.edge.app().settings.subscriptions.clone();
        let begin_by = Instant::now() + limits.init_timeout();
        let every = limits.ping_every();
        let mut ping = interval_at(Instant::now() + every, every);
        ping.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let (closing, over) = (self.edge.closing().clone(), self.over.clone());
        let mut is_closing = false;
        loop {
            if is_closing && !self.is_answering() {
                return Ending::GoingAway;
            }
            let done = tokio::select! {
                frame = socket.recv() => self.hear(socket, frame).await,
                Some(answer) = answers.recv() => self.tell(socket, answer).await,
                _ = ping.tick() => self.give_sign(socket, every).await,
                () = sleep_until(begin_by), if self.access.is_none() => Err(Ending::InitTimeout),
                () = over.cancelled() => Err(Ending::Forbidden),
                () = closing.cancelled(), if !is_closing => {
                    is_closing = true;
                    Ok(())
                }
                // Their answers are told; this only lets go of them.
                Some(_) = self.tasks.join_next(), if !self.tasks.is_empty() => Ok(()),
            };
            if let Err(ending) = done {
                return ending;
            }
        }
    }

    /// Whether there are operations that will end by themselves. Subscriptions are not told that they are complete when the server
    /// stops: their clients ask another.
    fn is_answering(&self) -> bool {
        let mut live = self.live.values();
        live.any(|one| !one.is_subscription.load(Ordering::Relaxed))
    }

    async fn hear(
        &mut self,
        socket: &mut WebSocket,
        frame: Option<Result<Message, axum::Error>>,
    ) -> Result<(), Ending> {
        let message = match frame {
            None => return Err(Ending::Left),
            Some(Err(error)) => return Err(Ending::of(error)),
            Some(Ok(message)) => message,
        };
        self.heard_at = Instant::now();
        if !self.pace.spend(self.heard_at) {
            return Err(Ending::TooMany);
        }
        match message {
            Message::Text(text) => self.answer(socket, Heard::parse(&text)?).await,
            Message::Binary(_) => Err(Ending::BadMessage("Invalid message: messages are text")),
            // Pings are answered below.
            Message::Ping(_) | Message::Pong(_) => Ok(()),
            Message::Close(_) => Err(Ending::Left),
        }
    }

    async fn answer(&mut self, socket: &mut WebSocket, heard: Heard) -> Result<(), Ending> {
        metrics::counter!("websocket_messages_total", "type" => heard.name()).increment(1);
        match heard {
            Heard::ConnectionInit { payload } => self.begin(socket, payload).await,
            Heard::Ping { payload } => send(socket, Said::Pong { payload }.text()).await,
            Heard::Pong { .. } => Ok(()),
            Heard::Subscribe { id, payload } => self.subscribe(socket, id, *payload).await,
            Heard::Complete { id } => {
                if let Some(live) = self.live.remove(&id) {
                    live.task.abort();
                }
                Ok(())
            }
        }
    }

    async fn begin(
        &mut self,
        socket: &mut WebSocket,
        payload: Option<Map<String, Value>>,
    ) -> Result<(), Ending> {
        if self.access.is_some() {
            return Err(Ending::SecondInit);
        }
        let payload = payload.unwrap_or_default();
        let sent = match authorization(&payload) {
            None | Some(Value::Null) => self.bearer.take(),
            Some(Value::String(text)) if text.trim().is_empty() => None,
            Some(Value::String(text)) => Some(auth::bearer_in(text).ok_or(Ending::Forbidden)?),
            Some(_) => return Err(Ending::Forbidden),
        };
        let access = match Access::begin(self.edge.app(), sent.as_ref()).await {
            Ok(access) => access,
            Err(Error::Unauthenticated) => return Err(Ending::Forbidden),
            Err(error) => {
                tracing::warn!(
                    error = error.for_operator(),
                    "who opened a websocket could not be looked up"
                );
                return Err(Ending::TryLater("It cannot be told now who you are"));
            }
        };
        let seat = self.edge.seats().take_for(access.actor());
        self.seat = seat.map_err(|full| Ending::TryLater(full.message()))?;
        let (watched, over) = (Arc::clone(&access), self.over.clone());
        self.tasks.spawn(async move {
            watched.ended().await;
            over.cancel();
        });
        self.access = Some(access);
        let said: Said<'_, ()> = Said::ConnectionAck;
        send(socket, said.text()).await
    }

    async fn subscribe(
        &mut self,
        socket: &mut WebSocket,
        id: String,
        payload: Parameters,
    ) -> Result<(), Ending> {
        let Some(access) = self.access.clone() else {
            return Err(Ending::Unauthorized);
        };
        if self.live.contains_key(&id) {
            return Err(Ending::Duplicate(id));
        }
        if self.edge.is_closing() {
            // Its client asks another server, as soon as this one hangs up.
            return Ok(());
        }
        let most = self
            .edge
            .app()
            .settings
            .subscriptions
            .websocket_max_operations;
        if self.live.len() >= usize::try_from(most).unwrap_or(usize::MAX) {
            let text = operation::too_many(&id, most);
            return send(socket, text).await;
        }
        self.begun += 1;
        let is_subscription = Arc::new(AtomicBool::new(false));
        let asked = Asked {
            edge: self.edge.clone(),
            access,
            client: self.client.clone(),
            id: id.clone(),
            number: self.begun,
            is_subscription: Arc::clone(&is_subscription),
            answers: self.answers.clone(),
        };
        let task = self.tasks.spawn(asked.answer(payload));
        let live = Live {
            number: self.begun,
            is_subscription,
            task,
        };
        self.live.insert(id, live);
        Ok(())
    }

    /// Passes an answer on, unless its operation was completed meanwhile.
    async fn tell(&mut self, socket: &mut WebSocket, answer: Answer) -> Result<(), Ending> {
        let live = self.live.get(&answer.id);
        if live.is_none_or(|live| live.number != answer.number) {
            return Ok(());
        }
        if answer.is_last {
            self.live.remove(&answer.id);
        }
        for text in answer.texts {
            send(socket, text).await?;
        }
        Ok(())
    }

    /// Pings, of the kind that browsers answer by themselves.
    async fn give_sign(&mut self, socket: &mut WebSocket, every: Duration) -> Result<(), Ending> {
        if self.heard_at.elapsed() > every * (MOST_SILENCE + 1) {
            return Err(Ending::Silent);
        }
        deliver(socket, Message::Ping(axum::body::Bytes::new())).await
    }
}

async fn send(socket: &mut WebSocket, text: String) -> Result<(), Ending> {
    deliver(socket, Message::Text(text.into())).await
}

async fn deliver(socket: &mut WebSocket, message: Message) -> Result<(), Ending> {
    match timeout(WRITE_PATIENCE, socket.send(message)).await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Ending::Left),
        Err(_) => Err(Ending::Silent),
    }
}
