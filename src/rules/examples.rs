//! The examples in rules' pages, run as `trysquare check` would run them.
