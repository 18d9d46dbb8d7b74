//! One article, from its bytes to what can be said of it: `cargo run --example article -- seeds/port-strike.fr.txt`.

#![expect(clippy::print_stdout, reason = "says on standard output what it has found")]

use std::fmt::Write as _;
use std::path::PathBuf;

use copydesk::{Options, read};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("seeds/port-strike.fr.txt"), PathBuf::from);
    let bytes = std::fs::read(&path)?;
    print!("{}", told(&path.to_string_lossy(), bytes)?);
    Ok(())
}

/// The headline, the gist, and who said what.
fn told(name: &str, bytes: Vec<u8>) -> Result<String, String> {
    let mut options = Options::default();
    options.summary.sentences = 2;
    let article = read(name, bytes, &options).map_err(|rejection| rejection.body.error)?.body;
    let mut page = format!("{} [{}]\n", article.metadata.title.as_deref().unwrap_or("(no title)"), article.language.code);
    for sentence in &article.summary {
        // Writing to a String cannot fail.
        let _ = writeln!(page, "- {}", sentence.text);
    }
    for quote in &article.quotes {
        let speaker = quote.speaker.as_ref().map_or("somebody", |speaker| speaker.name.as_str());
        let _ = writeln!(page, "{speaker}: {}", quote.text);
    }
    Ok(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_is_told_with_its_voices() {
        let seed = concat!(env!("CARGO_MANIFEST_DIR"), "/seeds/port-strike.fr.txt");
        let page = told("port-strike.fr.txt", std::fs::read(seed).expect("the seed is there")).expect("it is an article");
        assert!(page.starts_with("Le port de Saint-Avel bloqué pour une deuxième journée [fr]\n- "), "{page}");
        assert!(page.contains("Mireille Castagnou: Personne ne nous a consultés avant la signature\n"), "{page}");
    }

    #[test]
    fn what_is_no_article_says_what_to_do() {
        assert!(told("a.png", b"\x89PNG\r\n\x1a\n".to_vec()).expect_err("a picture").contains("convert it"));
    }
}
