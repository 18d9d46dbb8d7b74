//! Saved pages and their articles as people marked them: which of a page's blocks belong to the article.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::fs;
use std::path::Path;

use anyhow::Context as _;
use copydesk::stages::parse::html::training::{self, Features};
use serde::Deserialize;
use unicode_normalization::UnicodeNormalization as _;

/// Words in a run that is compared, as the scorer does.
const RUN: usize = 4;
/// What a page's clutter may weigh against its article.
const CLUTTER_MAX: f32 = 1.5;

/// One page of `gold.json`.
#[derive(Deserialize)]
struct Gold {
    dataset: String,
    #[serde(default)]
    site: Option<String>,
    #[serde(default)]
    url: Option<String>,
    #[serde(default)]
    text: Option<String>,
    #[serde(default, rename = "with")]
    wanted: Vec<String>,
    #[serde(default, rename = "without")]
    unwanted: Vec<String>,
}

pub struct Page {
    pub id: String,
    pub set: String,
    /// Equal for pages of one site.
    pub site_number: u64,
    /// What each block is and stands in: "heading", "paragraph in related".
    pub kinds: Vec<String>,
    pub texts: Vec<String>,
    /// Each block's words, as numbers.
    pub words: Vec<Vec<u64>>,
    pub features: Features,
    /// How much of each block is the article's, 0 to 1, and how much the block counts.
    pub labels: Vec<f32>,
    pub weights: Vec<f32>,
    pub truth: Truth,
}

pub enum Truth {
    /// Runs of words and how often each occurs.
    Whole(HashMap<u64, u32>),
    /// What must be in it and what must not.
    Snippets { wanted: Vec<String>, unwanted: Vec<String> },
}

/// `path` holds `gold.json` and, beside it or in `pages/`, a file `ID.html` for each of its entries.
pub fn read(path: &Path) -> anyhow::Result<Vec<Page>> {
    let file = path.join("gold.json");
    let gold = fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
    let gold: BTreeMap<String, Gold> = serde_json::from_str(&gold).with_context(|| format!("parse {}", file.display()))?;
    gold.into_iter().map(|(id, gold)| page(path, &id, gold)).collect()
}

fn page(folder: &Path, id: &str, gold: Gold) -> anyhow::Result<Page> {
    let name = format!("{id}.html");
    let file = Some(folder.join("pages").join(&name)).filter(|file| file.exists()).unwrap_or_else(|| folder.join(&name));
    let bytes = fs::read(&file).with_context(|| format!("read {}", file.display()))?;
    let examined = training::examine(&decoded(&bytes), gold.url.as_deref());
    let words: Vec<Vec<u64>> = examined.texts.iter().map(|text| words(text)).collect();
    let (labels, weights, truth) = match gold.text.filter(|text| !text.is_empty()) {
        Some(text) => whole(&words, &text),
        None => snippets(&examined.texts, &gold.wanted, &gold.unwanted),
    };
    let site = gold.site.unwrap_or_default();
    Ok(Page {
        id: id.to_owned(),
        set: gold.dataset,
        site_number: hash(&site),
        kinds: examined.kinds,
        texts: examined.texts,
        words,
        features: examined.features,
        labels,
        weights,
        truth,
    })
}

