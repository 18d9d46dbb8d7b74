//! The elements that matter on a news page, and how each one behaves: which stand alone, which close others.

/// An element's name. What has no part in telling an article is `Other`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Tag {
    Text,
    Other,
    A,
    Address,
    Article,
    Aside,
    Audio,
    B,
    Blockquote,
    Body,
    Br,
    Button,
    Caption,
    Center,
    Cite,
    Code,
    Dd,
    Dialog,
    Div,
    Dl,
    Dt,
    Em,
    Embed,
    Fieldset,
    Figcaption,
    Figure,
    Font,
    Footer,
    Form,
    H1,
    H2,
    H3,
    H4,
    H5,
    H6,
    Head,
    Header,
    Hr,
    Html,
    I,
    Iframe,
    Img,
    Input,
    Label,
    Li,
    Link,
    Main,
    Menu,
    Meta,
    Nav,
    Noscript,
    Object,
    Ol,
    Optgroup,
    Option,
    P,
    Picture,
    Pre,
    Q,
    Script,
    Section,
    Select,
    Small,
    Source,
    Span,
    Strong,
    Style,
    Sub,
    Sup,
    Svg,
    Table,
    Tbody,
    Td,
    Template,
    Textarea,
    Tfoot,
    Th,
    Thead,
    Time,
    Title,
    Tr,
    U,
    Ul,
    Video,
}

impl Tag {
    /// In small letters.
    pub fn of(name: &[u8]) -> Self {
        match name {
            b"a" => Self::A,
            b"address" => Self::Address,
            b"article" => Self::Article,
            b"aside" => Self::Aside,
            b"audio" => Self::Audio,
            b"b" => Self::B,
            b"blockquote" => Self::Blockquote,
            b"body" => Self::Body,
            b"br" => Self::Br,
            b"button" => Self::Button,
            b"caption" => Self::Caption,
            b"center" => Self::Center,
            b"cite" => Self::Cite,
            b"code" => Self::Code,
            b"dd" => Self::Dd,
            b"dialog" => Self::Dialog,
            b"div" => Self::Div,
            b"dl" => Self::Dl,
            b"dt" => Self::Dt,
            b"em" => Self::Em,
            b"embed" => Self::Embed,
            b"fieldset" => Self::Fieldset,
            b"figcaption" => Self::Figcaption,
            b"figure" => Self::Figure,
            b"font" => Self::Font,
            b"footer" => Self::Footer,
            b"form" => Self::Form,
            b"h1" => Self::H1,
            b"h2" => Self::H2,
            b"h3" => Self::H3,
            b"h4" => Self::H4,
            b"h5" => Self::H5,
            b"h6" => Self::H6,
            b"head" => Self::Head,
            b"header" => Self::Header,
            b"hr" => Self::Hr,
            b"html" => Self::Html,
            b"i" => Self::I,
            b"iframe" => Self::Iframe,
            b"img" | b"image" => Self::Img,
            b"input" => Self::Input,
            b"label" => Self::Label,
            b"li" => Self::Li,
            b"link" => Self::Link,
            b"main" => Self::Main,
            b"menu" => Self::Menu,
            b"meta" => Self::Meta,
            b"nav" => Self::Nav,
            b"noscript" => Self::Noscript,
            b"object" => Self::Object,
            b"ol" => Self::Ol,
            b"optgroup" => Self::Optgroup,
            b"option" => Self::Option,
            b"p" => Self::P,
            b"picture" => Self::Picture,
            b"pre" => Self::Pre,
            b"q" => Self::Q,
            b"script" => Self::Script,
            b"section" => Self::Section,
            b"select" => Self::Select,
            b"small" => Self::Small,
            b"source" => Self::Source,
            b"span" => Self::Span,
            b"strong" => Self::Strong,
            b"style" => Self::Style,
            b"sub" => Self::Sub,
            b"sup" => Self::Sup,
            b"svg" | b"math" => Self::Svg,
            b"table" => Self::Table,
            b"tbody" => Self::Tbody,
            b"td" => Self::Td,
            b"template" => Self::Template,
            b"textarea" => Self::Textarea,
            b"tfoot" => Self::Tfoot,
            b"th" => Self::Th,
            b"thead" => Self::Thead,
            b"time" => Self::Time,
            b"title" => Self::Title,
            b"tr" => Self::Tr,
            b"u" => Self::U,
            b"ul" => Self::Ul,
            b"video" => Self::Video,
            _ => Self::Other,
        }
    }

    /// How many there are, for tables by tag.
    pub const COUNT: usize = Self::Video as usize + 1;

    /// Elements that have no end tag.
    pub const fn is_void(self) -> bool {
        matches!(self, Self::Br | Self::Embed | Self::Hr | Self::Img | Self::Input | Self::Link | Self::Meta | Self::Source)
    }

    /// Elements whose content is text up to their own end tag, whatever it looks like.
    pub const fn is_raw(self) -> bool {
        matches!(self, Self::Script | Self::Style | Self::Title | Self::Textarea | Self::Iframe | Self::Noscript)
    }

