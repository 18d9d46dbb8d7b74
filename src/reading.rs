//! copydesk as a library: bytes go in, records come out. Nothing is written, and nothing is remembered.
//!
//! [`read`] is the whole of it for one article; [`read_all`] opens what holds many; [`run`] is the line, with all cores, in
//! bounded memory, between a source and a sink of your own.

use std::io::Read;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::config::{Config, Layers};
use crate::model::{
    Article, Digest, Entry, Envelope, Key, Limit, Origin, Outcome, RawDocument, Rejection, SourcePath, Stage, StageError, Ticket,
};
use crate::pipeline::{self, Order, Parsing};
use crate::sandbox::Pool;
use crate::sources::Limits;
use crate::sources::intake::Intake;
use crate::sources::open::containers::Piece;
use crate::sources::open::containers::unpack::Unpacked;
use crate::sources::open::form::{self, Form, HEAD_BYTES};
use crate::sources::open::jsonl::{GivenIds, Tail};
use crate::sources::open::opening::{Asked, InStream, Shape, open_here};
use crate::stages::{self, Options};

/// An article with what names it, or why there is none.
pub type Finding = Result<Envelope<Article>, Box<Envelope<Rejection>>>;

/// Some bytes that hold one article or many, under the name that their records are to bear: `wire/ferry.txt`. What the
/// content leaves open, the name's suffix tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    pub name: String,
    pub bytes: Vec<u8>,
}

/// How documents are read by [`read_all`] and [`run`]. The built-in values are those of the program.
#[derive(Clone)]
pub struct Settings {
    /// What the stages look for.
    pub stages: Options,
    /// What a single document may ask for.
    pub limits: Limits,
    /// Articles that are worked on at a time.
    pub jobs: usize,
    /// How much the articles in the line may take, in bytes of memory.
    pub memory_bytes: u64,
    /// Whether records come in the order of the documents, or as they are done. Rejections come as they are found.
    pub order: Order,
    /// Processes in which [`run`] has documents parsed that are harder than text, so that they can be ended. They are
    /// processes of the program `copydesk`, whose path a [`Pool`] is made with.
    pub workers: Option<Arc<Pool>>,
}

impl Default for Settings {
    fn default() -> Self {
        Self::of(&Config::read(&Layers::default()).expect("the built-in settings are sound, which a test sees to"))
    }
}

impl Settings {
    /// As a pipeline.toml says it.
    pub fn of(config: &Config) -> Self {
        Self {
            stages: config.stages.clone(),
            limits: config.limits,
            jobs: std::thread::available_parallelism().map_or(1, std::num::NonZero::get),
            memory_bytes: config.memory_bytes,
            order: Order::AsReceived,
            workers: None,
        }
    }
}

/// Reads one article: plain text, Markdown, HTML, a JSON object, a mail, a PDF, whatever the bytes are.
///
/// The same bytes, name and options give the same article on every machine. No bytes make it panic or take much longer
/// than their number asks for; what cannot be an article is a rejection with a stable code and a sentence that says what
/// to do. What holds many articles is rejected too: that is for [`read_all`].
///
/// ```
/// let bytes = "Ferry fares to rise\n\n\"Nobody likes it,\" said Ada Moe, who heads the harbour office.\n";
/// let article = copydesk::read("wire/ferry.txt", bytes.into(), &copydesk::Options::default()).unwrap().body;
/// assert_eq!(article.metadata.title.as_deref(), Some("Ferry fares to rise"));
/// assert_eq!(article.quotes[0].text, "Nobody likes it");
/// assert_eq!(article.quotes[0].speaker.as_ref().unwrap().name, "Ada Moe");
/// ```
pub fn read(name: &str, bytes: Vec<u8>, options: &Options) -> Finding {
    let origin = Naming::new(name).origin(None, Some(Digest::of(&bytes)), bytes.len() as u64);
    let form = form::tell(bytes.get(..bytes.len().min(HEAD_BYTES)).unwrap_or_default(), name.as_bytes());
    let rejection = match (form::left_out_of_this_build(form), form) {
        (Some(rejection), _) => rejection,
        (None, Form::Document(format)) => return conclude(origin, RawDocument::new(bytes, format), options),
        (None, Form::EndlessObject) => return conclude(origin, RawDocument::new(bytes, crate::model::Format::Json), options),
        (None, Form::Binary) => StageError::Binary.reject(Stage::Open),
        (None, Form::Unsupported) => unsupported("its form is not supported; convert it to text, Markdown, HTML or JSON"),
        (None, Form::Jsonl | Form::Container(_)) => unsupported("it may hold many articles; read it with `read_all`"),
    };
    Err(Box::new(rejection.of(origin)))
}

