//! What the trainer of the weights, `examples/train`, sees of this stage.

pub use super::context::{COUNT as CONTEXT, of as contexts};
pub use super::features::{COUNT as FEATURES, Features, Setting};
pub use super::forest::{Forest, Tree};
pub use super::weights::Weights;
use super::{Reading, Seen};

/// A page's blocks, as the chooser sees them.
#[derive(Debug)]
pub struct Examined {
    pub texts: Vec<String>,
    pub features: Features,
}

/// Looks at a page without making an article of it.
pub fn examine(page: &str, address: Option<&str>) -> Examined {
    let reading = Reading::of(page, address);
    let Seen { page, features, .. } = reading.seen();
    Examined { texts: page.blocks.iter().map(|block| page.text_of(block).to_owned()).collect(), features }
}
