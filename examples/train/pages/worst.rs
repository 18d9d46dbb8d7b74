//! The pages that are read worst by trees that never saw their sites, and what kinds of blocks are lost or kept on them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::labels::{Page, Truth};
use super::score;

const PAGES: usize = 60;
/// In characters of a block that was judged wrongly.
const EXCERPT: usize = 90;
const BLOCKS_MAX: usize = 8;

/// Writes them to `worst-pages.txt` in a folder, and prints how many words were lost and kept by kind.
pub fn write(folder: &Path, pages: &[Page], chances: &[f32], threshold: f32) -> anyhow::Result<()> {
    let mut ranked: Vec<(f64, &Page, Vec<bool>)> = score::of_pages(pages, chances)
        .filter(|(page, _)| matches!(page.truth, Truth::Whole(_)))
        .map(|(page, chances)| {
            let picked = score::at_least(chances, threshold);
            (score::of_page(page, &picked), page, picked)
        })
        .collect();
    ranked.sort_by(|one, other| one.0.total_cmp(&other.0).then_with(|| one.1.id.cmp(&other.1.id)));
    ranked.truncate(PAGES);
    let mut out = String::new();
    let mut kinds = BTreeMap::<(&str, &str), (usize, usize)>::new();
    for (f1, page, picked) in &ranked {
        let best: Vec<bool> = page.labels.iter().map(|label| *label >= 0.5).collect();
        writeln!(out, "{} F1 {f1:.3}, at best {:.3}", page.id, score::of_page(page, &best))?;
        for (is_lost, title) in [(true, "lost"), (false, "kept")] {
            let mut wrong: Vec<usize> = (0..best.len()).filter(|at| best[*at] != picked[*at] && best[*at] == is_lost).collect();
            for at in &wrong {
                let count = kinds.entry((title, page.kinds[*at].as_str())).or_default();
                count.0 += 1;
                count.1 += page.words[*at].len();
            }
            wrong.sort_by_key(|at| std::cmp::Reverse(page.words[*at].len()));
            for at in wrong.into_iter().take(BLOCKS_MAX) {
                let text: String = page.texts[at].chars().take(EXCERPT).collect();
                writeln!(out, "  {title} {} words, {}: {}", page.words[at].len(), page.kinds[at], text.replace('\n', " "))?;
            }
        }
    }
    let mut kinds: Vec<_> = kinds.into_iter().collect();
    kinds.sort_by_key(|(kind, (_, words))| (std::cmp::Reverse(*words), *kind));
    writeln!(out, "\nOn these {} pages, by kind:", ranked.len())?;
    for ((title, kind), (blocks, words)) in &kinds {
        writeln!(out, "{title} {kind}: {words} words in {blocks} blocks")?;
    }
    let file = folder.join("worst-pages.txt");
    fs::write(&file, out).with_context(|| format!("write {}", file.display()))
}
