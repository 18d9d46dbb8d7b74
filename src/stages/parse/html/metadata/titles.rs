//! Which of a page's many titles is the article's headline, and where the site's name begins in it.

use super::super::signs::Signs;
use super::super::tags::Tag;
use super::super::tree::{Id, Tree};
use super::visible::is_called;

/// In characters: a longer heading is a paragraph.
const TITLE_MAX: usize = 300;
/// In characters: a shorter one may be of several sentences.
const PROSE_MIN: usize = 150;

/// Headings of the first order in page order, longest 30.
pub fn headings(tree: &Tree, signs: &[Signs]) -> Vec<(Id, String)> {
    let mut found = Vec::new();
    for id in 0..tree.len() {
        if tree.tag(id) != Tag::H1 {
            continue;
        }
        let is_hidden =
            std::iter::once(id).chain(tree.ancestors(id)).any(|at| signs.get(at as usize).is_some_and(|signs| signs.has(Signs::HIDDEN)));
        let text = without_kicker(tree, id);
        if !is_hidden && !text.is_empty() && text.chars().count() <= TITLE_MAX && !is_prose(&text) {
            found.push((id, text));
        }
        if found.len() >= 30 {
            break;
        }
    }
    found
}

/// "Learn which. Get tips on how. We help you": several whole sentences are a summary.
fn is_prose(text: &str) -> bool {
    let ends = [". ", "? ", "! "].iter().map(|end| text.matches(end).count()).sum::<usize>();
    text.chars().count() > PROSE_MIN && ends >= 2 && text.ends_with('.')
}

/// What the line above a headline is called.
const KICKERS: [&str; 7] = ["kicker", "overline", "dachzeile", "spitzmarke", "eyebrow", "topline", "antetitulo"];

/// The words of a heading without those of an element in it that is called a kicker: "Trade: | The bridge is closed".
fn without_kicker(tree: &Tree, heading: Id) -> String {
    let whole = tree.text(heading);
    let end = tree.node(heading).end;
    let mut id = heading + 1;
    while id < end {
        if is_called(tree, id, &KICKERS, &[]) {
            let kicker = tree.text(id);
            let rest = whole.strip_prefix(kicker.as_str()).unwrap_or_default();
            let rest = rest.trim_start_matches(|c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—' | '|' | '/'));
            return if words(rest) >= 3 { rest.to_owned() } else { whole };
        }
        if tree.tag(id) == Tag::Text && !tree.raw_text(id).trim().is_empty() {
            break;
        }
        id += 1;
    }
    whole
}

/// What the page offers for a title.
#[derive(Debug, Default)]
pub struct Offered<'a> {
    pub headings: &'a [(Id, String)],
    /// `<title>`.
    pub page: Option<&'a str>,
    /// `og:title` and its kin.
    pub shared: Option<&'a str>,
    pub headline: Option<&'a str>,
    pub site: Option<&'a str>,
}

/// A heading has to hold so much of a title that it agrees with: "Planning" is no headline of "Planning your wedding".
const AGREED_MIN: f64 = 0.5;

/// The headline, and the heading it was taken from. In this order: the heading that `<title>`, `og:title` or JSON-LD agree
/// with, behind the kicker that all three set before it; a heading that stands alone and shares words with them; JSON-LD's headline; `og:title`; `<title>`. All without
/// the site's name.
pub fn choose(offered: &Offered) -> (Option<String>, Option<Id>) {
    let given: Vec<String> =
        [offered.shared, offered.page, offered.headline].iter().flatten().map(|title| without_site(title, offered.site)).collect();
    let known: Vec<String> = given.iter().map(|title| letters(title)).collect();
    let whole: Vec<String> = [offered.shared, offered.page, offered.headline].iter().flatten().map(|title| letters(title)).collect();
    let mut best: Option<(f64, &(Id, String))> = None;
    for candidate in offered.headings {
        let heading = letters(&candidate.1);
        let length = heading.chars().count();
        let closes_title = offered.page.and_then(last_part).is_some_and(|(head, tail)| letters(tail) == heading && words(head) >= 2);
        if length < 4 || closes_title || opens_title(&heading, offered) || is_site(&heading, offered.site) {
            continue;
        }
        let agrees = |(title, whole): (&String, &String)| {
            let share = length as f64 / title.chars().count().max(1) as f64;
            (whole.contains(&heading) || !title.is_empty() && heading.contains(title.as_str())).then_some(if share > 1.0 {
                1.0 / share
            } else {
                share
            })
        };
        let share = known.iter().zip(&whole).filter_map(agrees).fold(0.0, f64::max);
        if share >= AGREED_MIN && best.is_none_or(|(most, _)| share > most) {
            best = Some((share, candidate));
        }
    }
    if let Some((_, (id, heading))) = best {
        let title = with_agreed_kicker(heading, offered).unwrap_or_else(|| without_section(heading, offered.site));
        return (Some(title), Some(*id));
    }
    if let [(id, heading)] = offered.headings
        && heading.split_whitespace().count() >= 2
        && !is_site(&letters(heading), offered.site)
        && !opens_title(&letters(heading), offered)
        && offered.page.and_then(last_part).is_none_or(|(_, tail)| letters(tail) != letters(heading))
        && (given.iter().all(|title| names_site(title, offered.site)) || given.iter().any(|title| shares_words(title, heading)))
    {
        return (Some(without_section(heading, offered.site)), Some(*id));
    }
    let stated = offered.headline.map(|title| without_section(title, offered.site));
    let bare = |title: &str| without_section(&without_site(title, offered.site), offered.site);
    let shared = || offered.shared.map(bare);
    let page = || offered.page.map(bare);
    let found = stated.or_else(shared).or_else(page).filter(|title| !title.is_empty());
    (found.or_else(|| offered.headings.first().map(|(_, heading)| heading.clone())), None)
}