/// Reads all articles of a file, as it comes: JSON Lines, a feed, a mailbox, an archive, packed or not, or a single
/// article. Each goes to `each`, which may break it off. Memory is bounded by one article, whatever the file's length.
///
/// An error is the input's own: what cannot be read in it is a rejection, and the rest goes on where the form allows.
///
/// ```
/// use std::ops::ControlFlow;
///
/// let lines = "{\"id\":1,\"text\":\"The ferry left on Monday.\"}\n{\"id\":2,\"text\"\n{\"id\":3,\"text\":\"It came back.\"}\n";
/// let (mut articles, mut rejected) = (Vec::new(), Vec::new());
/// copydesk::read_all("wire/day.jsonl", lines.as_bytes(), &copydesk::Settings::default(), |finding| {
///     match finding {
///         Ok(article) => articles.push(article.line()),
///         Err(rejection) => rejected.push(rejection.body.code),
///     }
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!(articles.len(), 2);
/// assert!(articles[0].starts_with("{\"schema\":\"copydesk.record/1\",\"id\":\""));
/// assert_eq!(rejected, ["parse.malformed"]);
/// # Ok::<(), std::io::Error>(())
/// ```
pub fn read_all(
    name: &str,
    input: impl Read,
    settings: &Settings,
    mut each: impl FnMut(Finding) -> ControlFlow<()>,
) -> std::io::Result<()> {
    let opened = open(name, input, settings.limits, &mut |origin, found| {
        each(match found {
            Ok(document) => conclude(origin, document, &settings.stages),
            Err(rejection) => Err(Box::new(rejection.of(origin))),
        })
    });
    opened.map_err(|error| error.downcast::<std::io::Error>().unwrap_or_else(std::io::Error::other))
}

