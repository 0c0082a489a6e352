//! The binary itself, as a process of its own.

use super::TestDatabase;
use std::{
    io::{Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

/// The binary with nothing of our own environment that it would read.
pub fn tradewind(database: &TestDatabase, settings: &[(&str, &str)]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
    command.env_clear().env("DATABASE_URL", &database.url);
    // A folder without a .env.
    command.current_dir(std::env::temp_dir());
    for (name, value) in settings {
        command.env(name, value);
    }
    command.stdin(Stdio::null());
    command
}

fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// A server that runs until the test ends.
pub struct Server {
    process: Child,
    pub address: SocketAddr,
}

impl Server {
    /// Starts one on a port of its own, and waits until it answers.
    pub fn start(database: &TestDatabase, settings: &[(&str, &str)]) -> Self {
        let address = free_address();
        let mut command = tradewind(database, settings);
        command.env("LISTEN", address.to_string());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let server = Self {
            process: command.spawn().unwrap(),
            address,
        };
        let began = Instant::now();
        while TcpStream::connect(address).is_err() || !server.get("/health").contains(" 200 ") {
            assert!(
                began.elapsed() < Duration::from_secs(60),
                "it did not start"
            );
            std::thread::sleep(Duration::from_millis(20));
        }
        server
    }

    /// A connection that nothing was sent over.
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        stream
    }

    /// Sends a whole request and reads the whole answer.
    pub fn send(&self, head: &str, body: &str) -> String {
        let mut stream = self.connect();
        let length = body.len();
        write!(
            stream,
            "{head}\r\nhost: test\r\nconnection: close\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    /// The whole answer to a GET.
    pub fn get(&self, path: &str) -> String {
        self.send(&format!("GET {path} HTTP/1.1"), "")
    }

    /// The process's id.
    pub fn id(&self) -> u32 {
        self.process.id()
    }

    /// Sends it a signal, such as `-TERM`.
    pub fn signal(&self, signal: &str) {
        let sent = Command::new("kill")
            .args([signal, &self.process.id().to_string()])
            .status();
        assert!(sent.unwrap().success());
    }

    /// Waits for the process to end by itself, and returns what it printed.
    pub fn output(mut self) -> (Option<i32>, String) {
        let status = self.process.wait().unwrap();
        let mut printed = String::new();
        for pipe in [
            self.process
                .stdout
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read>),
            self.process
                .stderr
                .take()
                .map(|pipe| Box::new(pipe) as Box<dyn Read>),
        ] {
            pipe.unwrap().read_to_string(&mut printed).unwrap();
        }
        (status.code(), printed)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
    }
}
