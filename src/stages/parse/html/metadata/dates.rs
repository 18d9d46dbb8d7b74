//! When an article came out and when it was last changed.

use super::super::signs::Signs;
use super::super::tags::{Key, Tag};
use super::super::tree::{Id, Tree};
use super::json_ld::Stated;
use super::tags::Tags;
use super::times;
use super::visible::{Places, is_called};
use crate::stages::parse::dates;

/// In characters: a line around the headline that holds a date holds little else.
const DATE_LINE_MAX: usize = 120;

const PUBLISHED: &[&str] = &[
    "article:published_time",
    "published",
    "published-date",
    "published_on",
    "published-time",
    "publisheddate",
    "date-published",
    "post_date",
    "og:article:published_time",
    "og:published_time",
    "article:published",
    "datepublished",
    "itemprop:datepublished",
    "parsely-pub-date",
    "sailthru.date",
    "dc.date.issued",
    "dcterms.issued",
    "dc.date",
    "dcterms.date",
    "dcterms.created",
    "dc.date.created",
    "dcterms.available",
    "pubdate",
    "publish-date",
    "publish_date",
    "publication_date",
    "publicationdate",
    "date.published",
    "article.published",
    "publishdate",
    "published_time",
    "rnews:datepublished",
    "cxenseparse:recs:publishtime",
    "originalpublicationdate",
    "displaydate",
    "citation_publication_date",
    "citation_date",
    "itemprop:datecreated",
    "article:created_time",
    "date",
    "created",
];
const UPDATED: [&str; 14] = [
    "article:modified_time",
    "og:article:modified_time",
    "og:updated_time",
    "article:updated_time",
    "datemodified",
    "itemprop:datemodified",
    "dc.date.modified",
    "dcterms.modified",
    "lastmod",
    "last-modified",
    "revised",
    "modified",
    "article.updated",
    "dateupdated",
];

/// Where a page may give a date.
pub struct Dates<'a> {
    pub tree: &'a Tree<'a>,
    pub signs: &'a [Signs],
    pub tags: &'a Tags,
    pub stated: &'a Stated,
    pub language: Option<&'a str>,
    pub places: &'a Places,
}

