//! What holds for every article, from its parsing to its record.

use copydesk::ledger::{Line, is_whole};
use copydesk::model::{
    Article, CleanArticle, Digest, Entry, Envelope, Key, Offsets, Origin, ParsedArticle, QuotedArticle, SourcePath, SummarizedArticle,
    Ticket, render_record,
};
use copydesk::stages::{self, clean, finish, keyphrases, quotes, summary};
use copydesk::text::{lang, sentences};
use unicode_normalization::is_nfc;

/// Everything is asked for, so that everything is looked at.
pub fn options() -> stages::Options {
    stages::Options {
        quotes: quotes::Options { max: 0, min_words: 1, indirect: true },
        finish: finish::Options { sentences: true },
        ..stages::Options::default()
    }
}

/// A parsed article goes to a worker's master and back as it is.
pub fn check_parsed(parsed: &ParsedArticle) {
    assert!(!parsed.text.trim().is_empty(), "an article without text");
    let sent = serde_json::to_vec(parsed).unwrap();
    let received: ParsedArticle = serde_json::from_slice(&sent).unwrap_or_else(|error| panic!("cannot be received: {error}"));
    assert!(serde_json::to_vec(&received).unwrap() == sent, "received is not what was sent");
    for date in [&parsed.metadata.published, &parsed.metadata.updated].into_iter().flatten() {
        check_date(date);
    }
}

/// RFC 3339, or a day of the calendar.
pub fn check_date(date: &str) {
    let is_day = date.len() == 10 && date.parse::<jiff::civil::Date>().is_ok();
    assert!(is_day || date.parse::<jiff::Timestamp>().is_ok(), "{date:?} is no date");
}

/// Takes a parsed article to its record, and looks at it on the way. Twice gives the same.
pub fn check_all_the_way(parsed: ParsedArticle) {
    let options = options();
    let Ok(cleaned) = clean::clean(parsed, &options.clean) else { return };
    check_clean(&cleaned);
    check_from_clean(cleaned, &options);
}

pub fn check_from_clean(cleaned: CleanArticle, options: &stages::Options) {
    let quoted = quotes::extract(cleaned.clone(), &options.quotes).unwrap();
    let again = quotes::extract(cleaned, &options.quotes).unwrap();
    assert!(quoted.quotes == again.quotes && quoted.quotes_found == again.quotes_found, "quotes differ from run to run");
    check_quoted(&quoted);
    let summarized = summary::summarize(quoted, &options.summary).unwrap();
    let again = summary::summarize(again, &options.summary).unwrap();
    assert!(summarized.summary == again.summary, "the summary differs from run to run");
    check_summarized(&summarized, &options.summary);
    let phrases = keyphrases::extract(&summarized, &options.keyphrases).unwrap();
    assert!(phrases == keyphrases::extract(&again, &options.keyphrases).unwrap(), "the keyphrases differ from run to run");
    let article = finish::finish(summarized, phrases, &options.finish).unwrap();
    check_article(&article);
    check_record(article);
}

pub fn check_clean(cleaned: &CleanArticle) {
    let text = &cleaned.text;
    assert!(is_nfc(text), "the text is not NFC");
    assert!(!text.is_empty() && text.trim() == text, "the text begins or ends with white space, or is empty");
    for bad in ["\n\n\n", "  ", " \n", "\n ", "\r", "\t"] {
        assert!(!text.contains(bad), "{bad:?} in the text");
    }
    assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "a control character in the text");
    assert!((0.0..=1.0).contains(&cleaned.language.confidence), "the language's confidence is {}", cleaned.language.confidence);
    let code_is_plain = cleaned.language.code.chars().all(|c| c.is_ascii_alphanumeric() || c == '-');
    assert!(!cleaned.language.code.is_empty() && code_is_plain, "{:?} is no language", cleaned.language.code);
    let metadata = &cleaned.metadata;
    let lines = [&metadata.title, &metadata.subtitle, &metadata.section, &metadata.site].into_iter().flatten();
    for line in lines.chain(&metadata.authors).chain(&metadata.tags) {
        assert!(!line.trim().is_empty() && is_nfc(line) && !line.contains('\n'), "{line:?} in the metadata");
    }
}

/// The sentences, with what lies between them, are the text.
pub fn check_sentences(text: &str, code: &str) {
    let spans = sentences::segment(text, lang::of(code));
    let mut at = 0;
    for span in &spans {
        let gap = text.get(at..span.start).unwrap_or_else(|| panic!("sentences overlap at byte {at}, or begin within a character"));
        assert!(gap.trim().is_empty(), "{gap:?} stands in no sentence");
        let sentence = text.get(span.start..span.end).expect("a sentence ends within a character");
        assert!(!sentence.is_empty() && sentence.trim() == sentence, "{sentence:?} is no sentence");
        at = span.end;
    }
    assert!(text.get(at..).expect("the text is longer than its sentences").trim().is_empty(), "text after the last sentence");
    assert!(spans == sentences::segment(text, lang::of(code)), "sentences differ from run to run");
}

