//! The other side of a bench: a Python program that measures its own work and prints one line of JSON each time it is asked.
//!
//! `IPF_PYTHON` names the interpreter (default `python3`). Where a library is missing the bench says which, and measures our
//! side alone.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
};

use serde_json::Value;

/// Any failure of a bench.
pub type Failed = Box<dyn std::error::Error>;

/// A peer at work.
pub struct Peer {
    child: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
    /// What it is, as it says itself: library and version.
    pub name: String,
}

impl Peer {
    /// Starts `benches/peers/{program}.py`; `None`, with a sentence, where it cannot work here.
    pub fn start(program: &str, arguments: &[String]) -> Result<Option<Self>, Failed> {
        let script =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers").join(format!("{program}.py"));
        let python = std::env::var("IPF_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let started = Command::new(&python)
            .arg(script)
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                println!("PEER NOT HERE: {python} does not start ({error}); set IPF_PYTHON. Our side alone:");
                return Ok(None);
            }
        };
        let asks = child.stdin.take().ok_or("the peer has no input")?;
        let mut answers = BufReader::new(child.stdout.take().ok_or("the peer has no output")?);
        let mut first = String::new();
        answers.read_line(&mut first)?;
        let said: Value = serde_json::from_str(&first).unwrap_or_default();
        if let Some(name) = said["ready"].as_str() {
            let name = name.to_owned();
            return Ok(Some(Self { child, asks, answers, name }));
        }
        child.wait()?;
        let missing = said["missing"].as_str().unwrap_or("something");
        println!(
            "PEER NOT HERE: {missing} is not installed for {python}; \
             `{python} -m pip install -r benches/peers/requirements.txt`. Our side alone:"
        );
        Ok(None)
    }

    /// One piece of work; the answer carries `seconds`, measured by the peer around the work alone.
    pub fn run(&mut self, what: &str) -> Result<Value, Failed> {
        writeln!(self.asks, "{what}")?;
        self.asks.flush()?;
        let mut line = String::new();
        self.answers.read_line(&mut line)?;
        Ok(serde_json::from_str(&line)?)
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself; either way it must not outlive the bench.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The middle one.
pub fn median(seconds: &mut [f64]) -> f64 {
    seconds.sort_by(f64::total_cmp);
    seconds.get(seconds.len() / 2).copied().unwrap_or(f64::NAN)
}

/// One line: our median, the peer's, how many times faster we are, and the aim.
pub fn compare(what: &str, ours: &mut [f64], theirs: &mut [f64], aim: Option<f64>) {
    let (us, them) = (median(ours) * 1e3, median(theirs) * 1e3);
    let ratio = them / us;
    let verdict = match aim {
        Some(aim) if ratio >= aim => format!("aim {aim}x: reached"),
        Some(aim) => format!("aim {aim}x: missed"),
        None => "for comparison".to_owned(),
    };
    println!("{what}: ours {us:.3} ms, peer {them:.3} ms, ratio {ratio:.2}x ({verdict})");
}
