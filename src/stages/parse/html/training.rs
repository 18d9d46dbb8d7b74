//! What the trainer of the weights, `examples/train`, sees of this stage.

use super::blocks::Block;
pub use super::context::{COUNT as CONTEXT, of as contexts};
pub use super::features::{COUNT as FEATURES, Features, Setting};
pub use super::forest::{Forest, Tree};
use super::signs::Signs;
pub use super::weights::Weights;
use super::{Reading, Seen};

/// A page's blocks, as the chooser sees them.
#[derive(Debug)]
pub struct Examined {
    pub texts: Vec<String>,
    /// What each block is and stands in, for people: "heading", "paragraph in related".
    pub kinds: Vec<String>,
    pub features: Features,
}

/// Looks at a page without making an article of it.
pub fn examine(page: &str, address: Option<&str>) -> Examined {
    let reading = Reading::of(page, address);
    let Seen { page, features, .. } = reading.seen();
    Examined {
        texts: page.blocks.iter().map(|block| page.text_of(block).to_owned()).collect(),
        kinds: page.blocks.iter().map(kind).collect(),
        features,
    }
}

fn kind(block: &Block) -> String {
    let kind = format!("{:?}", block.kind).to_lowercase();
    let around = [
        ("caption", Signs::CAPTION),
        ("comment", Signs::COMMENT),
        ("related", Signs::RELATED),
        ("share", Signs::SHARE),
        ("navigation", Signs::NAVIGATION),
        ("newsletter", Signs::NEWSLETTER),
        ("advertisement", Signs::ADVERTISEMENT),
        ("consent", Signs::CONSENT),
        ("biography", Signs::BIOGRAPHY),
        ("byline", Signs::BYLINE),
        ("lead", Signs::LEAD),
        ("aside", Signs::ASIDE.with(Signs::SIDEBAR)),
        ("footer", Signs::FOOTER),
        ("hidden", Signs::HIDDEN),
    ];
    match around.iter().find(|(_, signs)| block.signs.has(*signs)) {
        Some((name, _)) => format!("{kind} in {name}"),
        None => kind,
    }
}
