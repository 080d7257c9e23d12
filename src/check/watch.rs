//! Hears how far a check has come. The engine has no clock and no terminal of its own; whoever has them watches.

use std::fmt;
use std::sync::Arc;

/// The parts of a check, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The files are read, and the standard is.
    Read,
    /// Terraform and workflows are evaluated, and joined to what rules see.
    Evaluate,
    /// The rules are decided.
    Decide,
}

/// Somebody who is told when each phase begins; by default nobody.
#[derive(Clone, Default)]
pub struct Watch(Option<Arc<dyn Fn(Phase)>>);

impl Watch {
    /// Calls `begins` when a phase does.
    #[must_use]
    pub fn new(begins: impl Fn(Phase) + 'static) -> Self {
        Self(Some(Arc::new(begins)))
    }

    pub(super) fn begins(&self, phase: Phase) {
        if let Some(begins) = &self.0 {
            begins(phase);
        }
    }
}

impl fmt::Debug for Watch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Watch(…)" } else { "Watch" })
    }
}
