//! copydesk reads news articles in whatever form they come and says, one JSON line each: the clean text, who said
//! what, and the gist. It is a program; this is the library that the program is made of.
//!
//! # Bytes in, record out
//!
//! [`read`] takes the bytes of one article and gives the article: nothing else is touched, neither files nor clocks nor
//! threads. All offsets count Unicode code points of the text.
//!
//! ```
//! let page = "<!doctype html><title>Bridge opened</title><article><h1>Bridge opened</h1>\
//!     <p>The bridge was opened on Tuesday. “It took us nine years,” said the mayor, Bo Roe.</p></article>";
//! let article = copydesk::read("desk/bridge.html", page.into(), &copydesk::Options::default()).unwrap().body;
//! let quote = &article.quotes[0];
//! assert_eq!(quote.speaker.as_ref().unwrap().name, "Bo Roe");
//! let said: String = article.text.chars().skip(quote.start).take(quote.end - quote.start).collect();
//! assert_eq!(said, quote.text);
//! ```
//!
//! [`read_all`] opens what holds many: JSON Lines, feeds, mailboxes, archives, packed or not.
//!
//! # The line, with a source and a sink of your own
//!
//! [`run`] reads documents on all cores, in bounded memory and in order, and hands each article and each rejection to a
//! closure. `examples/own_line.rs` takes documents from a channel and counts who is quoted.
//!
//! What the library does not do by itself is what the program is for: watching folders, writing each record exactly once,
//! and taking up again after a crash. Those parts are public too, but may change with any version; what this page names
//! does not without a line in the changelog.
//!
//! # The map
//!
//! In the order an article takes:
//!
//! - [`model`]: what travels down the line, from a raw document to a record.
//! - [`text`]: tools for language: sentences, words, language identification; one data file per language.
//! - [`stages`]: the work, as pure functions: parse, clean, quotes, summary, and keyphrases beside it.
//! - [`telemetry`], [`sandbox`], [`ledger`], [`sources`], [`sinks`], [`config`]: the shell, which owns files, clocks and settings.
//! - [`pipeline`]: the line itself, the only place where stages meet channels.
//! - [`reading`]: the library's face, over all of the above.
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
pub mod reading;
pub mod sandbox;
pub mod sinks;
pub mod sources;
pub mod stages;
pub mod telemetry;
pub mod text;

pub use model::{Article, Envelope, Rejection};
pub use pipeline::Order;
pub use reading::{Document, Finding, Settings, read, read_all, run};
pub use stages::Options;
