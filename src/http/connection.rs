//! One connection: how long its client may take, and how it ends.
//!
//! hyper has a time limit on heads, but it runs while a kept-alive connection waits for its next request too, and
//! a server that closes those sooner than the proxy in front of it makes requests fail. And when the server stops,
//! hyper waits for connections that never asked anything. So both are decided here, from what is seen to pass.

use axum::{Router, body::Body, extract::ConnectInfo, http::Request, response::Response};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    io,
    net::SocketAddr,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// How long a request's head may take to arrive.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may wait for its next request: longer than the minute after which proxies close theirs.
const IDLE_PATIENCE: Duration = Duration::from_secs(75);
/// How often that is looked after.
const TICK: Duration = Duration::from_secs(2);

/// Answers the requests of one connection, whose client is at `peer`, until it ends, its client takes too long, or `closing` is called and the
/// request under way is answered.
pub(super) async fn answer<S>(
    stream: S,
    peer: SocketAddr,
    router: Router,
    closing: CancellationToken,
) where
    S: AsyncRead + AsyncWrite + Send + Unpin + 'static,
{
    let activity = Activity::new();
    let seen = activity.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        seen.turn(Phase::Busy);
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        let answer = router.clone().call(request);
        let seen = seen.clone();
        async move {
            let answer = answer.await;
            let is_stream = answer.as_ref().is_ok_and(Streams::marks);
            seen.turn(if is_stream {
                Phase::Streaming
            } else {
                Phase::Idle
            });
            answer
        }
    });
    let stream = Watched {
        stream,
        activity: activity.clone(),
    };
    let connection = http1::Builder::new().serve_connection(TokioIo::new(stream), service);
    let mut connection = pin!(connection.with_upgrades());
    let mut tick = interval(TICK);
    tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut is_closing = false;
    loop {
        tokio::select! {
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    tracing::debug!(%error, "a connection broke");
                }
                return;
            }
            () = closing.cancelled(), if !is_closing => {
                if activity.phase() == Phase::First {
                    return;
                }
                is_closing = true;
                connection.as_mut().graceful_shutdown();
            }
            _ = tick.tick() => {
                if activity.is_overdue() {
                    return;
                }
            }
        }
    }
}

/// Marks an answer whose body goes on for as long as something happens: the connection is in use until it ends, and closed then.
#[derive(Clone, Copy, Debug)]
pub(super) struct Streams;

impl Streams {
    fn marks(answer: &Response) -> bool {
        answer.extensions().get::<Self>().is_some()
    }
}

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its first request has not arrived, or not wholly.
    First,
    /// A request is being answered.
    Busy,
    /// An answer is sent that does not end by itself.
    Streaming,
    /// It waits for the next request.
    Idle,
    /// The next request's head has begun to arrive.
    Head,
}

/// The phase of a connection and since when.
#[derive(Clone, Debug)]
struct Activity(Arc<Mutex<(Phase, Instant)>>);

impl Activity {
    fn new() -> Self {
        Self(Arc::new(Mutex::new((Phase::First, Instant::now()))))
    }

    fn turn(&self, phase: Phase) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = (phase, Instant::now());
    }

    fn current(&self) -> (Phase, Instant) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn phase(&self) -> Phase {
        self.current().0
    }

    /// Bytes arrived.
    fn received(&self) {
        if self.phase() == Phase::Idle {
            self.turn(Phase::Head);
        }
    }

    /// Bytes were taken by the client's side.
    fn sent(&self) {
        if self.phase() == Phase::Streaming {
            self.turn(Phase::Streaming);
        }
    }

    fn is_overdue(&self) -> bool {
        let (phase, since) = self.current();
        match phase {
            // Requests have a deadline of their own.
            Phase::Busy => false,
            Phase::First | Phase::Head => since.elapsed() > HEAD_PATIENCE,
            // Signs of life are sent far more often: this one takes none.
            Phase::Streaming | Phase::Idle => since.elapsed() > IDLE_PATIENCE,
        }
    }
}

/// A stream that tells when something arrives.
struct Watched<S> {
    stream: S,
    activity: Activity,
}

impl<S: AsyncRead + Unpin> AsyncRead for Watched<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        let polled = Pin::new(&mut self.stream).poll_read(context, buffer);
        if buffer.filled().len() > before {
            self.activity.received();
        }
        polled
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Watched<S> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write(context, bytes);
        if polled.is_ready() {
            self.activity.sent();
        }
        polled
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let polled = Pin::new(&mut self.stream).poll_write_vectored(context, slices);
        if polled.is_ready() {
            self.activity.sent();
        }
        polled
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex},
        join,
    };

    /// Lets `client` talk to a server, and tells after how long the server hung up. Time passes as fast as
    /// everyone waits.
    async fn hangs_up_after(client: impl AsyncFnOnce(DuplexStream, CancellationToken)) -> Duration {
        let router = Router::new().route("/", get(async || "hello"));
        let closing = CancellationToken::new();
        let (ours, theirs) = duplex(1_024);
        let began = Instant::now();
        let served = async {
            let peer = SocketAddr::from(([127, 0, 0, 1], 1));
            answer(theirs, peer, router, closing.clone()).await;
            began.elapsed()
        };
        join!(served, client(ours, closing.clone())).0
    }

    async fn ask(stream: &mut DuplexStream) {
        stream
            .write_all(b"GET / HTTP/1.1\r\nhost: test\r\n\r\n")
            .await
            .unwrap();
        let mut answer = vec![0; 1_024];
        let length = stream.read(&mut answer).await.unwrap();
        assert!(answer[..length].ends_with(b"hello"));
    }

    async fn read_to_end(mut stream: DuplexStream) {
        let _ = stream.read_to_end(&mut Vec::new()).await;
    }

    #[tokio::test(start_paused = true)]
    async fn on_heads_that_do_not_end() {
        let waited = hangs_up_after(async |mut stream, _| {
            for _ in 0..100 {
                // A byte now and then is no sign of good will.
                let _ = stream.write_all(b"G").await;
                tokio::time::sleep(Duration::from_secs(1)).await;
            }
        })
        .await;
        assert!(
            waited >= HEAD_PATIENCE && waited <= HEAD_PATIENCE + 2 * TICK,
            "{waited:?}"
        );

        let waited = hangs_up_after(async |mut stream, _| {
            ask(&mut stream).await;
            stream.write_all(b"GET / HTTP/1.1\r\n").await.unwrap();
            read_to_end(stream).await;
        })
        .await;
        assert!(
            waited >= HEAD_PATIENCE && waited <= HEAD_PATIENCE + 2 * TICK,
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn on_nobody_who_may_ask_again() {
        let waited = hangs_up_after(async |mut stream, _| {
            ask(&mut stream).await;
            tokio::time::sleep(Duration::from_mins(1)).await;
            ask(&mut stream).await;
            read_to_end(stream).await;
        })
        .await;
        let expected = Duration::from_mins(1) + IDLE_PATIENCE;
        assert!(
            waited >= expected && waited <= expected + 2 * TICK,
            "{waited:?}"
        );
    }

    #[tokio::test(start_paused = true)]
    async fn at_once_on_whoever_waits_when_the_server_stops() {
        for has_asked in [false, true] {
            let waited = hangs_up_after(async |mut stream, closing| {
                if has_asked {
                    ask(&mut stream).await;
                }
                tokio::time::sleep(Duration::from_secs(1)).await;
                closing.cancel();
                read_to_end(stream).await;
            })
            .await;
            assert_eq!(waited, Duration::from_secs(1), "has asked: {has_asked}");
        }
    }
}
