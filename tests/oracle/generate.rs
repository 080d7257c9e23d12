//! Expressions made up from a seed.

/// `count` expressions.
pub fn expressions(seed: u64, count: usize) -> Vec<String> {
    let _ = (seed, count);
    Vec::new()
}
