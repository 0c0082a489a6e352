//! Second factors: what an app and a sheet of paper hold.

use crate::support::{TestApp, Watch};

pub(super) async fn run(watch: &mut Watch, app: &TestApp) {
    for secret in app.secrets_of_factors().await {
        watch.secret("a second factor's", secret);
    }
    let key: String = app.value("SELECT secret FROM factor_key").await;
    watch.kept("the key of factors", key, "factor_key");
}
