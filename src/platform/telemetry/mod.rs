//! What the server tells of itself: logs, metrics, and the ids that tie a request's traces together.

mod descriptions;
mod logs;
mod metrics;
mod request_id;

pub use self::metrics::{init_metrics, render_metrics, tidy_metrics};
pub use logs::init_logs;
pub use request_id::RequestId;
