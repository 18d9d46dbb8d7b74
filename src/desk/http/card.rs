//! A record in few words, as a list shows it.

use serde_json::{Value, json};

use crate::desk::committed::Place;
use crate::desk::rejections::shortened;
use crate::desk::story::Story;

/// Speakers that are named on a card.
const SPEAKERS: usize = 4;
/// Characters of a title or of the gist.
const CHARACTERS: usize = 240;

/// None where the line is no record.
pub fn card(at: Place, line: &[u8]) -> Option<Value> {
    let story: Story<'_> = serde_json::from_slice(line).ok()?;
    let mut speakers: Vec<&str> = Vec::new();
    for speaker in story.quotes.iter().filter_map(|quote| quote.speaker.as_ref()) {
        if speakers.len() < SPEAKERS && !speakers.contains(&&*speaker.name) {
            speakers.push(&speaker.name);
        }
    }
    Some(json!({
        "at": at.to_string(),
        "title": story.title.as_deref().map(|text| shortened(text, CHARACTERS)),
        "site": story.site.as_deref().map(|text| shortened(text, CHARACTERS)),
        "path": story.source.path,
        "entry": story.source.entry,
        "language": story.language.code,
        "published": story.published,
        "ingested_at": story.ingested_at,
        "gist": story.summary.first().map(|sentence| shortened(&sentence.text, CHARACTERS)),
        "quotes": story.quotes.len(),
        "speakers": speakers,
    }))
}
