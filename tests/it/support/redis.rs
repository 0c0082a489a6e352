//! Redis: the one that is there, for what apps share, and servers of a test's own, to be stopped and killed.

use super::variable;
use std::{
    io::{Read, Write},
    net::{TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::Duration,
};

/// The URL of the Redis that the tests use, or nothing, with a word about it, where none answers.
pub fn shared_redis() -> Option<String> {
    let url = variable("TEST_REDIS_URL").unwrap_or_else(|| "redis://127.0.0.1:6379".to_owned());
    let parsed = url::Url::parse(&url).expect("TEST_REDIS_URL is a URL");
    let host = parsed.host_str().expect("TEST_REDIS_URL names a host");
    if tell(host, parsed.port().unwrap_or(6379), "PING").is_some() {
        return Some(url);
    }
    skip(&format!("Redis does not answer at {url}"));
    None
}

fn skip(why: &str) {
    assert!(
        variable("CI").is_none_or(|ci| ci != "true"),
        "{why}, and must when CI is set"
    );
    // Past the macros, whose output is captured where a test passes.
    let _ = writeln!(std::io::stderr(), "SKIPPED with Redis: {why}");
}

/// Says `command` on a connection of its own, and returns the beginning of what it is answered.
fn tell(host: &str, port: u16, command: &str) -> Option<String> {
    let mut connection = TcpStream::connect((host, port)).ok()?;
    let patience = Some(Duration::from_secs(5));
    connection.set_read_timeout(patience).ok()?;
    connection
        .write_all(format!("{command}\r\n").as_bytes())
        .ok()?;
    let mut answer = [0; 4096];
    let length = connection.read(&mut answer).ok().filter(|read| *read > 0)?;
    Some(String::from_utf8_lossy(&answer[..length]).into_owned())
}

/// A Redis of the test's own, gone with it.
pub struct RedisServer {
    port: u16,
    process: Child,
}

impl RedisServer {
    /// Starts one, or says why there is none.
    pub fn start() -> Option<Self> {
        let free = TcpListener::bind(("127.0.0.1", 0)).expect("a free port");
        let port = free.local_addr().expect("an address").port();
        drop(free);
        Self::start_at(port)
    }

    fn start_at(port: u16) -> Option<Self> {
        let started = Command::new("redis-server")
            .args(["--port", &port.to_string(), "--bind", "127.0.0.1"])
            .args(["--save", "", "--appendonly", "no"])
            .stdout(Stdio::null())
            .spawn();
        let Ok(process) = started else {
            skip("redis-server is not installed");
            return None;
        };
        let server = Self { port, process };
        for _ in 0..200 {
            if tell("127.0.0.1", port, "PING").is_some() {
                return Some(server);
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("redis-server does not answer at {port}");
    }

    pub fn url(&self) -> String {
        format!("redis://127.0.0.1:{}", self.port)
    }

    /// Has it do `command`.
    pub fn tell(&self, command: &str) -> String {
        tell("127.0.0.1", self.port, command).expect("an answer")
    }

    /// It hears, and says nothing any more.
    pub fn freeze(&self) {
        self.signal("STOP");
    }

    /// It goes on where it was frozen.
    pub fn thaw(&self) {
        self.signal("CONT");
    }

    fn signal(&self, signal: &str) {
        let pid = self.process.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.expect("kill runs").success());
    }

    /// Dies, and is there no more.
    pub fn kill(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }

    /// Another one at the same place, that knows nothing.
    pub fn start_again(&mut self) {
        self.kill();
        *self = Self::start_at(self.port).expect("it was there before");
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.kill();
    }
}
