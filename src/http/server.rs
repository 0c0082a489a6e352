//! Listening, answering, and stopping without a failed request.

use super::{connection, edge::Edge, router};
use crate::{
    error::{Error, Result},
    platform::telemetry,
};
use axum::Router;
use std::{io::ErrorKind, net::SocketAddr, time::Duration};
use tokio::{net::TcpListener, time::interval};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

/// Takes the address to listen on, which `setting` names.
///
/// # Errors
/// Invalid, naming the setting, when the address is taken or not this machine's.
pub async fn bind(address: SocketAddr, setting: &str) -> Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let message = match error.kind() {
            ErrorKind::AddrInUse => format!(
                "Another program listens on {address} already. Stop it, or set another address, for example {}:{}.",
                address.ip(),
                address.port().checked_add(1).unwrap_or(8_000)
            ),
            ErrorKind::PermissionDenied => format!(
                "This user may not listen on {address}. Choose a port above 1023."
            ),
            _ => format!("{address} cannot be listened on ({error}). Set an address of this machine."),
        };
        Error::invalid(setting, message)
    })
}

/// Answers on `listener` until `asked_to_stop` is heard once, then lets the requests under way end; at most
/// `SHUTDOWN_TIMEOUT_MS`, or until it is heard again.
pub async fn serve(listener: TcpListener, edge: Edge, asked_to_stop: impl AsyncFnMut()) {
    let router = router::for_edge(edge.clone());
    answer(listener, edge, router, asked_to_stop).await;
}

/// The same for a process that only works: tells whether it is alive, and its metrics.
pub async fn serve_probes(listener: TcpListener, edge: Edge, asked_to_stop: impl AsyncFnMut()) {
    let router = router::of_probes(edge.clone());
    answer(listener, edge, router, asked_to_stop).await;
}

async fn answer(
    listener: TcpListener,
    edge: Edge,
    router: Router,
    mut asked_to_stop: impl AsyncFnMut(),
) {
    let connections = TaskTracker::new();
    let closing = CancellationToken::new();
    let mut tidying = interval(Duration::from_secs(5));
    loop {
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            _ = tidying.tick() => {
                telemetry::tidy_metrics();
                continue;
            }
            () = asked_to_stop() => break,
        };
        match accepted {
            Ok((stream, peer)) => {
                // Answers are written whole; waiting to fill a packet would only delay them.
                let _ = stream.set_nodelay(true);
                let answer = connection::answer(stream, peer, router.clone(), closing.clone());
                connections.spawn(answer);
            }
            Err(error) => {
                // Out of file descriptors, most likely: some come free when connections end.
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        }
    }
    edge.close();
    drop(listener);
    closing.cancel();
    connections.close();
    let limit = edge.app().settings.shutdown_timeout();
    let tasks = &edge.app().tasks;
    tracing::info!(connections = connections.len(), "stopping");
    tokio::select! {
        () = async {
            connections.wait().await;
            // What clients that hung up have begun.
            tasks.close();
            tasks.wait().await;
        } => {}
        () = tokio::time::sleep(limit) => {
            tracing::warn!(connections = connections.len(), "stopped with requests under way");
        }
        () = asked_to_stop() => {}
    }
}
