//! What a language tells the clean stage: lines that stand around articles, and words that keep their hyphen.

use serde::Deserialize;

/// Phrases are in small letters with straight apostrophes; case and the signs around a line do not count.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CleanData {
    /// Whole lines that are never an article's: "advertisement", "share this article".
    pub lines: Vec<String>,
    /// A line that begins so asks for something that no reporter asks for: "sign up for our newsletter".
    pub notices: Vec<String>,
    /// Before a colon and another article's headline: "read also".
    pub links: Vec<String>,
    /// Before a colon and who took the picture: "photo credit".
    pub photos: Vec<String>,
    /// How the agencies' footers begin: "reporting by".
    pub credits: Vec<String>,
    /// A closing line that ends so, beside a year or a ©: "all rights reserved".
    pub rights: Vec<String>,
    /// The last paragraph that a feed adds, with an ellipsis for the article's title: "the post … appeared first on".
    pub trailers: Vec<String>,
    /// Closing lines, only in capitals or between dashes: "ends".
    pub end_marks: Vec<String>,
    /// Words that keep a hyphen after them at the end of a line: "vice".
    pub hyphen_after: Vec<String>,
    /// Words that keep a hyphen before them at the start of a line: "il" in "a-t-il".
    pub hyphen_before: Vec<String>,
    /// Words that show that the hyphen before them stands for a word to come: "und" in "Ein- und Ausgang".
    pub hyphen_suspended: Vec<String>,
}
