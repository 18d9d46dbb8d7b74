//! What reading a page costs: copydesk and other extractors on the same pages, in one run, on one thread.
//!
//!     cargo run --release --manifest-path benches/peers/Cargo.toml -- FOLDER [--tools copydesk,dom_smoothie] [--rounds 3]
//!
//! Every page is given to each extractor in turn, so that whatever else the machine does falls on all of them. The time is
//! that of the processor, not of the clock, and the best of the rounds. copydesk is given bytes, finds out their encoding,
//! and gives title, authors and dates as well; the others are given text, except for rs-trafilatura, which reads bytes too
//! and is a Cargo feature of this crate, since one page may take it 9 GB.

use std::fs;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use copydesk::model::{Format, RawDocument};
use copydesk::stages::parse;
use dom_smoothie::{Config, Readability, TextMode};
use rustix::time::{ClockId, clock_gettime};

fn main() -> anyhow::Result<()> {
    let asked = Asked::read(std::env::args().skip(1))?;
    let pages = pages_below(&asked.folder)?;
    let bytes: usize = pages.iter().map(|page| page.bytes.len()).sum();
    println!("{} pages, {:.1} MB; best of {} rounds; CPU time of one thread", pages.len(), bytes as f64 / 1e6, asked.rounds);
    let mut took = vec![vec![Duration::MAX; pages.len()]; asked.tools.len()];
    let mut failed = vec![0_usize; asked.tools.len()];
    for round in 0..asked.rounds {
        for (at, page) in pages.iter().enumerate() {
            for (place, tool) in asked.tools.iter().enumerate() {
                let input = page.clone();
                let begun = thread_time();
                let is_read = tool.read(input);
                let spent = thread_time().saturating_sub(begun);
                if let Some(best) = took.get_mut(place).and_then(|all| all.get_mut(at)) {
                    *best = spent.min(*best);
                }
                if let Some(count) = failed.get_mut(place).filter(|_| round == 0) {
                    *count += usize::from(!is_read);
                }
            }
        }
    }
    println!("{:<16} {:>9} {:>9} {:>9} {:>9} {:>9} {:>7}  worst page", "", "mean ms", "median", "p99", "worst", "pages/s", "none");
    for ((tool, took), failed) in asked.tools.iter().zip(&took).zip(&failed) {
        show(tool.name(), took, *failed, &pages);
    }
    Ok(())
}

fn show(name: &str, took: &[Duration], failed: usize, pages: &[Page]) {
    let mut sorted: Vec<f64> = took.iter().map(|time| time.as_secs_f64() * 1e3).collect();
    sorted.sort_by(f64::total_cmp);
    let at = |part: f64| sorted.get(((sorted.len() as f64 - 1.0) * part).round() as usize).copied().unwrap_or_default();
    let mean = sorted.iter().sum::<f64>() / sorted.len() as f64;
    let worst = took.iter().zip(pages).max_by_key(|(time, _)| **time).map(|(_, page)| page.name.as_str()).unwrap_or_default();
    println!(
        "{name:<16} {mean:>9.2} {:>9.2} {:>9.2} {:>9.1} {:>9.0} {failed:>7}  {worst}",
        at(0.5),
        at(0.99),
        at(1.0),
        1e3 / mean.max(f64::MIN_POSITIVE)
    );
}

fn thread_time() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), u32::try_from(time.tv_nsec).unwrap_or_default())
}

#[derive(Clone)]
struct Page {
    name: String,
    bytes: Vec<u8>,
    /// For extractors that do not decode; not part of what is measured.
    text: String,
}

/// Every page of a folder, by name.
fn pages_below(folder: &Path) -> anyhow::Result<Vec<Page>> {
    let listed = fs::read_dir(folder).with_context(|| format!("list {}", folder.display()))?;
    let mut paths = listed.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<Vec<PathBuf>>>()?;
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "html" || extension == "htm"));
    paths.sort();
    if paths.is_empty() {
        bail!("{} holds no .html file; name a folder of saved pages", folder.display());
    }
    paths.iter().map(|path| page(path)).collect()
}

