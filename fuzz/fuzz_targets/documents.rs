//! Documents made from the schema's grammar, asked of a server: none is a fault of the server.

#![no_main]

use libfuzzer_sys::fuzz_target;
use std::sync::{Arc, OnceLock};
use tokio::runtime::Runtime;
use tradewind::{
    app::App,
    caller::{Actor, Caller},
    graphql::{engine::Engine, sdl},
    platform::{config::Settings, migrations, telemetry::RequestId},
    seed,
};
use tradewind_fuzz::grammar::{Choices, Grammar};

struct Server {
    runtime: Runtime,
    app: App,
    engine: Arc<Engine>,
    grammar: Grammar,
    _folder: tempfile::TempDir,
}

fn server() -> Server {
    let folder = tempfile::tempdir().expect("a folder");
    let mut settings = Settings::from_environment();
    settings.database_url = format!("sqlite://{}", folder.path().join("fuzz.db").display()).into();
    let runtime = Runtime::new().expect("a runtime");
    let app = runtime.block_on(async {
        migrations::up(&settings, None)
            .await
            .expect("migrations run");
        let app = App::from_settings(settings.clone())
            .await
            .expect("the app starts");
        seed::demo(&app).await.expect("a seed");
        app
    });
    Server {
        runtime,
        engine: Engine::new(&settings, None, Arc::clone(&app.purger)),
        grammar: Grammar::from_sdl(&sdl(&settings)),
        app,
        _folder: folder,
    }
}

fuzz_target!(|bytes: &[u8]| {
    static SERVER: OnceLock<Server> = OnceLock::new();
    let server = SERVER.get_or_init(server);
    let made = server.grammar.request("Query", &mut Choices::new(bytes));
    let variables = async_graphql::Variables::from_json(made.variables.clone());
    let request = async_graphql::Request::new(&made.document).variables(variables);
    let caller = Caller::new(server.app.clone(), Actor::Anonymous, RequestId::generate());
    let answer = server
        .runtime
        .block_on(server.engine.execute(caller, request));
    let answer = serde_json::to_string(&answer).expect("JSON");
    assert!(!answer.contains("INTERNAL_ERROR"), "{made:?}: {answer}");
});
