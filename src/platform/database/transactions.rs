//! Whether the work that runs now holds a database transaction open.

use std::future::Future;

tokio::task_local! {
    static OPEN: ();
}

/// Runs `work`, which holds a transaction open.
pub async fn scope<T>(work: impl Future<Output = T>) -> T {
    OPEN.scope((), work).await
}

/// Whether a transaction is open around the work that runs now.
#[must_use]
pub fn is_open() -> bool {
    OPEN.try_with(|()| ()).is_ok()
}