/// By validity, declaration, then detection.
fn decoded(bytes: &[u8]) -> String {
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    let head = String::from_utf8_lossy(&bytes[..bytes.len().min(4096)]).to_lowercase();
    let label = head.split_once("charset=").map(|(_, rest)| rest.trim_start_matches(['"', '\'', ' ']));
    let label = label.and_then(|label| label.split(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_')).next());
    let encoding = label.and_then(|label| encoding_rs::Encoding::for_label(label.as_bytes())).unwrap_or_else(|| {
        let mut detector = chardetng::EncodingDetector::new(chardetng::Iso2022JpDetection::Allow);
        detector.feed(bytes, true);
        detector.guess(None, chardetng::Utf8Detection::Allow)
    });
    encoding.decode(bytes).0.into_owned()
}

fn whole(blocks: &[Vec<u64>], text: &str) -> (Vec<f32>, Vec<f32>, Truth) {
    let all = words(text);
    let truth = runs(&all);
    let lines: HashSet<u64> = text.lines().map(|line| joined(&words(line))).collect();
    let short: HashSet<u64> = (2..RUN).flat_map(|length| all.windows(length).map(joined).collect::<Vec<_>>()).collect();
    let mut left = truth.clone();
    let mut labels = vec![0.0; blocks.len()];
    // What a page says twice is the article's where it stands in the longer block.
    let mut order: Vec<usize> = (0..blocks.len()).collect();
    order.sort_by_key(|place| std::cmp::Reverse(blocks[*place].len()));
    for place in order {
        let block = &blocks[place];
        labels[place] = if block.len() >= RUN {
            let mut found = 0;
            for run in block.windows(RUN) {
                if let Some(count) = left.get_mut(&joined(run)).filter(|count| **count > 0) {
                    *count -= 1;
                    found += 1;
                }
            }
            found as f32 / (block.len() - RUN + 1) as f32
        } else if block.is_empty() {
            0.0
        } else if lines.contains(&joined(block)) {
            1.0
        } else if short.contains(&joined(block)) {
            0.4
        } else {
            0.0
        };
    }
    let mut weights: Vec<f32> = blocks.iter().map(|block| (block.len() as f32 + 1.0) / (all.len() as f32 + 50.0)).collect();
    let clutter: f32 = weights.iter().zip(&labels).map(|(weight, label)| weight * (1.0 - label)).sum();
    if clutter > CLUTTER_MAX {
        for (weight, _) in weights.iter_mut().zip(&labels).filter(|(_, label)| **label < 0.5) {
            *weight *= CLUTTER_MAX / clutter;
        }
    }
    (labels, weights, Truth::Whole(truth))
}

fn snippets(texts: &[String], wanted: &[String], unwanted: &[String]) -> (Vec<f32>, Vec<f32>, Truth) {
    let wanted: Vec<String> = wanted.iter().map(|snippet| squeezed(snippet)).collect();
    let unwanted: Vec<String> = unwanted.iter().map(|snippet| squeezed(snippet)).collect();
    let mut labels = Vec::new();
    let mut weights = Vec::new();
    for text in texts.iter().map(|text| squeezed(text)) {
        let is_wanted = wanted.iter().any(|snippet| text.contains(snippet.as_str()));
        let is_unwanted = unwanted.iter().any(|snippet| text.contains(snippet.as_str()));
        labels.push(if is_wanted { 1.0 } else { 0.0 });
        // Nothing is known of the other blocks.
        weights.push(match (is_wanted, is_unwanted) {
            (true, false) => 0.25,
            (false, true) => 0.15,
            _ => 0.0,
        });
    }
    (labels, weights, Truth::Snippets { wanted, unwanted })
}

pub fn squeezed(text: &str) -> String {
    text.nfc().collect::<String>().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Words as numbers; each Han or Kana character is one.
fn words(text: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut word = String::new();
    for c in text.nfc() {
        let is_alone = matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{f900}'..='\u{faff}');
        if !word.is_empty() && (is_alone || !(c.is_alphanumeric() || c == '_')) {
            found.push(hash(&word));
            word.clear();
        }
        if is_alone {
            found.push(hash(c.encode_utf8(&mut [0; 4])));
        } else if c.is_alphanumeric() || c == '_' {
            word.push(c);
        }
    }
    if !word.is_empty() {
        found.push(hash(&word));
    }
    found
}

fn hash(text: &str) -> u64 {
    xxhash_rust::xxh3::xxh3_64(text.as_bytes())
}

fn joined(run: &[u64]) -> u64 {
    run.iter().fold(7, |all: u64, one| all.rotate_left(13).wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ one)
}

/// Runs of four words with their counts; a shorter text is one run.
pub fn runs(words: &[u64]) -> HashMap<u64, u32> {
    let mut runs = HashMap::new();
    if !words.is_empty() && words.len() < RUN {
        runs.insert(joined(words), 1);
    }
    for run in words.windows(RUN) {
        *runs.entry(joined(run)).or_default() += 1;
    }
    runs
}
