//! One connection: how long its client may take, and how it ends.
//!
//! hyper has a time limit on heads, but it runs while a kept-alive connection waits for its next request too, and
//! a server that closes those sooner than the proxy in front of it makes requests fail. And when the server stops,
//! hyper waits for connections that never asked anything. So both are decided here, from what is seen to pass.

use axum::{Router, body::Body, http::Request};
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use std::{
    io,
    pin::{Pin, pin},
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::TcpStream,
    time::{MissedTickBehavior, interval},
};
use tokio_util::sync::CancellationToken;
use tower::Service;

/// How long a request's head may take to arrive.
const HEAD_PATIENCE: Duration = Duration::from_secs(10);
/// How long a connection may wait for its next request: longer than the minute after which proxies close theirs.
const IDLE_PATIENCE: Duration = Duration::from_secs(75);
/// How often that is looked after.
const TICK: Duration = Duration::from_secs(2);

/// Answers the requests of one connection until it ends, its client takes too long, or `closing` is called and the
/// request under way is answered.
pub(super) async fn answer(stream: TcpStream, router: Router, closing: CancellationToken) {
    let activity = Activity::new();
    let seen = activity.clone();
    let service = service_fn(move |request: Request<Incoming>| {
        seen.turn(Phase::Busy);
        let answer = router.clone().call(request.map(Body::new));
        let seen = seen.clone();
        async move {
            let answer = answer.await;
            seen.turn(Phase::Idle);
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

/// What a connection is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Phase {
    /// Its first request has not arrived, or not wholly.
    First,
    /// A request is being answered.
    Busy,
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

    fn is_overdue(&self) -> bool {
        let (phase, since) = self.current();
        match phase {
            // Requests have a deadline of their own.
            Phase::Busy => false,
            Phase::First | Phase::Head => since.elapsed() > HEAD_PATIENCE,
            Phase::Idle => since.elapsed() > IDLE_PATIENCE,
        }
    }
}

/// A stream that tells when something arrives.
struct Watched {
    stream: TcpStream,
    activity: Activity,
}

impl AsyncRead for Watched {
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

impl AsyncWrite for Watched {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
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
