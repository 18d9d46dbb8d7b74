//! copydesk reads news articles in whatever form they come and says, one JSON line each: the clean text, who said
//! what, and the gist.
//!
//! The map, in the order an article takes:
//!
//! - [`model`]: what travels down the line, from a raw document to a record.
//! - [`text`]: tools for language: sentences, words, language identification; one data file per language.
//! - [`stages`]: the work, as pure functions: parse, clean, quotes, summary, and keyphrases beside it.
//! - [`telemetry`], [`sandbox`], [`ledger`], [`sources`], [`sinks`], [`config`]: the shell, which owns files, clocks and settings.
//! - [`pipeline`]: the line itself, the only place where stages meet channels.
//! - [`desk`]: what people look at: committed records, the pages over them, the report.
//! - [`cli`]: one file per command.
//!
//! Each may use what stands further up this list. The first three know nothing of files, time or tasks.

pub mod cli;
pub mod config;
pub mod desk;
pub mod ledger;
pub mod model;
pub mod pipeline;
pub mod sandbox;
pub mod sinks;
pub mod sources;
pub mod stages;
pub mod telemetry;
pub mod text;
