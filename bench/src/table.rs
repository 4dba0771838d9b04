//! The table that a run prints.

use std::fmt::Write as _;

/// Rows of what was measured.
#[derive(Default)]
pub(crate) struct Table(Vec<[String; 4]>);

impl Table {
    /// Adds a row: what, on which engine, the figure, and what it is held against.
    pub(crate) fn add(&mut self, what: &str, engine: &str, figure: String, beside: String) {
        eprintln!("{what} [{engine}]: {figure} ({beside})");
        self.0.push([what.to_string(), engine.to_string(), figure, beside]);
    }

    /// The rows as Markdown.
    pub(crate) fn markdown(&self) -> String {
        let mut out = String::from("| what | engine | measured | beside |\n|---|---|---|---|\n");
        for [what, engine, figure, beside] in &self.0 {
            let _ = writeln!(out, "| {what} | {engine} | {figure} | {beside} |");
        }
        out
    }
}
