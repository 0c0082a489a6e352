//! What nobody but the person may know stands in no log, no table and no answer.

mod factors;
mod life;
mod tokens;

use crate::{
    accounts::keys,
    cart,
    support::{TestApp, Watch},
};

#[tokio::test]
async fn no_secret_is_written_down() {
    let databases = [
        Some(TestApp::on_sqlite().await),
        TestApp::on_postgres().await,
    ];
    for app in databases.into_iter().flatten() {
        let mut watch = Watch::begin();
        // A line for each thing that knows secrets.
        tokens::run(&mut watch, &app).await;
        life::run(&mut watch, &app).await;
        factors::run(&mut watch, &app).await;
        keys::secrets::run(&mut watch, &app).await;
        cart::secrets::run(&mut watch, &app).await;
        watch.assert_nowhere(&app).await;
    }
}
