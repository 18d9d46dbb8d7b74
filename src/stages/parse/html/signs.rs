//! What the names of elements, classes and identifiers say about the text within: an article, a comment, a share bar.

use std::sync::OnceLock;

use aho_corasick::AhoCorasick;
use rustc_hash::FxHashMap;

use super::tags::{Key, Tag};
use super::tree::{Id, Tree};

/// One bit for each thing that a name can say.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Signs(pub u32);

macro_rules! signs {
    ($($(#[$doc:meta])* $name:ident = $bit:expr,)+) => {
        impl Signs {
            $($(#[$doc])* pub const $name: Self = Self(1 << $bit);)+
        }
    };
}

signs! {
    ARTICLE = 0,
    MAIN = 1,
    ASIDE = 2,
    NAVIGATION = 3,
    HEADER = 4,
    FOOTER = 5,
    FORM = 6,
    FIGURE = 7,
    TABLE = 8,
    LIST = 9,
    QUOTATION = 10,
    /// `itemprop=articleBody`, `entry-content`, `post-body`.
    BODY = 11,
    COMMENT = 12,
    SHARE = 13,
    RELATED = 14,
    ADVERTISEMENT = 15,
    NEWSLETTER = 16,
    CONSENT = 17,
    CAPTION = 18,
    BYLINE = 19,
    TAGS = 20,
    SIDEBAR = 21,
    HIDDEN = 22,
    TITLE = 23,
    LEAD = 24,
    DATE = 25,
    /// Anything about an article: `article`, `story`, `post`.
    CONTENT = 26,
    WIDGET = 27,
    BIOGRAPHY = 28,
    PROMOTION = 29,
}

impl Signs {
    pub const COUNT: usize = 30;

    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// What is said here and not there.
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }
}

/// What each element says by itself, by node.
pub fn read(tree: &Tree) -> Vec<Signs> {
    let mut known: FxHashMap<&str, Signs> = FxHashMap::default();
    let parts = parts();
    (0..tree.len()).map(|id| of(tree, id, &mut known, parts)).collect()
}

fn of<'a>(tree: &Tree<'a>, id: Id, known: &mut FxHashMap<&'a str, Signs>, parts: &AhoCorasick) -> Signs {
    let tag = tree.tag(id);
    let mut signs = of_tag(tag);
    if matches!(tag, Tag::Text | Tag::Html | Tag::Body) {
        return signs;
    }
    for name in [Key::Class, Key::Id, Key::Itemprop, Key::DataTestid] {
        if let Some(value) = tree.attribute(id, name) {
            signs = signs.with(*known.entry(value).or_insert_with(|| of_names(value, parts)));
        }
    }
    if let Some(role) = tree.attribute(id, Key::Role) {
        signs = signs.with(match role {
            "navigation" | "menu" | "menubar" => Signs::NAVIGATION,
            "complementary" => Signs::ASIDE,
            "contentinfo" => Signs::FOOTER,
            "banner" => Signs::HEADER,
            "main" => Signs::MAIN,
            "article" => Signs::ARTICLE,
            "dialog" | "alertdialog" => Signs::CONSENT,
            _ => Signs::default(),
        });
    }
    if is_hidden(tree, id) { signs.with(Signs::HIDDEN) } else { signs }
}

const fn of_tag(tag: Tag) -> Signs {
    match tag {
        Tag::Article => Signs::ARTICLE,
        Tag::Main => Signs::MAIN,
        Tag::Aside => Signs::ASIDE,
        Tag::Nav | Tag::Menu => Signs::NAVIGATION,
        Tag::Header => Signs::HEADER,
        Tag::Footer => Signs::FOOTER,
        Tag::Form | Tag::Fieldset => Signs::FORM,
        Tag::Figure => Signs::FIGURE,
        Tag::Figcaption => Signs::CAPTION,
        Tag::Table => Signs::TABLE,
        Tag::Ul | Tag::Ol | Tag::Dl => Signs::LIST,
        Tag::Blockquote => Signs::QUOTATION,
        Tag::Dialog => Signs::CONSENT,
        _ => Signs(0),
    }
}

fn is_hidden(tree: &Tree, id: Id) -> bool {
    if tree.attribute(id, Key::Hidden).is_some() || tree.attribute(id, Key::AriaHidden) == Some("true") {
        return true;
    }
    let Some(style) = tree.attribute(id, Key::Style) else { return false };
    let squeezed: String = style.chars().take(400).filter(|c| !c.is_whitespace()).map(|c| c.to_ascii_lowercase()).collect();
    squeezed.contains("display:none") || squeezed.contains("visibility:hidden")
}

/// In bytes: class lists of utility classes are long, and say nothing.
const NAMES_MAX: usize = 600;

/// Reads class and id lists: "article-body__content", "relatedPosts".
fn of_names(names: &str, parts: &AhoCorasick) -> Signs {
    let names = names.get(..names.floor_char_boundary(NAMES_MAX)).unwrap_or_default();
    let mut signs = Signs::default();
    for name in names.split_ascii_whitespace() {
        signs = signs.with(of_name(name, parts));
    }
    signs
}

fn of_name(name: &str, parts: &AhoCorasick) -> Signs {
    let mut small = String::with_capacity(name.len() + 8);
    let mut before = ' ';
    for c in name.chars() {
        if c.is_ascii_uppercase() && before.is_ascii_lowercase() {
            small.push('-');
        }
        small.push(if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' });
        before = c;
    }
    let mut signs = Signs::default();
    let squeezed: String = small.chars().filter(|c| *c != '-').collect();
    for found in parts.find_overlapping_iter(&squeezed) {
        if let Some((_, sign)) = PARTS.get(found.pattern().as_usize()) {
            signs = signs.with(*sign);
        }
    }
    for word in small.split('-').filter(|word| !word.is_empty()) {
        signs = signs.with(of_word(word));
    }
    // "hide-on-mobile", "no-sidebar", "has-comments" tell of the layout, not of the text.
    if matches!(small.split('-').next(), Some("no" | "has" | "with" | "without" | "js" | "is")) {
        Signs(signs.0 & Signs::HIDDEN.0)
    } else {
        signs
    }
}

fn parts() -> &'static AhoCorasick {
    static PARTS_FOUND: OnceLock<AhoCorasick> = OnceLock::new();
    PARTS_FOUND.get_or_init(|| AhoCorasick::new(PARTS.iter().map(|(part, _)| part)).expect("the list is short"))
}

/// Found anywhere in a name, its separators taken out.
const PARTS: &[(&str, Signs)] = &[
    ("articlebody", Signs::BODY),
    ("articlecontent", Signs::BODY),
    ("articletext", Signs::BODY),
    ("bodycontent", Signs::BODY),
    ("bodycopy", Signs::BODY),
    ("bodytext", Signs::BODY),
    ("contentbody", Signs::BODY),
    ("entrycontent", Signs::BODY),
    ("entrybody", Signs::BODY),
    ("maintext", Signs::BODY),
    ("newsbody", Signs::BODY),
    ("newscontent", Signs::BODY),
    ("newstext", Signs::BODY),
    ("pagecontent", Signs::BODY),
    ("postbody", Signs::BODY),
    ("postcontent", Signs::BODY),
    ("posttext", Signs::BODY),
    ("richtext", Signs::BODY),
    ("storybody", Signs::BODY),
    ("storycontent", Signs::BODY),
    ("storytext", Signs::BODY),
    ("textcontent", Signs::BODY),
    ("blogcontent", Signs::BODY),
    ("cookie", Signs::CONSENT),
    ("consent", Signs::CONSENT),
    ("gdpr", Signs::CONSENT),
    ("newsletter", Signs::NEWSLETTER),
    ("subscri", Signs::NEWSLETTER),
    ("signup", Signs::NEWSLETTER),
    ("paywall", Signs::NEWSLETTER),
    ("breadcrumb", Signs::NAVIGATION),
    ("navbar", Signs::NAVIGATION),
    ("pagination", Signs::NAVIGATION),
    ("skiplink", Signs::NAVIGATION),
    ("comment", Signs::COMMENT),
    ("disqus", Signs::COMMENT),
    ("recommend", Signs::RELATED),
    ("related", Signs::RELATED),
    ("readmore", Signs::RELATED),
    ("readnext", Signs::RELATED),
    ("seealso", Signs::RELATED),
    ("mostread", Signs::RELATED),
    ("mostpopular", Signs::RELATED),
    ("morefrom", Signs::RELATED),
    ("outbrain", Signs::ADVERTISEMENT),
    ("taboola", Signs::ADVERTISEMENT),
    ("advert", Signs::ADVERTISEMENT),
    ("sponsor", Signs::ADVERTISEMENT),
    ("social", Signs::SHARE),
    ("sharing", Signs::SHARE),
    ("sharebar", Signs::SHARE),
    ("addthis", Signs::SHARE),
    ("sidebar", Signs::SIDEBAR),
    ("caption", Signs::CAPTION),
    ("byline", Signs::BYLINE),
    ("authorbio", Signs::BIOGRAPHY),
    ("aboutauthor", Signs::BIOGRAPHY),
    ("authorbox", Signs::BIOGRAPHY),
    ("visuallyhidden", Signs::HIDDEN),
    ("sronly", Signs::HIDDEN),
    ("screenreader", Signs::HIDDEN),
    ("standfirst", Signs::LEAD),
    ("subheadline", Signs::LEAD),
    ("headline", Signs::TITLE),
    ("timestamp", Signs::DATE),
];

fn of_word(word: &str) -> Signs {
    match word {
        "article" | "story" | "post" | "entry" | "content" | "artikel" | "articulo" | "articolo" | "noticia" | "nota" | "hentry"
        | "text" | "body" => Signs::CONTENT,
        "main" => Signs::MAIN,
        "nav" | "navigation" | "menu" | "submenu" | "breadcrumbs" | "pager" | "toc" | "topbar" | "toolbar" | "skip" | "tabs" => {
            Signs::NAVIGATION
        }
        "header" | "masthead" | "banner" => Signs::HEADER,
        "footer" | "foot" | "copyright" | "colophon" | "legal" => Signs::FOOTER,
        "share" | "shares" | "facebook" | "twitter" | "whatsapp" | "follow" | "like" | "likes" | "instagram" | "embed" => Signs::SHARE,
        "replies" | "reply" | "respond" | "discussion" | "reviews" | "forum" => Signs::COMMENT,
        "similar" | "more" | "latest" | "popular" | "trending" | "teaser" | "teasers" | "recirc" | "recirculation" | "carousel"
        | "slider" | "read" | "also" | "next" | "previous" | "prev" | "headlines" => Signs::RELATED,
        "ad" | "ads" | "adv" | "adsbygoogle" | "dfp" | "banners" | "publicidad" | "werbung" | "anzeige" => Signs::ADVERTISEMENT,
        "promo" | "promotion" | "promobox" | "cta" | "callout" | "upsell" | "offer" | "donate" | "donation" | "membership" | "premium" => {
            Signs::PROMOTION
        }
        "modal" | "popup" | "overlay" | "lightbox" | "notice" | "privacy" | "disclaimer" => Signs::CONSENT,
        "credit" | "credits" | "photo" | "image" | "img" | "picture" | "gallery" | "media" | "video" | "legend" | "wp-caption" => {
            Signs::CAPTION
        }
        "author" | "authors" | "writer" | "contributor" | "contributors" | "autor" | "auteur" | "meta" | "postmeta" | "info" => {
            Signs::BYLINE
        }
        "bio" | "biography" | "profile" => Signs::BIOGRAPHY,
        "date" | "time" | "datetime" | "published" | "pubdate" | "updated" | "dateline" => Signs::DATE,
        "tag" | "tags" | "keywords" | "topics" | "topic" | "categories" | "category" | "labels" => Signs::TAGS,
        "aside" | "side" | "rail" | "secondary" | "column" => Signs::SIDEBAR,
        "title" | "headline" | "heading" | "kicker" | "overline" => Signs::TITLE,
        "lead" | "lede" | "intro" | "summary" | "excerpt" | "deck" | "dek" | "subtitle" | "abstract" | "description" | "teasertext"
        | "chapo" | "entradilla" | "sommario" => Signs::LEAD,
        "widget" | "widgets" | "module" | "infobox" | "box" | "factbox" => Signs::WIDGET,
        "figure" | "wp-block-image" => Signs::FIGURE,
        "hidden" | "invisible" | "noprint" | "printonly" => Signs::HIDDEN,
        _ => Signs::default(),
    }
}