/// The line between a source and a sink of your own: documents are read on all cores, in memory bounded by the settings,
/// and `sink` is called on this thread with each article and each rejection. Breaking off ends it.
///
/// A document whose stage panics, which would be a defect, is a rejection. The source has a thread of its own, and waits
/// while the line is full. Returns once both are through; a source that waits for something is waited for. An error says
/// that the line itself could not run. Not to be called within an async runtime, which it would block: give it a thread.
///
/// ```
/// use std::ops::ControlFlow;
/// use copydesk::{Document, Settings};
///
/// let documents = (1..=100).map(|number| Document {
///     name: format!("wire/{number}.txt"),
///     bytes: format!("Report {number}\n\nThe ferry left {number} minutes late on Monday, the office said.\n").into(),
/// });
/// let mut titles = Vec::new();
/// copydesk::run(documents, &Settings::default(), |finding| {
///     titles.push(finding.unwrap().body.metadata.title.unwrap());
///     ControlFlow::Continue(())
/// })?;
/// assert_eq!((titles.len(), titles[0].as_str(), titles[99].as_str()), (100, "Report 1", "Report 100"));
/// # Ok::<(), anyhow::Error>(())
/// ```
pub fn run(
    documents: impl IntoIterator<Item = Document> + Send,
    settings: &Settings,
    mut sink: impl FnMut(Finding) -> ControlFlow<()>,
) -> anyhow::Result<()> {
    let limits = settings.limits;
    let line = pipeline::Settings {
        stages: settings.stages.clone(),
        parsing: settings.workers.clone().map_or(Parsing::Here, Parsing::InWorkers),
        grants: Arc::default(),
        jobs: settings.jobs.max(1),
        memory_bytes: settings.memory_bytes,
        ingested_at: false,
    };
    let source = |intake: &mut Intake| {
        for Document { name, bytes } in documents {
            let mut is_open = true;
            let opened = open(&name, bytes.as_slice(), limits, &mut |origin, found| {
                let handed_in = match found {
                    Ok(document) => intake.hand_in(origin, document),
                    Err(rejection) => intake.reject(rejection.of(origin)),
                };
                is_open = handed_in.is_ok();
                if is_open { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
            });
            // Bytes in memory can all be read.
            if !is_open || opened.is_err() {
                return;
            }
        }
    };
    pipeline::run_own(&line, settings.order, source, |outcome| match outcome {
        Outcome::Finished(batch) => batch.articles.into_iter().try_for_each(|article| sink(Ok(article))),
        Outcome::Rejected(rejected) => rejected.into_iter().try_for_each(|rejection| sink(Err(Box::new(rejection)))),
        Outcome::FileRead(_) => ControlFlow::Continue(()),
    })
}

fn conclude(origin: Origin, document: RawDocument, options: &Options) -> Finding {
    match stages::read(document, options) {
        Ok(body) => Ok(Envelope { origin, body }),
        Err((stage, error)) => Err(Box::new(error.reject(stage).of(origin))),
    }
}

/// Takes a document or a rejection, with what names it.
type Each<'e> = dyn FnMut(Origin, Result<RawDocument, Rejection>) -> ControlFlow<()> + 'e;

/// Opens bytes of any form, and names what comes out as a run over a file of this name would.
fn open(name: &str, input: impl Read, limits: Limits, each: &mut Each<'_>) -> anyhow::Result<()> {
    let mut naming = Naming::new(name);
    let asked = Asked { name: name.into(), shape: Shape::Stream, limits: limits.into(), tail: Tail::Final };
    let mut entries = 0;
    open_here(&mut InStream(input), &asked, &mut |unpacked| {
        entries += 1;
        let (entry, piece) = match unpacked {
            Unpacked::Entry(piece) => (Some(naming.entry(&piece)), piece),
            Unpacked::Whole(piece) => (None, piece),
            Unpacked::Broken(rejection) => return Ok(each(naming.origin(None, None, 0), Err(rejection))),
            // An archive may hold pictures; a document of its own is to be one that can be read.
            Unpacked::Skipped(_) if entries > 1 => return Ok(ControlFlow::Continue(())),
            Unpacked::Skipped(_) => {
                let rejection = unsupported("it holds no text, or its form is not supported; convert it to text, Markdown, HTML or JSON");
                return Ok(each(naming.origin(None, None, 0), Err(rejection)));
            }
        };
        let origin = naming.origin(entry, Some(piece.digest), piece.bytes);
        if entries > limits.entries_max {
            let reason = format!("it holds more than {} articles; those beyond were not read", limits.entries_max);
            let rejection = StageError::Limit { limit: Limit::Entries, reason }.reject(Stage::Open);
            let _ = each(origin, Err(rejection));
            return Ok(ControlFlow::Break(()));
        }
        Ok(each(origin, piece.body))
    })
    .map(|_| ())
}

/// Names what a document holds: itself, or its entries.
struct Naming {
    path: Arc<SourcePath>,
    ids: GivenIds,
}

impl Naming {
    fn new(name: &str) -> Self {
        Self { path: Arc::new(SourcePath(name.as_bytes().to_vec())), ids: GivenIds::default() }
    }

    fn entry(&mut self, piece: &Piece) -> Entry {
        match &piece.given_id {
            Some(id) => self.ids.name(id),
            None => Entry::numbered(piece.place),
        }
    }

    fn origin(&self, entry: Option<Entry>, digest: Option<Digest>, bytes: u64) -> Origin {
        let key = match &entry {
            Some(entry) => Key::of_entry(&self.path.0, entry),
            None => Key::of_file(&self.path.0),
        };
        Origin { key, path: Some(Arc::clone(&self.path)), entry, bytes, digest, ticket: Ticket(0), attempts: 1 }
    }
}

fn unsupported(error: &str) -> Rejection {
    Rejection { stage: Stage::Open, code: "input.unsupported", error: error.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn documents(count: usize) -> impl Iterator<Item = Document> + Send {
        (0..count).map(|number| Document {
            name: format!("wire/{number}.txt"),
            bytes: format!("Report {number}\n\nThe ferry left {number} minutes late on Monday, the office said.\n").into_bytes(),
        })
    }

    #[test]
    fn the_line_and_the_pure_path_give_the_same_record() {
        let mut lines = Vec::new();
        run(documents(300), &Settings::default(), |finding| {
            lines.push(finding.unwrap().line());
            ControlFlow::Continue(())
        })
        .unwrap();
        let pure: Vec<String> =
            documents(300).map(|Document { name, bytes }| read(&name, bytes, &Options::default()).unwrap().line()).collect();
        assert_eq!(lines, pure);
    }

    #[test]
    fn a_sink_that_has_enough_ends_the_source() {
        let mut taken = 0;
        let mut asked_for = 0;
        let endless = std::iter::repeat_with(|| {
            asked_for += 1;
            Document { name: "wire/a.txt".to_owned(), bytes: b"The ferry left on Monday, the office said.".to_vec() }
        });
        run(endless, &Settings { memory_bytes: 1 << 20, jobs: 2, ..Settings::default() }, |_| {
            taken += 1;
            if taken == 100 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
        })
        .unwrap();
        assert_eq!(taken, 100);
        assert!(asked_for >= 100);
    }

    #[test]
    fn what_is_no_article_is_told_of_and_what_holds_many_is_opened() {
        let options = Options::default();
        let code = |name: &str, bytes: &[u8]| read(name, bytes.to_vec(), &options).unwrap_err().body.code;
        assert_eq!(code("a.png", b"\x89PNG\r\n\x1a\n"), "input.binary");
        assert_eq!(code("a.css", b"body { color: red }"), "input.unsupported");
        assert_eq!(code("a.txt", b""), "parse.empty");
        assert_eq!(code("a.jsonl", b"{\"text\":\"a\"}\n{\"text\":\"b\"}\n"), "input.unsupported");
        for (name, bytes, expected) in [
            ("a.jsonl", &b"{\"text\":\"The ferry left.\"}\n{\"id\":\"x\",\"text\":\"It came.\"}\n"[..], &["#1", "x"][..]),
            ("a.png", b"\x89PNG\r\n\x1a\n", &["input.unsupported"]),
            ("a.txt", b"The ferry left.", &["whole"]),
        ] {
            let mut found = Vec::new();
            read_all(name, bytes, &Settings::default(), |finding| {
                found.push(match finding {
                    Ok(article) => article.origin.entry.map_or_else(|| "whole".to_owned(), |entry| entry.as_str().to_owned()),
                    Err(rejection) => rejection.body.code.to_owned(),
                });
                ControlFlow::Continue(())
            })
            .unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
}
