//! `tradewind doctor`.

use crate::{
    app::App,
    doctor,
    error::{Error, Result},
    platform::config::Settings,
};

/// Prints every check and the rows at fault; fails when there is one.
pub(super) async fn run(settings: Settings) -> Result<()> {
    let app = App::from_settings(settings).await?;
    let mut broken = 0;
    doctor::examine(&app, |rule, found| {
        let lines = match found {
            Ok(rows) if rows.is_empty() => {
                println!("ok    {rule}");
                return;
            }
            Ok(rows) => rows,
            Err(error) => vec![format!("cannot be told: {}", error.for_operator())],
        };
        broken += 1;
        println!("FAIL  {rule}");
        for line in lines {
            println!("      {line}");
        }
    })
    .await;
    app.database.close().await;
    if broken == 0 {
        return Ok(());
    }
    Err(Error::Conflict(format!(
        "{broken} of what must always hold does not; the rows are listed above."
    )))
}
