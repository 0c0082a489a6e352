//! A PostgreSQL of a test's own, to be broken off and started again.

use super::{TestDatabase, variable};
use sea_orm::{ConnectOptions, ConnectionTrait, Database};
use std::{
    io::Write,
    net::TcpListener,
    path::Path,
    process::{Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;
use tradewind::platform::migrations;

/// A server that is gone with the test.
pub struct OwnPostgres {
    folder: TempDir,
    port: u16,
}

/// PostgreSQL runs as nobody who may do everything.
fn as_postgres(program: &str) -> Command {
    let is_root = Command::new("id").arg("-u").output();
    if is_root.is_ok_and(|id| id.stdout == b"0\n") {
        let mut command = Command::new("runuser");
        command.args(["-u", "postgres", "--", program]);
        return command;
    }
    Command::new(program)
}

fn succeeds(command: &mut Command) -> bool {
    // In a folder that everyone may enter.
    command.current_dir("/").stdin(Stdio::null());
    command.stdout(Stdio::null()).stderr(Stdio::null());
    command.status().is_ok_and(|status| status.success())
}

impl OwnPostgres {
    /// Starts one that keeps what it was told as it does by default, or says why there is none.
    pub fn start() -> Option<Self> {
        let folder = tempfile::tempdir().expect("a temporary folder");
        // Where we are not root it is ours already.
        let _ = succeeds(Command::new("chown").arg("postgres").arg(folder.path()));
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        let server = Self { folder, port };
        let made = succeeds(as_postgres("initdb").arg("-D").arg(server.data()).args([
            "-U",
            "postgres",
            "-A",
            "trust",
            "-E",
            "UTF8",
            "--locale=C",
        ]));
        if !made {
            assert!(
                variable("CI").is_none_or(|ci| ci != "true"),
                "initdb is missing, and must be there when CI is set"
            );
            let _ = writeln!(
                std::io::stderr(),
                "SKIPPED with a PostgreSQL of its own: there is no initdb here"
            );
            return None;
        }
        server.run();
        Some(server)
    }

    fn data(&self) -> std::path::PathBuf {
        self.folder.path().join("data")
    }

    fn run(&self) {
        let options = format!(
            "-p {} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=200",
            self.port
        );
        let started = succeeds(
            self.control("start")
                .args(["-w", "-t", "60", "-o", &options, "-l"])
                .arg(self.folder.path().join("data/log")),
        );
        assert!(started, "PostgreSQL does not start at {}", self.port);
    }

    fn control(&self, what: &str) -> Command {
        let mut command = as_postgres("pg_ctl");
        let data: &Path = &self.data();
        command.arg(what).arg("-D").arg(data);
        command
    }

    fn stop(&self) {
        succeeds(self.control("stop").args(["-m", "immediate"]));
    }

    /// Breaks it off as a crash would, and starts it again: it has to find out what was committed.
    pub fn restart_at_once(&self) {
        self.stop();
        self.run();
    }

    /// A migrated database on it, of somebody who is no superuser.
    pub async fn database(&self) -> TestDatabase {
        let url =
            |who: &str, what: &str| format!("postgres://{who}@127.0.0.1:{}/{what}", self.port);
        let mut options = ConnectOptions::new(url("postgres", "postgres"));
        options
            .max_connections(1)
            .connect_timeout(Duration::from_secs(20))
            .sqlx_logging(false);
        let server = Database::connect(options).await.expect("it answers");
        for sql in [
            "CREATE ROLE shop LOGIN",
            "CREATE DATABASE shop TEMPLATE template0 OWNER shop",
        ] {
            server.execute_unprepared(sql).await.expect(sql);
        }
        let database = TestDatabase::elsewhere(url("shop", "shop"));
        let migrated = migrations::up(&database.settings(), None).await;
        migrated.expect("migrations run");
        database
    }
}

impl Drop for OwnPostgres {
    fn drop(&mut self) {
        self.stop();
    }
}
