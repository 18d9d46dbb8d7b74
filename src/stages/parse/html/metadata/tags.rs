//! What `<meta>`, `<link>` and `<title>` say of a page: Open Graph, Twitter, Dublin Core and the many names that
//! publishers' own systems use.

use super::super::entities::decode;
use super::super::tags::{Key, Tag};
use super::super::tree::Tree;

/// In bytes: longer values are no metadata.
const VALUE_MAX: usize = 4_000;
/// A page has some dozens.
const TAGS_MAX: usize = 600;

/// Each `<meta>`, its key in small letters, in page order.
#[derive(Debug, Default)]
pub struct Tags {
    pairs: Vec<(String, String)>,
    pub canonical: Option<String>,
    pub title: Option<String>,
}

impl Tags {
    pub fn read(tree: &Tree) -> Self {
        let mut tags = Self::default();
        for id in 0..tree.len() {
            match tree.tag(id) {
                Tag::Meta if tags.pairs.len() < TAGS_MAX => {
                    let Some(content) =
                        tree.attribute(id, Key::Content).filter(|content| !content.is_empty() && content.len() <= VALUE_MAX)
                    else {
                        continue;
                    };
                    let value = tidy(content);
                    for name in [Key::Property, Key::Name, Key::Itemprop, Key::HttpEquiv] {
                        if let Some(key) = tree.attribute(id, name) {
                            let prefix = if name == Key::Itemprop { "itemprop:" } else { "" };
                            for key in key.split_ascii_whitespace().take(4) {
                                tags.pairs.push((format!("{prefix}{}", key.to_ascii_lowercase()), value.clone()));
                            }
                        }
                    }
                }
                Tag::Link if tags.canonical.is_none() => {
                    let is_canonical = tree.attribute(id, Key::Rel).is_some_and(|rel| rel.eq_ignore_ascii_case("canonical"));
                    tags.canonical = tree.attribute(id, Key::Href).filter(|href| is_canonical && href.len() <= VALUE_MAX).map(tidy);
                }
                Tag::Title if tags.title.is_none() => {
                    let raw = tree.raw_content(id);
                    tags.title =
                        Some(tidy(raw.get(..raw.floor_char_boundary(VALUE_MAX)).unwrap_or_default())).filter(|title| !title.is_empty());
                }
                _ => {}
            }
        }
        tags
    }

    /// The first value of the first of these keys that has one.
    pub fn first(&self, keys: &[&str]) -> Option<&str> {
        keys.iter().find_map(|key| self.pairs.iter().find(|(own, value)| own == key && !value.is_empty()).map(|(_, value)| value.as_str()))
    }

    pub fn all<'s>(&'s self, key: &'s str) -> impl Iterator<Item = &'s str> {
        self.pairs.iter().filter(move |(own, value)| own == key && !value.is_empty()).map(|(_, value)| value.as_str())
    }
}

/// A value with its references resolved, also those that were written twice ("&amp;#039;"), and its white space in order.
pub fn tidy(raw: &str) -> String {
    let mut value = decode(raw);
    if value.contains('&') && value.contains(';') {
        value = decode(&value);
    }
    value.split_whitespace().collect::<Vec<_>>().join(" ")
}