fn page(path: &Path) -> anyhow::Result<Page> {
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let label = bytes.windows(8).position(|window| window.eq_ignore_ascii_case(b"charset=")).and_then(|at| bytes.get(at + 8..));
    let label = label.map(|rest| rest.trim_ascii_start().iter().copied().skip_while(|byte| matches!(byte, b'"' | b'\'')));
    let label: Vec<u8> = label.into_iter().flatten().take_while(|byte| byte.is_ascii_alphanumeric() || *byte == b'-').take(20).collect();
    let declared = encoding_rs::Encoding::for_label(&label).unwrap_or(encoding_rs::WINDOWS_1252);
    let text = match str::from_utf8(&bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => declared.decode(&bytes).0.into_owned(),
    };
    Ok(Page { name, bytes, text })
}

#[derive(Clone, Copy)]
enum Tool {
    Copydesk,
    DomSmoothie,
    Trafilatura,
    #[cfg(feature = "rs-trafilatura")]
    RsTrafilatura,
}

impl Tool {
    const ALL: &[Self] = &[
        Self::Copydesk,
        Self::DomSmoothie,
        Self::Trafilatura,
        #[cfg(feature = "rs-trafilatura")]
        Self::RsTrafilatura,
    ];

    const fn name(self) -> &'static str {
        match self {
            Self::Copydesk => "copydesk",
            Self::DomSmoothie => "dom_smoothie",
            Self::Trafilatura => "trafilatura",
            #[cfg(feature = "rs-trafilatura")]
            Self::RsTrafilatura => "rs-trafilatura",
        }
    }

    /// True where a text came of the page.
    fn read(self, page: Page) -> bool {
        match self {
            Self::Copydesk => {
                let document = RawDocument::new(page.bytes, Format::Html);
                black_box(parse::parse(document, &parse::Options::default())).is_ok_and(|article| !article.text.is_empty())
            }
            Self::DomSmoothie => {
                let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
                let read = Readability::new(page.text, None, Some(config)).and_then(|mut page| page.parse());
                black_box(read).is_ok_and(|article| !article.text_content.is_empty())
            }
            Self::Trafilatura => {
                let options = trafilatura::Options::default().with_fallback(true);
                black_box(trafilatura::extract(&page.text, &options)).is_ok_and(|article| !article.content_text.is_empty())
            }
            #[cfg(feature = "rs-trafilatura")]
            Self::RsTrafilatura => {
                black_box(rs_trafilatura::extract_bytes(&page.bytes)).is_ok_and(|article| !article.content_text.is_empty())
            }
        }
    }
}

/// What the command line asks for.
struct Asked {
    folder: PathBuf,
    tools: Vec<Tool>,
    rounds: usize,
}

impl Asked {
    fn read(arguments: impl Iterator<Item = String>) -> anyhow::Result<Self> {
        let mut arguments = arguments;
        let mut asked = Self { folder: PathBuf::new(), tools: Vec::new(), rounds: 3 };
        while let Some(argument) = arguments.next() {
            match argument.as_str() {
                "--tools" => {
                    let names = arguments.next().context("--tools needs names, parted by commas")?;
                    for name in names.split(',') {
                        let tool = Tool::ALL.iter().copied().find(|tool| tool.name() == name);
                        asked.tools.push(tool.with_context(|| format!("no extractor is called {name}"))?);
                    }
                }
                "--rounds" => {
                    asked.rounds = arguments
                        .next()
                        .and_then(|count| count.parse().ok())
                        .filter(|count| *count > 0)
                        .context("--rounds needs a number")?;
                }
                _ => asked.folder = argument.into(),
            }
        }
        if asked.folder.as_os_str().is_empty() {
            bail!("name a folder of saved pages");
        }
        if asked.tools.is_empty() {
            asked.tools = Tool::ALL.to_vec();
        }
        Ok(asked)
    }
}