/// "Ferries: The lean bridge" where a heading is "The lean bridge" and `<title>`, `og:title` and JSON-LD all say the longer.
fn with_agreed_kicker(heading: &str, offered: &Offered) -> Option<String> {
    let shared = without_site(offered.shared?, offered.site);
    let kicker = shared.strip_suffix(heading)?.trim_end().strip_suffix(':')?;
    let is_same = |title: &str| letters(&without_site(title, offered.site)) == letters(&shared);
    (words(kicker) > 0 && is_same(offered.page?) && is_same(offered.headline?)).then_some(shared)
}

/// "Tide Notes" is the site's name where the page is called "Tide Notes: The lean bridge" and shared as "The lean bridge".
fn opens_title(letters_of_heading: &str, offered: &Offered) -> bool {
    let parted = offered.page.and_then(|page| MARKS.iter().chain(&[": "]).find_map(|mark| page.split_once(mark)));
    let Some((head, tail)) = parted else { return false };
    let shared = [offered.shared, offered.headline];
    letters(head) == letters_of_heading && shared.iter().flatten().any(|title| letters(title) == letters(tail))
}

/// At least a fifth of the words of either is in both.
fn shares_words(one: &str, other: &str) -> bool {
    let words = |text: &str| -> std::collections::BTreeSet<String> {
        text.split_whitespace().map(letters).filter(|word| !word.is_empty()).collect()
    };
    let (one, other) = (words(one), words(other));
    let both = one.intersection(&other).count();
    both * 5 >= one.len().min(other.len()).max(1)
}

/// A page that is called nothing but "Tidepost", on tidepost.example.
fn names_site(title: &str, site: Option<&str>) -> bool {
    let title = letters(title);
    site.is_some_and(|site| title.is_empty() || letters(site).starts_with(&title))
}

fn is_site(letters_of_heading: &str, site: Option<&str>) -> bool {
    site.is_some_and(|site| letters(site) == letters_of_heading)
}

const MARKS: [&str; 13] = ["ㅣ", " | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " ｜ ", "_"];

/// "Bridge closed | The Daily Tide" without what stands behind the last mark, where that is the site's name or at most
/// a few words; also "The Daily Tide: Bridge closed".
pub fn without_site(title: &str, site: Option<&str>) -> String {
    let site = site.map(letters).filter(|site| !site.is_empty());
    let mut title = title.trim();
    for _ in 0..3 {
        let Some((head, tail)) = last_part(title) else { break };
        let tail_letters = letters(tail);
        let head_letters = letters(head);
        let names_site = site.as_ref().is_some_and(|site| {
            *site == tail_letters || site.contains(&tail_letters) && !tail_letters.is_empty() || tail_letters.contains(site.as_str())
        });
        let is_short = words(tail) <= 4 && words(head) >= 3 && words(head) >= words(tail);
        if names_site && !head_letters.is_empty() || is_short {
            title = head.trim();
            continue;
        }
        break;
    }
    if let (Some(site), Some((head, tail))) =
        (&site, MARKS.iter().filter_map(|mark| title.split_once(mark)).next().or_else(|| title.split_once(": ")))
        && letters(head) == *site
        && words(tail) >= 2
    {
        title = tail.trim();
    }
    title.to_owned()
}

/// "Opinion | Bridges are for people", "Bridges are for people | Opinion": a headline behind or before a bar that parts it
/// from a few words, or from the site's name. Dashes belong to headlines.
fn without_section(title: &str, site: Option<&str>) -> String {
    let mut title = title.trim();
    if let Some((head, tail)) = title.split_once(" | ")
        && words(head) <= 3
        && words(tail) >= 4
    {
        title = tail.trim();
    }
    if let Some((head, tail)) = title.rsplit_once(" | ")
        && words(tail) <= 3
        && words(head) >= 4
    {
        title = head.trim();
    }
    let site = site.map(letters).filter(|site| !site.is_empty());
    match last_part(title) {
        Some((head, tail)) if site.is_some_and(|site| site == letters(tail)) && words(head) >= 2 => head.trim().to_owned(),
        _ => title.to_owned(),
    }
}

/// Parted at the mark that stands last.
fn last_part(title: &str) -> Option<(&str, &str)> {
    MARKS.iter().filter_map(|mark| title.rsplit_once(mark)).min_by_key(|(_, tail)| tail.len())
}

fn words(text: &str) -> usize {
    crate::text::words::words(text).count()
}

/// Letters and digits only, small: what two titles must share to be the same.
pub fn letters(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}