fn check_quoted(quoted: &QuotedArticle) {
    let text = &quoted.article.text;
    assert!(quoted.quotes.is_sorted_by_key(|quote| quote.span.start), "quotes are not in text order");
    assert!(quoted.quotes.len() <= quoted.quotes_found);
    for quote in &quoted.quotes {
        let said = text.get(quote.span.start..quote.span.end).expect("a quote's span does not fit the text");
        assert!(!said.is_empty() && said.trim() == said, "{said:?} is no quote");
        assert!((0.0..=1.0).contains(&quote.score), "a score of {}", quote.score);
        assert!(quote.parts.is_sorted_by(|one, next| one.end <= next.start), "parts overlap");
        assert!(quote.parts.iter().all(|part| quote.span.contains(*part) && !part.of(text).is_empty()), "a part beside its quote");
        let places = quote.cue.iter().map(|cue| cue.span).chain(quote.speaker.iter().filter_map(|speaker| speaker.mention));
        places.for_each(|place| assert!(!place.of(text).is_empty(), "a cue or a mention is nowhere"));
        assert!(quote.speaker.iter().all(|speaker| !speaker.name.trim().is_empty()), "a speaker without a name");
    }
}

fn check_summarized(summarized: &SummarizedArticle, options: &summary::Options) {
    let found = &summarized.summary;
    assert!(found.is_sorted_by(|one, next| one.0.end <= next.0.start), "the summary is not in text order");
    assert!(found.len() <= options.sentences);
    for (span, score) in found {
        assert!(summarized.quoted.sentences.contains(span), "the summary holds what is no sentence");
        assert!((0.0..=1.0).contains(score), "a score of {score}");
    }
    assert!(!found.is_empty() || options.sentences == 0 || summarized.quoted.sentences.is_empty(), "an article without a summary");
}

/// All places in code points, as a reader in Python would take them.
fn check_article(article: &Article) {
    let text = &article.text;
    let starts: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let slice = |start: usize, end: usize| text.get(*starts.get(start).unwrap()..*starts.get(end).unwrap()).unwrap();
    let check = |shown: &str, start: usize, end: usize| assert_eq!(slice(start, end), shown, "at {start}..{end}");
    for sentence in &article.summary {
        check(&sentence.text, sentence.start, sentence.end);
    }
    for quote in &article.quotes {
        check(&quote.text, quote.start, quote.end);
        quote.parts.iter().chain(&quote.cue).for_each(|excerpt| check(&excerpt.text, excerpt.start, excerpt.end));
        if let Some(speaker) = &quote.speaker {
            let places = [speaker.start.is_some(), speaker.end.is_some(), speaker.mention.is_some()];
            assert!(places == [true; 3] || places == [false; 3], "half a mention");
            if let (Some(mention), Some(start), Some(end)) = (&speaker.mention, speaker.start, speaker.end) {
                check(mention, start, end);
            }
        }
    }
    for Offsets { start, end } in article.sentences.as_deref().unwrap() {
        assert!(!slice(*start, *end).is_empty());
    }
    assert_eq!(article.sentences.as_ref().map(Vec::len), Some(article.stats.sentences));
    assert!(article.keyphrases.is_sorted_by(|one, next| one.score >= next.score), "keyphrases are not best first");
    for phrase in &article.keyphrases {
        assert!(!phrase.text.trim().is_empty() && phrase.count > 0 && (0.0..=1.0).contains(&phrase.score), "{phrase:?}");
    }
}

/// The record is one whole line that names its article.
fn check_record(article: Article) {
    let digest = Digest::of(article.text.as_bytes());
    let (path, entry) = (SourcePath(b"wire/a.txt".to_vec()), Entry::numbered(7));
    let origin = Origin {
        key: Key::of_entry(&path.0, &entry),
        path: Some(std::sync::Arc::new(path.clone())),
        entry: Some(entry.clone()),
        bytes: 1,
        digest: Some(digest),
        ticket: Ticket(1),
        attempts: 1,
    };
    let mut rendered = Vec::new();
    render_record(&mut rendered, &Envelope { origin, body: article }, 3, None, None).unwrap();
    let line = rendered.strip_suffix(b"\n").unwrap();
    assert!(!line.contains(&b'\n') && is_whole(line), "the record is no whole line");
    let read = Line::parse(line).expect("the record is not read back");
    assert!(read.path == path && read.entry == Some(entry) && read.digest == Some(digest) && read.revision == 3);
    let record: serde_json::Value = serde_json::from_slice(line).unwrap_or_else(|error| panic!("the record is no JSON: {error}"));
    assert!(record.get("text").is_some_and(serde_json::Value::is_string));
}
