//! What a language tells the parse stage: bylines, dates and their labels, as newspapers print them.

use serde::Deserialize;

/// Words are in small letters with straight apostrophes; case does not count. Lists in one string are parted by white
/// space.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ArticleData {
    /// Twelve, from January: the name of a month and its short forms, without full stops.
    pub months: Vec<String>,
    /// Names of the days and their short forms, without full stops.
    pub weekdays: String,
    /// "3/4/2024" is the fourth of March.
    pub month_first: bool,
    /// Words that stand within a date and its time: "of", "at", "um".
    pub date_fillers: String,
    /// What stands before the date when an article came out: "published on".
    pub date_labels: Vec<String>,
    /// What stands before the date of its last change: "updated".
    pub update_labels: Vec<String>,
    /// What stands before its authors: "by", "written by".
    pub by: Vec<String>,
    /// Between two authors: "and".
    pub and: Vec<String>,
    /// Before who took the pictures: "photos".
    pub pictures: Vec<String>,
    /// Words that name a job or an office and no person: "correspondent".
    pub jobs: String,
    /// Those of them that name many people: "Tide staff" is nobody.
    pub teams: String,
    /// Before a colon, at the head of a text: "headline".
    pub title_labels: Vec<String>,
    pub subtitle_labels: Vec<String>,
    pub section_labels: Vec<String>,
    pub tag_labels: Vec<String>,
    /// Before the name of the paper: "source".
    pub site_labels: Vec<String>,
    /// Before what no record tells: "word count", "to".
    pub other_labels: Vec<String>,
    /// Words in capitals that open a line and are no place: "ANALYSIS - ", "UPDATE: ".
    pub rubrics: String,
    /// How notes begin that say from when on a text may be printed: "embargoed until".
    pub embargo: Vec<String>,
    /// Lines that say how quickly to print it: "urgent".
    pub urgency: Vec<String>,
    /// Lines above a text that say what kind of one it is: "press release".
    pub releases: Vec<String>,
    /// The first word of what one desk tells another in brackets about a new version: "(Adds quotes)".
    pub edits: String,
    /// In "page 2 of 3": "page" and "of".
    pub page: Vec<String>,
    pub page_of: Vec<String>,
    /// What stands at the foot of a page that is not the last: "more".
    pub more: Vec<String>,
}
