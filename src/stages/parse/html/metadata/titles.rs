//! Which of a page's many titles is the article's headline, and where the site's name begins in it.

use super::super::signs::Signs;
use super::super::tags::Tag;
use super::super::tree::{Id, Tree};

/// In characters: a longer heading is a paragraph.
const TITLE_MAX: usize = 300;

/// Headings of the first order in page order, longest 30.
pub fn headings(tree: &Tree, signs: &[Signs]) -> Vec<(Id, String)> {
    let mut found = Vec::new();
    for id in 0..tree.len() {
        if tree.tag(id) != Tag::H1 {
            continue;
        }
        let is_hidden =
            std::iter::once(id).chain(tree.ancestors(id)).any(|at| signs.get(at as usize).is_some_and(|signs| signs.has(Signs::HIDDEN)));
        let text = tree.text(id);
        if !is_hidden && !text.is_empty() && text.chars().count() <= TITLE_MAX {
            found.push((id, text));
        }
        if found.len() >= 30 {
            break;
        }
    }
    found
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

/// The headline, and the heading it was taken from. In this order: the heading that `<title>` or `og:title` agree with; a
/// heading that stands alone; JSON-LD's headline; `og:title`; `<title>`. The last two without the site's name.
pub fn choose(offered: &Offered) -> (Option<String>, Option<Id>) {
    let known: Vec<String> = [offered.shared, offered.page, offered.headline].iter().flatten().map(|title| letters(title)).collect();
    let agreeing = offered.headings.iter().find(|(_, heading)| {
        let heading = letters(heading);
        heading.chars().count() >= 4 && known.iter().any(|title| title.contains(&heading) && !is_site(&heading, offered.site))
    });
    if let Some((id, heading)) = agreeing {
        return (Some(heading.clone()), Some(*id));
    }
    if let [(id, heading)] = offered.headings
        && heading.split_whitespace().count() >= 2
        && !is_site(&letters(heading), offered.site)
    {
        return (Some(heading.clone()), Some(*id));
    }
    let stated = offered.headline.map(str::to_owned);
    let shared = || offered.shared.map(|title| without_site(title, offered.site));
    let page = || offered.page.map(|title| without_site(title, offered.site));
    (stated.or_else(shared).or_else(page).filter(|title| !title.is_empty()), None)
}

fn is_site(letters_of_heading: &str, site: Option<&str>) -> bool {
    site.is_some_and(|site| letters(site) == letters_of_heading)
}

const MARKS: [&str; 12] = [" | ", " - ", " – ", " — ", " :: ", " » ", " « ", " · ", " • ", " / ", " ｜ ", "_"];

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
        let is_short = words(tail) <= 4 && words(head) >= 3 && words(head) > words(tail);
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
