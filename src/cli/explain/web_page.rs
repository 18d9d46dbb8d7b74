//! How the article was found on a web page: the candidates, what was taken, and what was in doubt.

use std::fmt::Write as _;

use crate::stages::parse::html::{Explanation, Options, explain};

/// Looks at the page as the stage does, and tells what it weighed. The bytes are read in the encoding that the record names.
pub fn tell(page: &mut String, bytes: &[u8], encoding: &str, address: Option<&str>, options: &Options) {
    let encoding = encoding_rs::Encoding::for_label(encoding.as_bytes()).unwrap_or(encoding_rs::UTF_8);
    let (html, _, _) = encoding.decode(bytes);
    let Explanation { candidates, chosen, blocks, blocks_taken, words_taken, doubts } = explain(&html, address, options);
    // Writing to a String cannot fail.
    let _ = writeln!(page, "  the article  {words_taken} words in {blocks_taken} of the page's {blocks} blocks");
    let _ = writeln!(page, "  taken were   {chosen}");
    if !candidates.is_empty() {
        let _ = writeln!(page, "  candidates   {:<58} {:>6} {:>6}", "", "words", "taken");
    }
    for candidate in &candidates {
        let element = candidate.element.as_deref().map_or_else(String::new, |element| format!(", {element}"));
        let name: String = format!("{}{element}", candidate.name).chars().take(68).collect();
        let _ = writeln!(page, "    {name:<68} {:>6} {:>6}", candidate.words, candidate.words_taken);
    }
    if !doubts.is_empty() {
        let _ = writeln!(page, "  in doubt     blocks that were nearly judged otherwise, 1 being surely the article's");
    }
    for doubt in &doubts {
        let verdict = if doubt.is_taken { "taken" } else { "left" };
        let text = doubt.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = writeln!(page, "    {verdict:<5} {:.2}  {text}", doubt.chance);
    }
}
