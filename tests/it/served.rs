//! A daemon that serves its page, and a plain way to ask it.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Stdio};
use std::sync::mpsc;
use std::thread::JoinHandle;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};

use crate::desk::{Desk, wait_for};

/// A daemon that is killed with the test.
pub struct Served {
    pub child: Child,
    pub port: u16,
    said: Option<JoinHandle<String>>,
}

/// What came back.
#[derive(Debug)]
pub struct Reply {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Served {
    /// `watch` with these arguments, on a port that the system chose.
    pub fn start(desk: &Desk, arguments: &[&str]) -> Self {
        let all = [&["watch", "--set", "http.listen=127.0.0.1:0"], arguments].concat();
        let mut child = desk.command(&all).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (tell, told) = mpsc::channel();
        let said = std::thread::spawn(move || {
            let mut said = String::new();
            for line in stderr.lines().map_while(Result::ok) {
                if let Some(port) = line.split("http://127.0.0.1:").nth(1).and_then(|rest| rest.split('/').next()?.parse().ok()) {
                    let _ = tell.send(port);
                }
                said.push_str(&line);
                said.push('\n');
            }
            said
        });
        let port = told.recv_timeout(Duration::from_secs(30)).expect("the daemon says where its page is");
        Self { child, port, said: Some(said) }
    }

    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
        stream
    }

    /// Sends these bytes as they are, and reads until the other end closes.
    pub fn say(&self, request: &str) -> Reply {
        let mut stream = self.connect();
        stream.write_all(request.as_bytes()).unwrap();
        let mut reply = Vec::new();
        // A connection that is reset after its answer has answered.
        let _ = stream.read_to_end(&mut reply);
        let reply = String::from_utf8(reply).unwrap();
        let (head, body) = reply.split_once("\r\n\r\n").unwrap_or_else(|| panic!("no answer to {request:?}: {reply:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let is_chunked = head.to_ascii_lowercase().contains("transfer-encoding: chunked");
        let body = if is_chunked { unchunked(body) } else { body.to_owned() };
        Reply { status, head: head.to_owned(), body }
    }

    pub fn get_with(&self, path: &str, headers: &str) -> Reply {
        self.say(&format!("GET {path} HTTP/1.1\r\nhost: 127.0.0.1:{}\r\nconnection: close\r\n{headers}\r\n", self.port))
    }

    pub fn get(&self, path: &str) -> Reply {
        self.get_with(path, "")
    }

    #[track_caller]
    pub fn json(&self, path: &str) -> serde_json::Value {
        let reply = self.get(path);
        serde_json::from_str(&reply.body).unwrap_or_else(|error| panic!("{path}: {error}: {reply:?}"))
    }

    /// The value of a metric without labels, or with exactly these.
    #[track_caller]
    pub fn metric(&self, name: &str) -> f64 {
        let page = self.get("/metrics").body;
        let value = page.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.unwrap_or_else(|| panic!("no {name} in {page}")).parse().unwrap()
    }

    /// Waits until all that is there is done.
    pub fn wait_for_records(&self, count: f64) {
        wait_for("the records", || (self.metric("copydesk_records_total{sink=\"segments\"}") >= count).then_some(()));
    }

    /// Asks it to end, and gives its exit code and what it said.
    pub fn stop(mut self) -> (Option<i32>, String) {
        kill_process(Pid::from_child(&self.child), Signal::TERM).unwrap();
        let code = wait_for("the daemon's end", || self.child.try_wait().unwrap()).code();
        (code, self.said.take().unwrap().join().unwrap())
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The content of a body that was sent in chunks, as far as it came.
fn unchunked(mut body: &str) -> String {
    let mut content = String::new();
    while let Some((size, rest)) = body.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).unwrap();
        content.push_str(rest.get(..size).unwrap_or(rest));
        body = rest.get(size + 2..).unwrap_or_default();
    }
    content
}
