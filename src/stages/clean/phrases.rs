//! The phrases of all languages in one place: a footer is often in another language than its article, and looking for
//! all of them costs no more than looking for one.

use std::sync::LazyLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::lang;
use crate::text::words::hash;

/// Folded phrases; for the openings their first words too, which rule out nearly every line at once.
#[derive(Default)]
pub struct Phrases {
    pub lines: FxHashSet<String>,
    pub links: FxHashSet<String>,
    pub photos: FxHashSet<String>,
    pub end_marks: FxHashSet<String>,
    /// By the hash of their first word.
    pub notices: FxHashMap<u64, Vec<String>>,
    pub credits: Vec<String>,
    pub rights: Vec<String>,
    /// How the last paragraph begins that a feed adds, and how it goes on.
    pub trailers: Vec<(String, String)>,
    /// By the hashes of their terms.
    pub first_words: FxHashSet<u64>,
    pub hyphen_after: FxHashSet<String>,
    pub hyphen_before: FxHashSet<String>,
    pub hyphen_suspended: FxHashSet<String>,
}

impl Phrases {
    pub fn of_all_languages() -> &'static Self {
        static ALL: LazyLock<Phrases> = LazyLock::new(Phrases::read);
        &ALL
    }

    fn read() -> Self {
        let mut all = Self::default();
        for data in lang::codes().map(|code| &lang::of(code).clean) {
            all.lines.extend(data.lines.iter().cloned());
            all.links.extend(data.links.iter().cloned());
            all.photos.extend(data.photos.iter().cloned());
            all.end_marks.extend(data.end_marks.iter().cloned());
            for notice in &data.notices {
                all.notices.entry(hash(first_word(notice))).or_default().push(notice.clone());
            }
            all.credits.extend(data.credits.iter().cloned());
            all.rights.extend(data.rights.iter().cloned());
            let halves = |trailer: &String| trailer.split_once(" … ").map(|(opening, rest)| (opening.to_owned(), rest.to_owned()));
            all.trailers.extend(data.trailers.iter().filter_map(halves));
            all.hyphen_after.extend(data.hyphen_after.iter().cloned());
            all.hyphen_before.extend(data.hyphen_before.iter().cloned());
            all.hyphen_suspended.extend(data.hyphen_suspended.iter().cloned());
        }
        for openings in [&mut all.credits, &mut all.rights].into_iter().chain(all.notices.values_mut()) {
            openings.sort_unstable();
            openings.dedup();
        }
        let sets = [&all.lines, &all.links, &all.photos].into_iter().flatten();
        all.first_words = sets.chain(&all.credits).map(|phrase| hash(first_word(phrase))).collect();
        all.first_words.extend(all.notices.keys());
        all.first_words.extend(["copyright", "c"].map(hash));
        all
    }
}

/// The first letters and digits of a line, whatever stands before them.
pub fn first_word(line: &str) -> &str {
    line.split(|letter: char| !letter.is_alphanumeric()).find(|word| !word.is_empty()).unwrap_or_default()
}
