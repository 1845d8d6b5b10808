//! Loads and attaches BPF programs of every kind for the tests.
