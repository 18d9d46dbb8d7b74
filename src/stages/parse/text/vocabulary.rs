//! The words that stand above stories, in all languages at once: a desk gets copy in any of them.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use super::header::Field;
use crate::text::lang;

pub(super) struct Vocabulary {
    /// Labels before a colon, in small letters.
    pub fields: FxHashMap<String, Field>,
    pub embargo: Vec<String>,
    pub urgency: FxHashSet<String>,
    pub releases: FxHashSet<String>,
    pub edits: FxHashSet<String>,
    pub page: FxHashSet<String>,
    pub page_of: FxHashSet<String>,
    pub more: FxHashSet<String>,
    pub by: FxHashSet<String>,
    pub and: FxHashSet<String>,
    pub jobs: FxHashSet<String>,
    pub pictures: FxHashSet<String>,
}

pub(super) fn vocabulary() -> &'static Vocabulary {
    static READ: OnceLock<Vocabulary> = OnceLock::new();
    READ.get_or_init(|| {
        let mut read = Vocabulary {
            fields: FxHashMap::default(),
            embargo: Vec::new(),
            urgency: FxHashSet::default(),
            releases: FxHashSet::default(),
            edits: FxHashSet::default(),
            page: FxHashSet::default(),
            page_of: FxHashSet::default(),
            more: FxHashSet::default(),
            by: FxHashSet::default(),
            and: FxHashSet::default(),
            jobs: FxHashSet::default(),
            pictures: FxHashSet::default(),
        };
        for data in lang::codes().map(|code| &lang::of(code).articles) {
            // Where languages differ about a word, what says more comes first.
            let lists = [
                (Field::Title, &data.title_labels),
                (Field::Subtitle, &data.subtitle_labels),
                (Field::Section, &data.section_labels),
                (Field::Tags, &data.tag_labels),
                (Field::Site, &data.site_labels),
                (Field::Published, &data.date_labels),
                (Field::Updated, &data.update_labels),
                (Field::Authors, &data.by),
                (Field::Other, &data.other_labels),
            ];
            for (field, labels) in lists {
                for label in labels {
                    let is_better = read.fields.get(label).is_none_or(|known| *known == Field::Other);
                    if is_better {
                        read.fields.insert(label.clone(), field);
                    }
                }
            }
            read.embargo.extend(data.embargo.iter().cloned());
            read.urgency.extend(data.urgency.iter().cloned());
            read.releases.extend(data.releases.iter().cloned());
            read.edits.extend(data.edits.split_whitespace().map(str::to_owned));
            read.page.extend(data.page.iter().cloned());
            read.page_of.extend(data.page_of.iter().cloned());
            read.more.extend(data.more.iter().cloned());
            read.by.extend(data.by.iter().cloned());
            read.and.extend(data.and.iter().cloned());
            read.pictures.extend(data.pictures.iter().cloned());
            read.jobs.extend(data.jobs.split_whitespace().map(str::to_owned));
        }
        for (label, field) in [("url", Field::Address), ("link", Field::Address), ("language", Field::Language), ("lang", Field::Language)]
        {
            read.fields.insert(label.to_owned(), field);
        }
        read
    })
}

/// Small letters, plain apostrophes and spaces: as the lists have it.
pub(super) fn folded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '’' => out.push('\''),
            _ if letter.is_whitespace() => out.push(' '),
            _ => out.extend(letter.to_lowercase()),
        }
    }
    out
}
