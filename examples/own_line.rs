//! The line between a source and a sink of one's own: documents come through a channel, as from a broker, and it is counted
//! who is quoted how often. `cargo run --release --example own_line -- FOLDER`

#![expect(clippy::print_stdout, reason = "says on standard output what it has counted")]

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::mpsc;

use copydesk::{Document, Order, Settings, run};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let folder = std::env::args_os().nth(1).map_or_else(|| PathBuf::from("seeds"), PathBuf::from);
    // Few: the line takes as many as it has memory for, and whoever sends waits for the rest.
    let (sender, documents) = mpsc::sync_channel(16);
    std::thread::spawn(move || send_files(&folder, &sender));
    let voices = voices(documents)?;
    let mut sorted: Vec<_> = voices.into_iter().collect();
    sorted.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    for (name, quotes) in sorted.iter().take(20) {
        println!("{quotes:>5}  {name}");
    }
    Ok(())
}

/// The source: whatever brings documents, at its own pace.
fn send_files(folder: &std::path::Path, documents: &mpsc::SyncSender<Document>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    for path in entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()) {
        let Ok(bytes) = std::fs::read(&path) else { continue };
        // A line that has ended takes nothing more.
        if documents.send(Document { name: path.to_string_lossy().into_owned(), bytes }).is_err() {
            return;
        }
    }
}

/// The line and its sink. Returns when every sender of documents is gone.
fn voices(documents: mpsc::Receiver<Document>) -> anyhow::Result<BTreeMap<String, u64>> {
    let mut voices = BTreeMap::new();
    // Counting needs no order, and one slow page then holds back nobody.
    let settings = Settings { order: Order::AsDone, ..Settings::default() };
    run(documents, &settings, |finding| {
        match finding {
            Ok(article) => {
                for speaker in article.body.quotes.into_iter().filter_map(|quote| quote.speaker) {
                    *voices.entry(speaker.name).or_default() += 1;
                }
            }
            Err(rejection) => eprintln!("set aside: {}", rejection.body.error),
        }
        ControlFlow::Continue(())
    })?;
    Ok(voices)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_is_quoted_is_counted() {
        let (sender, documents) = mpsc::sync_channel(1);
        let sending = std::thread::spawn(move || {
            for number in 0..50 {
                let bytes =
                    format!("{{\"text\":\"Report {number}. \\\"We held the fares,\\\" said Ada Moe, who heads the office.\"}}\n").repeat(2);
                sender.send(Document { name: format!("wire/{number}.jsonl"), bytes: bytes.into() }).expect("the line runs");
            }
        });
        let voices = voices(documents).expect("the line runs");
        sending.join().expect("it sends");
        assert_eq!(voices, BTreeMap::from([("Ada Moe".to_owned(), 100)]));
    }
}