impl Dates<'_> {
    /// In this order: JSON-LD, `<meta>`, microdata, the address, `<time>`, what is called a date, the lines around the
    /// headline. Where all that is known is the moment in universal time, the day that readers see is told with it.
    pub fn published(&self, address: Option<&str>) -> Option<String> {
        let told = self.stated.published.as_deref().and_then(|date| self.read(date));
        let meta = || PUBLISHED.iter().find_map(|key| self.tags.all(key).find_map(|date| self.read(date)));
        if let Some(moment) = told.or_else(meta).or_else(|| self.marked("datePublished")) {
            return Some(self.local(moment));
        }
        let doubtful = || self.places.doubtful.iter().copied();
        let own = || self.places.near.iter().chain(&self.places.far).copied();
        let seen = address.and_then(times::read_address).or_else(|| self.timed(own())).or_else(|| self.called());
        seen.or_else(|| self.seen())
            // Elsewhere only a line that is nothing but a date, or begins with one.
            .or_else(|| self.places.far_lines(self.tree, |line| self.only_date(line, DATE_LINE_MAX / 2)))
            .or_else(|| self.places.far_lines(self.tree, |line| self.leading_date(line)))
            // Where boxes are called something else, only what is called so by itself.
            .or_else(|| self.timed(doubtful().filter(|id| is_called(self.tree, *id, &["publish", "entry-date"], &[]))))
    }

    /// The date in the lines around the headline.
    fn seen(&self) -> Option<String> {
        self.places.lines(self.tree, |line| if line.chars().count() <= DATE_LINE_MAX { self.find(line) } else { None })
    }

    fn only_date(&self, line: &str, length_max: usize) -> Option<String> {
        let is_short = line.chars().count() <= length_max && line.chars().any(char::is_numeric);
        if is_short { dates::read(line, self.language) } else { None }
    }

    /// "20 January 2020 at 08:45 | Python".
    fn leading_date(&self, line: &str) -> Option<String> {
        let is_short = line.chars().count() <= DATE_LINE_MAX / 2 && line.chars().any(char::is_numeric);
        let (span, date) = if is_short { dates::find(line, self.language)? } else { return None };
        (span.start == 0).then_some(date)
    }

    /// A moment in universal time as the paper's own clock shows it, where another place of the page gives the same
    /// moment with its zone.
    fn local(&self, moment: String) -> String {
        if !times::is_universal(&moment) {
            return moment;
        }
        let stated = self.stated.published.as_deref().into_iter();
        let told = stated.chain(PUBLISHED.iter().flat_map(|key| self.tags.all(key)));
        let ids = self.places.near.iter().copied().filter(|id| self.tree.tag(*id) == Tag::Time);
        let timed = ids.filter_map(|id| self.tree.attribute(id, Key::Datetime));
        let same = told
            .chain(timed)
            .take(60)
            .filter_map(times::read_iso)
            .find(|other| !times::is_universal(other) && times::is_same_moment(&moment, other));
        if let Some(same) = same {
            return same;
        }
        let seen = self.near_clock(&moment);
        seen.unwrap_or(moment)
    }

    /// "Dec. 22, 2023, 10:22 p.m." beside a moment of 2023-12-23T03:22Z tells the zone: the clocks of nearly all zones
    /// agree in their half hours.
    fn near_clock(&self, moment: &str) -> Option<String> {
        self.places.lines(self.tree, |line| {
            if line.chars().count() > DATE_LINE_MAX || !line.chars().any(char::is_numeric) {
                return None;
            }
            let (date, hour, minute) = dates::find_clock(line, self.language)?;
            times::at_clock(moment, &date, hour, minute)
        })
    }

    pub fn updated(&self) -> Option<String> {
        let told = self.stated.updated.as_deref().and_then(|date| self.read(date));
        told.or_else(|| UPDATED.iter().find_map(|key| self.tags.all(key).find_map(|date| self.read(date))))
            .or_else(|| self.marked("dateModified"))
    }

    fn read(&self, text: &str) -> Option<String> {
        times::read_iso(text).or_else(|| dates::read(text, self.language)).or_else(|| self.find(text).filter(|_| text.len() <= 60))
    }

    fn find(&self, text: &str) -> Option<String> {
        if !text.chars().any(char::is_numeric) {
            return None;
        }
        dates::find(text, self.language).map(|(_, date)| date)
    }

    /// An element's date as it states it for machines, or as readers see it.
    fn of_element(&self, id: Id, line: &str) -> Option<String> {
        let stated = [Key::Datetime, Key::Content].iter().filter_map(|key| self.tree.attribute(id, *key)).find_map(|date| self.read(date));
        stated.or_else(|| self.find(line))
    }

    fn marked(&self, prop: &str) -> Option<String> {
        let is_marked =
            |id: Id| self.tree.attribute(id, Key::Itemprop).is_some_and(|value| value.split_ascii_whitespace().any(|word| word == prop));
        let ids = self.places.near.iter().chain(&self.places.far).chain(&self.places.doubtful).copied();
        ids.filter(|id| self.tree.tag(*id) != Tag::Text && is_marked(*id)).find_map(|id| self.of_element(id, &self.tree.text(id)))
    }

    fn timed(&self, ids: impl Iterator<Item = Id>) -> Option<String> {
        let is_update = |id: Id| is_called(self.tree, id, &["updat", "modif"], &[]);
        let times: Vec<Id> = ids.filter(|id| self.tree.tag(*id) == Tag::Time).take(20).collect();
        let first = times.iter().find(|id| !is_update(**id)).or(times.first());
        first.and_then(|id| self.of_element(*id, &self.tree.text(*id)))
    }

    fn called(&self) -> Option<String> {
        let is_date = |id: Id| {
            self.signs.get(id as usize).is_some_and(|signs| signs.has(Signs::DATE))
                || is_called(self.tree, id, &["date", "publish", "posted", "fecha", "datum", "tanggal"], &["update", "modif"])
        };
        self.places.named(self.tree, is_date, |id, line| self.of_element(id, line))
    }
}
