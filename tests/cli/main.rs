//! The command line from the outside: the real binary on real files.

mod documents;
mod hostile;
mod output;
mod run;