    /// Elements that are set as blocks of their own: they part paragraphs.
    pub const fn is_block(self) -> bool {
        matches!(
            self,
            Self::Address
                | Self::Article
                | Self::Aside
                | Self::Blockquote
                | Self::Body
                | Self::Caption
                | Self::Center
                | Self::Dd
                | Self::Dialog
                | Self::Div
                | Self::Dl
                | Self::Dt
                | Self::Fieldset
                | Self::Figcaption
                | Self::Figure
                | Self::Footer
                | Self::Form
                | Self::H1
                | Self::H2
                | Self::H3
                | Self::H4
                | Self::H5
                | Self::H6
                | Self::Head
                | Self::Header
                | Self::Hr
                | Self::Html
                | Self::Li
                | Self::Main
                | Self::Menu
                | Self::Nav
                | Self::Ol
                | Self::Optgroup
                | Self::Option
                | Self::P
                | Self::Pre
                | Self::Section
                | Self::Select
                | Self::Table
                | Self::Tbody
                | Self::Td
                | Self::Template
                | Self::Textarea
                | Self::Tfoot
                | Self::Th
                | Self::Thead
                | Self::Tr
                | Self::Ul
        )
    }

    /// Elements whose end tag ends a stretch of type, not a block: blocks within them outlive it.
    pub const fn is_formatting(self) -> bool {
        matches!(
            self,
            Self::A | Self::B | Self::Code | Self::Em | Self::Font | Self::I | Self::Small | Self::Strong | Self::Sub | Self::Sup | Self::U
        )
    }

    pub const fn is_heading(self) -> bool {
        matches!(self, Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6)
    }

    /// An open `<p>` ends where one of these begins.
    pub const fn closes_paragraph(self) -> bool {
        self.is_block() && !matches!(self, Self::Option | Self::Optgroup | Self::Select | Self::Template | Self::Textarea | Self::Caption)
    }

    /// An end tag looks no further out than one of these.
    pub const fn is_scope(self) -> bool {
        matches!(self, Self::Table | Self::Td | Self::Th | Self::Caption | Self::Template | Self::Svg | Self::Button | Self::Html)
    }

    /// Which open sibling ends where this one begins, without an end tag of its own.
    pub const fn ends_sibling(self, open: Self) -> bool {
        match self {
            Self::Li => matches!(open, Self::Li),
            Self::Dd | Self::Dt => matches!(open, Self::Dd | Self::Dt),
            Self::Option => matches!(open, Self::Option),
            Self::Optgroup => matches!(open, Self::Option | Self::Optgroup),
            Self::Td | Self::Th => matches!(open, Self::Td | Self::Th),
            Self::Tr => matches!(open, Self::Td | Self::Th | Self::Tr),
            Self::Tbody | Self::Thead | Self::Tfoot => {
                matches!(open, Self::Td | Self::Th | Self::Tr | Self::Tbody | Self::Thead | Self::Tfoot | Self::Caption)
            }
            Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6 => open.is_heading(),
            Self::A => matches!(open, Self::A),
            Self::Button => matches!(open, Self::Button),
            _ => false,
        }
    }

    /// Where the search for an open sibling stops.
    pub const fn bounds_sibling(self, open: Self) -> bool {
        match self {
            Self::Li => matches!(open, Self::Ul | Self::Ol | Self::Menu) || open.is_scope(),
            Self::Dd | Self::Dt => matches!(open, Self::Dl) || open.is_scope(),
            Self::Td | Self::Th | Self::Tr | Self::Tbody | Self::Thead | Self::Tfoot => {
                matches!(open, Self::Table | Self::Template | Self::Html)
            }
            // A heading ends only the heading it stands in directly, and a block within a link is common today.
            Self::H1 | Self::H2 | Self::H3 | Self::H4 | Self::H5 | Self::H6 => open.is_block() && !open.is_heading(),
            _ => open.is_scope(),
        }
    }
}

/// The attributes that are kept; all others are passed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Key {
    AriaHidden,
    AriaLabel,
    Class,
    Content,
    DataTestid,
    Datetime,
    Hidden,
    Href,
    HttpEquiv,
    Id,
    Itemprop,
    Itemscope,
    Itemtype,
    Lang,
    Name,
    Property,
    Rel,
    Role,
    Shadowrootmode,
    Src,
    Style,
    Title,
    Type,
}

impl Key {
    /// In small letters.
    pub fn of(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"aria-hidden" => Self::AriaHidden,
            b"aria-label" => Self::AriaLabel,
            b"class" => Self::Class,
            b"content" => Self::Content,
            b"data-testid" | b"data-component" | b"data-qa" | b"data-type" | b"data-block" => Self::DataTestid,
            b"datetime" => Self::Datetime,
            b"hidden" => Self::Hidden,
            b"href" => Self::Href,
            b"http-equiv" => Self::HttpEquiv,
            b"id" => Self::Id,
            b"itemprop" => Self::Itemprop,
            b"itemscope" => Self::Itemscope,
            b"itemtype" => Self::Itemtype,
            b"lang" | b"xml:lang" => Self::Lang,
            b"name" => Self::Name,
            b"property" => Self::Property,
            b"rel" => Self::Rel,
            b"role" => Self::Role,
            b"shadowrootmode" => Self::Shadowrootmode,
            b"src" => Self::Src,
            b"style" => Self::Style,
            b"title" => Self::Title,
            b"type" => Self::Type,
            _ => return None,
        })
    }
}
