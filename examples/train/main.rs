//! Fits the small linear models that copydesk carries, from data sets that the user has: `train quotes PATH`,
//! `train summary PATH`, `train pages PATH`.
//!
//! The features are those of the product's own stages, the order of all sums is fixed, and nothing is drawn at random
//! but from a stated seed: the same data give the same weights on every machine.

mod corpus;
mod pages;
mod quotes;
mod summary;

use std::path::PathBuf;
use std::process::ExitCode;

const USAGE: &str = "usage: train MODEL PATH [PREDICTIONS]

  quotes PATH    who said what; PATH holds quotes/dev/*.jsonl, plain or as .xz
  summary PATH   what an article's gist is; PATH holds summary/train/*.jsonl.xz and summary/dev/*.jsonl.xz
  pages PATH     what of a web page is its article; PATH holds gold.json and pages/*.html

PREDICTIONS is a folder for the held-out answers behind the printed figures; of pages, for the 60 read worst.

The weights are written into the source folder, for the next build.";

fn main() -> anyhow::Result<ExitCode> {
    let mut arguments = std::env::args().skip(1);
    let (Some(model), Some(path)) = (arguments.next(), arguments.next()) else {
        eprintln!("{USAGE}");
        return Ok(ExitCode::from(2));
    };
    let path = PathBuf::from(path);
    let predictions = arguments.next().map(PathBuf::from);
    match model.as_str() {
        "pages" => pages::train(&path, predictions.as_deref())?,
        "quotes" => quotes::train(&path, predictions.as_deref())?,
        "summary" => summary::train(&path)?,
        _ => {
            eprintln!("no model is called {model:?}\n\n{USAGE}");
            return Ok(ExitCode::from(2));
        }
    }
    Ok(ExitCode::SUCCESS)
}
