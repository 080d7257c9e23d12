//! Says how far a check has come: on a terminal once it takes long, and with --verbose how long each phase took.

use std::io::{self, IsTerminal as _, Write as _};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use trysquare::check::{Phase, Watch};

/// Whoever waits less has no use for being told.
const PATIENCE: Duration = Duration::from_millis(500);

/// When each phase began.
#[derive(Clone, Default)]
struct Times(Arc<Mutex<Vec<(&'static str, Instant)>>>);

impl Times {
    fn begins(&self, phase: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push((phase, Instant::now()));
    }

    fn all(&self) -> Vec<(&'static str, Instant)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// A check that is under way.
pub struct Progress {
    times: Times,
    /// The thread that shows the phase on the terminal, and what ends it when it is dropped.
    shown: Option<(Sender<()>, JoinHandle<()>)>,
}

impl Progress {
    /// Starts to watch. Nothing is shown where nobody looks.
    pub fn start(quiet: bool) -> Self {
        let times = Times::default();
        let shown = (io::stderr().is_terminal() && !quiet).then(|| {
            let (done, until) = channel();
            let times = times.clone();
            (done, std::thread::spawn(move || show(&times, &until)))
        });
        Self { times, shown }
    }

    /// For the engine to tell.
    pub fn watch(&self) -> Watch {
        let times = self.times.clone();
        Watch::new(move |phase| {
            times.begins(match phase {
                Phase::Read => "reading",
                Phase::Evaluate => "evaluating",
                Phase::Decide => "deciding",
            });
        })
    }

    /// The check is over and its report is written; what was shown is wiped out.
    pub fn writes(&mut self) {
        self.times.begins("writing");
        if let Some((done, thread)) = self.shown.take() {
            drop(done);
            // It only writes to the terminal: nothing is lost when it could not.
            let _ = thread.join();
        }
    }

    /// How long each phase took, a line each.
    pub fn timings(&self) -> String {
        let times = self.times.all();
        let ends = times.iter().skip(1).map(|(_, began)| *began).chain([Instant::now()]);
        let line = |((phase, began), end): (&(&str, Instant), Instant)| {
            format!("{phase:>10}  {:8.2} ms\n", (end - *began).as_secs_f64() * 1000.0)
        };
        times.iter().zip(ends).map(line).collect()
    }
}

fn show(times: &Times, until: &Receiver<()>) {
    let mut waits = PATIENCE;
    let mut showed = false;
    while until.recv_timeout(waits) == Err(RecvTimeoutError::Timeout) {
        let phase = times.all().last().map_or("starting", |(phase, _)| *phase);
        // The terminal may be gone; the check goes on.
        let _ = write!(io::stderr(), "\r\x1b[2Ktrysquare: {phase} …");
        showed = true;
        waits = Duration::from_millis(100);
    }
    if showed {
        let _ = write!(io::stderr(), "\r\x1b[2K");
    }
}
