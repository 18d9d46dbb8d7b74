//! Who an article is: the key that stays when its text changes, and the digest that changes with every byte.

use std::fmt;
use std::sync::Arc;

/// What identifies an article for ever: the input root's own name and the path below it, and for an entry of a
/// container its entry. On standard input: the given id, or else the digest.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key(Arc<[u8]>);

impl Key {
    /// The key of a file. `path` is the root's name and the path below it, as bytes, parted by `/`.
    pub fn of_file(path: &[u8]) -> Self {
        Self(Arc::from(path))
    }

    /// The key of an entry of a container. The NUL keeps it apart from every path, which cannot hold one.
    pub fn of_entry(path: &[u8], entry: &Entry) -> Self {
        let mut bytes = Vec::with_capacity(path.len() + 1 + entry.as_str().len());
        bytes.extend_from_slice(path);
        bytes.push(0);
        bytes.extend_from_slice(entry.as_str().as_bytes());
        Self(Arc::from(bytes))
    }

    /// The key of an article on standard input that brings an id of its own.
    pub fn of_given_id(id: &str) -> Self {
        Self(Arc::from(id.as_bytes()))
    }

    /// The key of an article on standard input without an id.
    pub fn of_digest(digest: Digest) -> Self {
        Self(Arc::from(digest.to_string().as_bytes()))
    }

    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The first 16 bytes of BLAKE3 over the key.
    pub fn id(&self) -> ArticleId {
        let hash = blake3::hash(&self.0);
        let mut id = [0; 16];
        id.copy_from_slice(hash.as_bytes().first_chunk::<16>().expect("a BLAKE3 hash has 32 bytes"));
        ArticleId(id)
    }
}

/// An article's public name: 32 hex digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ArticleId(pub [u8; 16]);

impl fmt::Display for ArticleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write_hex(f, &self.0)
    }
}

/// BLAKE3 over an article's own bytes: tells one version of it from another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest(pub [u8; 32]);

impl Digest {
    pub fn of(bytes: &[u8]) -> Self {
        Self(*blake3::hash(bytes).as_bytes())
    }

    /// Reads what `to_string` wrote.
    pub fn parse(text: &str) -> Option<Self> {
        let hex = text.strip_prefix("blake3:")?;
        let mut bytes = [0; 32];
        if hex.len() != 64 {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(hex.as_bytes().chunks_exact(2)) {
            *byte = u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()?;
        }
        Some(Self(bytes))
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("blake3:")?;
        write_hex(f, &self.0)
    }
}

/// Which entry of a container an article is: its own id where it has one, otherwise `#n`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Entry(Arc<str>);

impl Entry {
    pub fn new(name: &str) -> Self {
        Self(Arc::from(name))
    }

    /// The entry in place `number`, counted from 1, of a container whose entries have no ids.
    pub fn numbered(number: u64) -> Self {
        Self(Arc::from(format!("#{number}")))
    }

    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn write_hex(f: &mut fmt::Formatter<'_>, bytes: &[u8]) -> fmt::Result {
    bytes.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_is_never_taken_for_a_file() {
        let entry = Key::of_entry(b"wire/a.jsonl", &Entry::numbered(1));
        assert_ne!(entry, Key::of_file(b"wire/a.jsonl#1"));
        assert_ne!(entry.id(), Key::of_file(b"wire/a.jsonl/#1").id());
    }

    #[test]
    fn a_digest_reads_back_as_it_was_written() {
        let digest = Digest::of(b"The tide tables");
        assert_eq!(Digest::parse(&digest.to_string()), Some(digest));
        assert_eq!(Digest::parse("blake3:12"), None);
        assert_eq!(Digest::parse(&format!("blake3:{}", "é".repeat(32))), None);
    }
}
