//! `explain`: one article through all stages, for people.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::time::Instant;

use clap::Args;

use crate::model::{Format, RawDocument};
use crate::stages::{clean, finish, keyphrases, parse, quotes, summary};

use super::{Common, Exit, WrongUsage, show};

/// Take one article through all stages and tell what each made of it
#[derive(Args)]
#[command(after_help = "\
Examples:
  copydesk explain article.html
  copydesk explain article.txt --set quotes.max=0")]
pub struct Explain {
    file: PathBuf,
}

pub fn run(explain: &Explain, common: &Common) -> anyhow::Result<Exit> {
    let config = common.settings_to_look()?;
    let path = explain.file.display();
    let bytes = std::fs::read(&explain.file).map_err(|error| WrongUsage(format!("cannot read {path}: {error}")))?;
    let extension = explain.file.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    let format = match extension {
        "html" | "htm" | "xhtml" => Format::Html,
        "md" | "markdown" => Format::Markdown,
        "json" => Format::Json,
        _ => Format::Text,
    };
    let options = &config.stages;
    let mut page = format!("{path}: {} bytes, {}\n", bytes.len(), format.name());
    let mut clock = Clock { begun: Instant::now() };
    let told = (|| {
        let parsed = parse::parse(RawDocument { bytes, format }, &options.parse)?;
        let title = parsed.metadata.title.as_deref().unwrap_or("none");
        let _ = writeln!(
            page,
            "parse    {}  encoding {}, title: {title}, {} bytes of text",
            clock.lap(),
            parsed.source.encoding,
            parsed.text.len()
        );
        let cleaned = clean::clean(parsed, &options.clean)?;
        let language = &cleaned.language;
        let _ = writeln!(
            page,
            "clean    {}  language {} ({:.2}), {} bytes of text",
            clock.lap(),
            language.code,
            language.confidence,
            cleaned.text.len()
        );
        let quoted = quotes::extract(cleaned, &options.quotes)?;
        let _ = writeln!(page, "quotes   {}  {} found, {} sentences", clock.lap(), quoted.quotes_found, quoted.sentences.len());
        for quote in &quoted.quotes {
            let speaker =
                quote.speaker.as_ref().map_or_else(|| "nobody".to_owned(), |speaker| format!("{} ({:?})", speaker.name, speaker.via));
            let _ = writeln!(page, "         {:.2} {speaker}: {}", quote.score, quote.span.of(&quoted.article.text));
        }
        let summarized = summary::summarize(quoted, &options.summary)?;
        let _ = writeln!(page, "summary  {}", clock.lap());
        for (sentence, score) in &summarized.summary {
            let _ = writeln!(page, "         {score:.2} {}", sentence.of(&summarized.quoted.article.text));
        }
        let phrases = keyphrases::extract(&summarized, &options.keyphrases)?;
        let _ = writeln!(page, "phrases  {}", clock.lap());
        for phrase in &phrases {
            let _ = writeln!(page, "         {:.2} {} ({})", phrase.score, phrase.text, phrase.count);
        }
        let article = finish::finish(summarized, phrases, &options.finish)?;
        let _ = writeln!(page, "finish   {}  {} words in {} paragraphs", clock.lap(), article.stats.words, article.stats.paragraphs);
        for warning in &article.warnings {
            let _ = writeln!(page, "warning  {}", warning.code());
        }
        Ok::<(), crate::model::StageError>(())
    })();
    let exit = match told {
        Ok(()) => Exit::Well,
        Err(error) => {
            let _ = writeln!(page, "rejected: {} ({error})", error.code());
            Exit::WithRejections
        }
    };
    show(&page)?;
    Ok(exit)
}

struct Clock {
    begun: Instant,
}

impl Clock {
    /// The time since the last lap.
    fn lap(&mut self) -> String {
        let took = self.begun.elapsed();
        self.begun = Instant::now();
        format!("{:>7} µs", took.as_micros())
    }
}
