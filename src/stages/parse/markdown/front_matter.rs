//! Reads the front matter of a Markdown file: simple keys between `---` (as in YAML) or `+++` (as in TOML).
//!
//! Only what authors write there by hand is read: strings, bare or in quotes, and lists in brackets or of dashes. What
//! nests deeper is passed over.

/// In bytes: no front matter is longer.
const FRONT_BYTES_MAX: usize = 64 * 1024;

/// Keys in small letters, with their values in order.
#[derive(Debug, Default)]
pub(super) struct FrontMatter {
    entries: Vec<(String, Vec<String>)>,
}

impl FrontMatter {
    /// The first value of the first key that has one.
    pub fn text(&self, keys: &[&str]) -> Option<String> {
        self.list(keys).into_iter().next()
    }

    /// The values of the first key that has any.
    pub fn list(&self, keys: &[&str]) -> Vec<String> {
        let values =
            |key: &&str| self.entries.iter().find(|(name, values)| name == key && !values.is_empty()).map(|(_, values)| values.clone());
        keys.iter().find_map(values).unwrap_or_default()
    }
}

/// Parts a document's front matter from the rest. Without a closing line, or where a line between is no part of one,
/// all of the document is the rest: `---` may be a rule.
pub(super) fn split(text: &str) -> (Option<FrontMatter>, &str) {
    let text = text.trim_start_matches('\u{FEFF}').trim_start_matches(['\n', '\r', ' ']);
    let (first, rest) = text.split_once('\n').unwrap_or((text, ""));
    let fence = first.trim_end();
    let sign = match fence {
        "---" => ':',
        "+++" => '=',
        _ => return (None, text),
    };
    let mut front = FrontMatter::default();
    let mut read = 0;
    let mut is_first = true;
    for line in rest.split_inclusive('\n') {
        read += line.len();
        if read > FRONT_BYTES_MAX {
            break;
        }
        let bare = line.trim_end();
        if bare == fence || (fence == "---" && bare == "...") {
            return (Some(front), rest.get(read..).unwrap_or_default());
        }
        // A blank line straight after the rule: it is one.
        if is_first && bare.is_empty() || !front.read_line(bare, sign) {
            break;
        }
        is_first = false;
    }
    (None, text)
}

impl FrontMatter {
    /// False where the line cannot stand in front matter.
    fn read_line(&mut self, line: &str, sign: char) -> bool {
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with('#') || (sign == '=' && bare.starts_with(['[', ']', '"'])) {
            return true;
        }
        let is_indented = bare.len() < line.len();
        let item = bare.strip_prefix("- ").or_else(|| bare.strip_prefix("-\t"));
        if let (Some(item), Some((_, values))) = (item, self.entries.last_mut()) {
            // Items may be objects: "- name: Ada Moe".
            let item = item.trim().strip_prefix("name:").unwrap_or(item);
            values.extend(scalar(item));
            return true;
        }
        if is_indented {
            if let Some((_, values)) = self.entries.last_mut() {
                let continues = values.len() == 1 && !is_key(bare, sign);
                if let Some(name) = bare.strip_prefix("name:") {
                    values.extend(scalar(name));
                } else if let (true, Some(value)) = (continues, values.first_mut()) {
                    // A long title goes on in the next line.
                    value.push(' ');
                    value.push_str(bare);
                } else if values.is_empty() && !is_key(bare, sign) {
                    values.push(bare.to_owned());
                }
            }
            return true;
        }
        if bare == "]" || bare.ends_with(',') && !self.entries.is_empty() {
            return true;
        }
        let Some((key, value)) = bare.split_once(sign) else { return false };
        if !is_key(bare, sign) {
            return false;
        }
        let value = value.trim();
        let values = match value.strip_prefix('[').map(|list| list.strip_suffix(']').unwrap_or(list)) {
            Some(list) => items(list),
            // A block of lines follows.
            None if matches!(value, "|" | ">" | "|-" | ">-") => Vec::new(),
            None => scalar(value).into_iter().collect(),
        };
        self.entries.push((key.trim().trim_matches('"').to_lowercase().replace('-', "_"), values));
        true
    }
}

fn is_key(line: &str, sign: char) -> bool {
    let Some((key, _)) = line.split_once(sign) else { return false };
    let key = key.trim().trim_matches('"');
    !key.is_empty()
        && key.len() <= 60
        && key.chars().all(|letter| letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.' | ' ' | ':'))
}

/// One value without its quotes and the comment behind it; None where it says nothing.
fn scalar(value: &str) -> Option<String> {
    let value = value.trim();
    let said = match value.chars().next()? {
        '"' => unquoted(value, '"')?.replace("\\\"", "\"").replace("\\\\", "\\"),
        '\'' => unquoted(value, '\'')?.replace("''", "'"),
        _ => value.split(" #").next().unwrap_or_default().trim_end().to_owned(),
    };
    let says_nothing = said.is_empty() || matches!(said.as_str(), "null" | "~" | "{}");
    (!says_nothing).then_some(said)
}

/// What stands between two marks; all of it where the second is missing.
fn unquoted(value: &str, mark: char) -> Option<String> {
    let inner = value.strip_prefix(mark)?;
    let mut escaped = false;
    let mut letters = inner.char_indices().peekable();
    while let Some((at, letter)) = letters.next() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if mark == '"' => escaped = true,
            '\'' if mark == '\'' && matches!(letters.peek(), Some((_, '\''))) => {
                letters.next();
            }
            _ if letter == mark => return inner.get(..at).map(str::to_owned),
            _ => {}
        }
    }
    Some(inner.to_owned())
}

/// The items of `a, "b, c", d`.
fn items(list: &str) -> Vec<String> {
    let mut items = Vec::new();
    let mut start = 0;
    let mut open: Option<char> = None;
    for (at, letter) in list.char_indices() {
        match (open, letter) {
            (Some(mark), _) if letter == mark => open = None,
            (Some(_), _) => {}
            (None, '"' | '\'') if list.get(start..at).is_some_and(|before| before.trim().is_empty()) => open = Some(letter),
            (None, ',') => {
                items.extend(list.get(start..at).and_then(scalar));
                start = at + 1;
            }
            (None, _) => {}
        }
    }
    items.extend(list.get(start..).and_then(scalar));
    items
}
