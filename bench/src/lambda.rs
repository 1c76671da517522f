//! A stand-in for what surrounds a function on Lambda: the runtime API that it asks for work, and the AWS services that it calls. It
//! answers at once, so that what is measured is the function.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// A function that has not asked for work by now never will, however much else the machine has to do.
const PATIENCE: Duration = Duration::from_mins(1);
/// How often it is looked whether the function still runs.
const LOOK: Duration = Duration::from_millis(100);

/// What a function did.
#[derive(Debug, PartialEq, Eq)]
enum Seen {
    AskedForWork(Instant),
    Answered(Vec<u8>),
    Failed(Vec<u8>),
}

/// A running function and its surroundings.
pub struct Function {
    process: Mutex<Child>,
    /// What it says.
    says: PathBuf,
    started: Instant,
    seen: Receiver<Seen>,
    work: Sender<Vec<u8>>,
}

impl Function {
    /// Starts a function's binary, with these settings and no other environment.
    pub fn start(binary: &Path, settings: &HashMap<&str, String>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let local = listener.local_addr()?;
        let address = local.to_string();
        let (tell, seen) = channel();
        let (work, pending) = channel();
        let pending = Arc::new(Mutex::new(pending));
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (tell, pending) = (tell.clone(), pending.clone());
                std::thread::spawn(move || converse(stream, &tell, &pending));
            }
        });
        let says = std::env::temp_dir().join(format!("bench-{}-{}.log", std::process::id(), local.port()));
        let log = File::create(&says)?;
        let started = Instant::now();
        let process = Command::new(binary)
            .env_clear()
            .envs(settings)
            .env("AWS_LAMBDA_RUNTIME_API", &address)
            .env("AWS_ENDPOINT_URL", format!("http://{address}"))
            .envs([("AWS_REGION", "us-east-1"), ("AWS_ACCESS_KEY_ID", "bench"), ("AWS_SECRET_ACCESS_KEY", "bench")])
            .envs([("AWS_LAMBDA_FUNCTION_NAME", "bench"), ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"), ("AWS_LAMBDA_FUNCTION_VERSION", "1")])
            .stdout(log.try_clone()?)
            .stderr(log)
            .stdin(Stdio::null())
            .spawn()?;
        Ok(Self { process: Mutex::new(process), says, started, seen, work })
    }

    /// Waits for it to ask for work, and tells how many milliseconds after its start it did.
    pub fn ready_ms(&self) -> anyhow::Result<f64> {
        match self.next()? {
            Seen::AskedForWork(at) => Ok((at - self.started).as_secs_f64() * 1e3),
            other => anyhow::bail!("the function did not ask for work: {other:?}"),
        }
    }

    /// Gives it an event, and waits for its answer and for it to ask for the next.
    pub fn invoke(&self, event: &[u8]) -> anyhow::Result<Value> {
        self.work.send(event.to_vec())?;
        let answer = match self.next()? {
            Seen::Answered(answer) => serde_json::from_slice(&answer)?,
            Seen::Failed(error) => anyhow::bail!("the function failed: {}", String::from_utf8_lossy(&error)),
            Seen::AskedForWork(_) => anyhow::bail!("the function asked for more without an answer"),
        };
        self.ready_ms()?;
        Ok(answer)
    }

    /// What it does next. One that has ended, because a setting is missing perhaps, is an error that says what it said.
    fn next(&self) -> anyhow::Result<Seen> {
        let until = Instant::now() + PATIENCE;
        loop {
            let error = match self.seen.recv_timeout(LOOK) {
                Ok(seen) => return Ok(seen),
                Err(error) => error,
            };
            let ended = self.process.lock().unwrap_or_else(PoisonError::into_inner).try_wait()?;
            if ended.is_some() || Instant::now() > until {
                anyhow::bail!("the function does nothing ({error}, {ended:?}): {}", std::fs::read_to_string(&self.says)?);
            }
        }
    }

    /// The most memory it has held, in bytes.
    pub fn peak_rss_bytes(&self) -> anyhow::Result<u64> {
        let process = self.process.lock().unwrap_or_else(PoisonError::into_inner).id();
        let status = std::fs::read_to_string(format!("/proc/{process}/status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: u64 = line.and_then(|rest| rest.trim().strip_suffix(" kB")).unwrap_or_default().parse()?;
        Ok(kib * 1024)
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // It may have ended by itself.
        let process = self.process.get_mut().unwrap_or_else(PoisonError::into_inner);
        let _ = process.kill();
        let _ = process.wait();
        let _ = std::fs::remove_file(&self.says);
    }
}

/// Answers the requests of one connection until it closes.
fn converse(stream: TcpStream, tell: &Sender<Seen>, pending: &Mutex<Receiver<Vec<u8>>>) {
    let _ = stream.set_nodelay(true);
    let Ok(mut writer) = stream.try_clone() else { return };
    let mut reader = BufReader::new(stream);
    while let Some(request) = Asked::read(&mut reader) {
        let Some(response) = answer(&request, tell, pending) else { return };
        if writer.write_all(&response).is_err() {
            return;
        }
    }
}

fn answer(request: &Asked, tell: &Sender<Seen>, pending: &Mutex<Receiver<Vec<u8>>>) -> Option<Vec<u8>> {
    if request.path.ends_with("/invocation/next") {
        tell.send(Seen::AskedForWork(Instant::now())).ok()?;
        let event = pending.lock().ok()?.recv().ok()?;
        let deadline =
            "lambda-runtime-deadline-ms: 9999999999999\r\nlambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n";
        return Some(http("200 OK", deadline, &event));
    }
    if request.path.contains("/runtime/") {
        let seen = if request.path.ends_with("/response") { Seen::Answered } else { Seen::Failed };
        tell.send(seen(request.body.clone())).ok()?;
        return Some(http("202 Accepted", "", b"{}"));
    }
    let asked: Value = serde_json::from_slice(&request.body).ok()?;
    Some(http("200 OK", "", aws(&request.target, &asked).to_string().as_bytes()))
}

/// The table has a key for whoever asks, the queue takes everything.
fn aws(target: &str, asked: &Value) -> Value {
    match target.rsplit('.').next() {
        Some("GetItem") => json!({"Item": crate::ingest::key_item(asked)}),
        Some("UpdateItem") => json!({"Attributes": {"count": {"N": "100"}, "accepted": {"N": "100"}}}),
        Some("SendMessageBatch") => {
            let entries = asked["Entries"].as_array().cloned().unwrap_or_default();
            let taken: Vec<_> = entries.iter().map(|entry| json!({"Id": entry["Id"], "MessageId": "m", "MD5OfMessageBody": "0"})).collect();
            json!({"Successful": taken, "Failed": []})
        }
        _ => json!({}),
    }
}

fn http(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n{headers}\r\n", body.len());
    [head.as_bytes(), body].concat()
}

/// One HTTP/1.1 request of a client that keeps to the letter: the runtime's and the SDK's do.
struct Asked {
    path: String,
    target: String,
    body: Vec<u8>,
}

impl Asked {
    fn read(reader: &mut impl BufRead) -> Option<Self> {
        let mut line = String::new();
        reader.read_line(&mut line).ok().filter(|read| *read > 0)?;
        let path = line.split(' ').nth(1)?.to_owned();
        let (mut target, mut length, mut is_chunked) = (String::new(), 0, false);
        loop {
            line.clear();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim_end().split_once(": ") else { break };
            match name.to_ascii_lowercase().as_str() {
                "x-amz-target" => value.clone_into(&mut target),
                "content-length" => length = value.parse().ok()?,
                "transfer-encoding" => is_chunked = true,
                _ => {}
            }
        }
        let body = if is_chunked { chunks(reader)? } else { exactly(reader, length)? };
        Some(Self { path, target, body })
    }
}

fn exactly(reader: &mut impl BufRead, length: usize) -> Option<Vec<u8>> {
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    Some(body)
}

fn chunks(reader: &mut impl BufRead) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let mut size = String::new();
        reader.read_line(&mut size).ok()?;
        let size = usize::from_str_radix(size.trim(), 16).ok()?;
        body.extend(exactly(reader, size)?);
        exactly(reader, 2)?;
        if size == 0 {
            return Some(body);
        }
    }
}
