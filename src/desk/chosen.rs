//! Which records are shown: by speaker, language, word and time.

use jiff::Timestamp;

use crate::ledger::is_whole;

use super::story::Story;

/// Conditions on a record, all of which must hold.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// A speaker's name holds this.
    speaker: Option<String>,
    /// This language: `pt` takes `pt-BR` too.
    language: Option<String>,
    /// The title or the text has this word.
    word: Option<String>,
    /// It was made then or later. A record that does not say when is not taken.
    since: Option<Timestamp>,
}

impl Chosen {
    /// Capitals make no difference; what is empty asks for nothing.
    pub fn new(speaker: Option<&str>, language: Option<&str>, word: Option<&str>, since: Option<Timestamp>) -> Self {
        let folded = |text: Option<&str>| text.map(|text| text.trim().to_lowercase()).filter(|text| !text.is_empty());
        Self { speaker: folded(speaker), language: folded(language), word: folded(word), since }
    }

    /// True for a whole line that all conditions hold for.
    pub fn takes(&self, line: &[u8]) -> bool {
        let line = line.strip_suffix(b"\n").unwrap_or(line);
        if !is_whole(line) {
            return false;
        }
        if *self == Self::default() {
            return true;
        }
        let Ok(story) = serde_json::from_slice::<Story<'_>>(line) else { return false };
        let names = || story.quotes.iter().filter_map(|quote| quote.speaker.as_ref()).map(|speaker| speaker.name.to_lowercase());
        let speaks = self.speaker.as_ref().is_none_or(|wanted| names().any(|name| name.contains(wanted)));
        let is_in = self.language.as_ref().is_none_or(|wanted| {
            let code = story.language.code.to_lowercase();
            code.strip_prefix(wanted.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
        });
        let has_word = || {
            let word = self.word.as_deref().unwrap_or_default();
            let title = story.title.as_deref().unwrap_or_default();
            holds_word(&title.to_lowercase(), word) || holds_word(&story.text.to_lowercase(), word)
        };
        let made = || story.ingested_at.as_deref().and_then(|time| time.parse::<Timestamp>().ok());
        let is_new = self.since.is_none_or(|since| made().is_some_and(|made| made >= since));
        speaks && is_in && is_new && (self.word.is_none() || has_word())
    }
}

/// True where the word stands by itself; in writing without spaces, anywhere.
fn holds_word(text: &str, word: &str) -> bool {
    let is_spaced = |c: char| c.is_alphanumeric() && c < '\u{2E80}';
    text.match_indices(word).any(|(at, found)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + found.len()..).and_then(|after| after.chars().next());
        let joined = |inner: Option<char>, outer: Option<char>| inner.is_some_and(is_spaced) && outer.is_some_and(is_spaced);
        !joined(found.chars().next(), before) && !joined(found.chars().next_back(), after)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_where_it_stands_by_itself() {
        for (text, word, found) in [
            ("the ferry left", "ferry", true),
            ("the ferryman left", "ferry", false),
            ("l'été, enfin", "été", true),
            ("the city council", "city council", true),
            ("渡船出发了", "渡船", true),
            ("ferry", "ferry", true),
        ] {
            assert_eq!(holds_word(text, word), found, "{text}: {word}");
        }
    }
}
