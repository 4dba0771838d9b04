//! Asks another program, and does not wait for it for ever.

use std::io::{self, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// A command that takes longer is given up.
const PATIENCE: Duration = Duration::from_secs(10);
/// After a command that was given up none is tried for so long: others wait for their turn.
const REST: Duration = Duration::from_secs(15);

/// Asks commands, and lets be for a while who does not answer.
#[derive(Debug, Default)]
pub(crate) struct Asker {
    /// When a command was given up.
    silent: Option<Instant>,
}

impl Asker {
    /// What a command says to what it is told.
    ///
    /// Fails with [`io::ErrorKind::TimedOut`] when it was given up; then it may have done what it was
    /// asked all the same.
    pub(crate) fn ask(&mut self, command: Command, told: &str) -> io::Result<String> {
        if self.silent.is_some_and(|since| since.elapsed() < REST) {
            let program = command.get_program().to_string_lossy().into_owned();
            return Err(io::Error::other(format!("{program} did not answer a while ago")));
        }
        let said = said_by(command, told);
        let gave_up = said.as_ref().is_err_and(|error| error.kind() == io::ErrorKind::TimedOut);
        self.silent = gave_up.then(Instant::now);
        said
    }
}

fn said_by(mut command: Command, told: &str) -> io::Result<String> {
    let program = command.get_program().to_string_lossy().into_owned();
    let spawned =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
    let mut child = spawned.map_err(|error| io::Error::other(format!("{program}: {error}")))?;
    if let Some(mut into) = child.stdin.take() {
        // One that ends without reading it says why.
        let _ = into.write_all(told.as_bytes());
    }
    let (mut out, mut complaints) = (child.stdout.take(), child.stderr.take());
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.as_mut().map(|out| out.read_to_string(&mut text)).transpose().map(|_| text)
    });
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        if began.elapsed() > PATIENCE {
            child.kill()?;
            child.wait()?;
            return Err(io::Error::new(io::ErrorKind::TimedOut, format!("{program} is silent")));
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let text = reader.join().map_err(|_| io::Error::other("a reader panicked"))??;
    if status.success() {
        return Ok(text);
    }
    let mut why = String::new();
    complaints.as_mut().map(|from| from.read_to_string(&mut why)).transpose()?;
    Err(io::Error::other(format!("{program}: {}", why.trim())))
}
