//! Migrations run forwards, backwards and forwards again.

use crate::support::TestDatabase;
use tradewind::{app::App, platform::migrations};

async fn up_and_down(database: TestDatabase) {
    let settings = database.settings();
    let app = App::from_settings(settings.clone()).await.unwrap();
    assert!(!migrations::are_current(&app.database).await.unwrap());

    migrations::up(&settings, None).await.unwrap();
    assert!(migrations::are_current(&app.database).await.unwrap());

    let all = u32::try_from(migrations::status(&app.database).await.unwrap().len()).unwrap();
    migrations::down(&settings, all).await.unwrap();
    assert!(
        migrations::status(&app.database)
            .await
            .unwrap()
            .iter()
            .all(|entry| !entry.applied)
    );

    migrations::up(&settings, None).await.unwrap();
    migrations::fresh(&settings).await.unwrap();
    assert!(migrations::are_current(&app.database).await.unwrap());
}

#[tokio::test]
async fn run_up_and_down_on_sqlite() {
    up_and_down(TestDatabase::empty_sqlite()).await;
}

#[tokio::test]
async fn run_up_and_down_on_postgres() {
    if let Some(database) = TestDatabase::empty_postgres().await {
        up_and_down(database).await;
    }
}
