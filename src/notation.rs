//! Turns a runbook into other notations: diagrams, a calendar, a table. A value goes in, text comes out; nothing here
//! prints or reads. What the runbook does not know is left out.

pub mod csv;
pub mod dot;
pub(crate) mod group;
pub mod ics;
pub mod mermaid;
mod order;
pub mod timeline;

#[cfg(test)]
pub(crate) mod tests;
