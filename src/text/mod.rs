//! Tools for language that every stage shares: sentences, words, and what each language needs to be told.

pub mod bytes;
pub mod lang;
pub mod language;
pub mod paragraphs;
pub mod sentences;
pub mod unicode;
pub mod words;
