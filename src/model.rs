//! The plain values that every stage shares: no file, no network, no template is known here.

pub mod advisory;
pub mod catalog;
pub mod changes;
pub mod component;
pub mod condition;
pub mod digest;
pub mod exchange;
pub mod facts;
pub mod id;
pub mod news;
pub mod page;
pub mod pins;
pub mod place;
pub mod plan;
pub mod problem;
pub mod process;
pub mod quote;
pub mod runbook;
pub mod runtime;
pub mod schema;
pub mod settings;
pub mod source;
pub mod span;
pub mod team;
pub mod upgrade;
pub mod version;
