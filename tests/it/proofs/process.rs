//! A process of the binary's, at an address that it comes back to.

use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    process::{Child, Command, Stdio},
    sync::Mutex,
    time::{Duration, Instant},
};

pub fn free_address() -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap()
}

/// One that listens until the test ends, or until it is killed.
pub struct Process {
    child: Mutex<Child>,
    pub address: SocketAddr,
    arguments: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Process {
    /// Starts the binary, and waits until it listens.
    pub async fn start(
        address: SocketAddr,
        arguments: &[&str],
        environment: &[(&str, &str)],
    ) -> Self {
        let arguments: Vec<_> = arguments.iter().map(ToString::to_string).collect();
        let mut all = vec![("LISTEN".to_owned(), address.to_string())];
        let named = environment.iter();
        all.extend(named.map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let process = Self {
            child: Mutex::new(spawn(&arguments, &all)),
            address,
            arguments,
            environment: all,
        };
        process.until_it_listens().await;
        process
    }

    async fn until_it_listens(&self) {
        let began = Instant::now();
        while TcpStream::connect(self.address).is_err() {
            let patience = Duration::from_secs(60);
            assert!(began.elapsed() < patience, "it did not start");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Sends it a signal, such as `-STOP`.
    pub fn signal(&self, signal: &str) {
        let id = self.child.lock().unwrap().id().to_string();
        let sent = Command::new("kill").args([signal, &id]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends it as `kill -9` does.
    pub fn kill(&self) {
        let mut child = self.child.lock().unwrap();
        let _ = child.kill();
        let _ = child.wait();
    }

    /// Starts it again where it was.
    pub async fn start_again(&self) {
        *self.child.lock().unwrap() = spawn(&self.arguments, &self.environment);
        self.until_it_listens().await;
    }
}

fn spawn(arguments: &[String], environment: &[(String, String)]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tradewind"));
    command.args(arguments).env_clear();
    for (name, value) in environment {
        command.env(name, value);
    }
    // A folder without a .env.
    command.current_dir(std::env::temp_dir());
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command.stderr(Stdio::null()).spawn().unwrap()
}

impl Drop for Process {
    fn drop(&mut self) {
        // One that stands still dies too.
        self.kill();
    }
}
