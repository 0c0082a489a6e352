//! A server that is attacked, as a process of its own: what it spends is read where the system counts it.

use crate::support::{Server, TestDatabase, variable};
use std::{fs, io::Write};

/// What an attack cost the server.
#[derive(Clone, Copy, Debug, Default)]
pub struct Spent {
    /// CPU time of all its threads, in milliseconds.
    pub cpu_ms: f64,
    /// How much larger it is than before, in kibibytes.
    pub growth_kib: f64,
}

/// The server, and the database that it stands on.
pub struct Attacked {
    pub server: Server,
    _database: TestDatabase,
}

impl Attacked {
    /// A server that does nothing but answer, with settings changed.
    pub fn start(settings: &[(&str, &str)]) -> Self {
        let database = TestDatabase::empty_sqlite();
        let quiet = [("SERVE_JOBS", "false"), ("LOG_LEVEL", "error")];
        let server = Server::start(&database, &[&quiet, settings].concat());
        Self {
            server,
            _database: database,
        }
    }

    /// What `work` costs it.
    pub fn spends(&self, work: impl FnOnce()) -> Spent {
        let (cpu, memory) = (self.cpu_ms(), self.resident_kib());
        work();
        Spent {
            cpu_ms: self.cpu_ms() - cpu,
            growth_kib: self.resident_kib() - memory,
        }
    }

    /// CPU time of its threads so far, from the scheduler's own count of nanoseconds.
    fn cpu_ms(&self) -> f64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.server.id())).unwrap();
        let spent = tasks.flatten().filter_map(|task| {
            let counts = fs::read_to_string(task.path().join("schedstat")).ok()?;
            counts.split(' ').next()?.parse::<f64>().ok()
        });
        spent.sum::<f64>() / 1_000_000.0
    }

    fn resident_kib(&self) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let number = line.unwrap().trim().trim_end_matches(" kB");
        number.parse().unwrap()
    }
}

/// Says it past the macros, whose output is captured where a test passes, when `SHOW_ATTACKS` is set.
pub fn show(line: &str) {
    if variable("SHOW_ATTACKS").is_some() {
        let _ = writeln!(std::io::stderr(), "{line}");
    }
}
