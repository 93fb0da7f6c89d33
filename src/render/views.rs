//! What templates see: one module for each page, every decision already taken.

pub mod changes;
pub mod group;
pub mod handbook;
pub mod in_use;
pub mod index;
pub mod parts;
pub mod pins;
pub mod process;
mod released;
pub mod runbook;
pub mod runtime;
pub mod schedule;
pub mod security;
mod sums;
