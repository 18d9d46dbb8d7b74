//! Fits who said what: which of the readings of a quote's surroundings holds, and whether it was said at all.
//!
//! Two linear models in one file of weights. Speakers: a softmax over all readings of a quote, where every reading that
//! comes to the labelled speaker is right (the likelihood of their sum is maximised). Speech: a logistic regression over
//! stretches in marks. Both are fitted with Adam over all cases at once, with an L2 penalty, so that no order and no
//! chance enters. Figures come from five folds over articles, each judged by weights that never saw it.

mod labels;

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use anyhow::Context as _;
use copydesk::stages::quotes::training::{self, COUNT, Candidate, Teacher, Weights};

use super::corpus;
use labels::{Article, Labelled};

const FOLDS: usize = 5;
const STEPS: usize = 350;
/// What holds a weight down: those that tell the speaker, which are many for few cases, more than those that tell speech.
const PENALTY: f64 = 6.0;
const PENALTY_SPEECH: f64 = 1.5;

/// Sets that are not licensed for training, or have no speakers, are left out; what is no news weighs less.
const SETS: [(&str, f64); 17] = [
    ("deopen", 1.0),
    ("enopen", 1.0),
    ("esopen", 1.0),
    ("fropen", 1.0),
    ("frwikinews", 1.0),
    ("idopen", 1.0),
    ("itopen", 1.0),
    ("litbank", 0.15),
    ("nlopen", 1.0),
    ("ptopen", 1.0),
    ("ud-de", 0.7),
    ("ud-en", 0.7),
    ("ud-es", 0.7),
    ("ud-fr", 0.7),
    ("ud-id", 0.5),
    ("ud-nl", 0.7),
    ("ud-pt", 0.6),
];

/// Where the product reads its weights.
const WEIGHTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stages/quotes/weights.txt");

/// One question that has an answer: the candidates' features, and which of them are right.
struct Case {
    article: usize,
    weight: f64,
    candidates: Vec<Vec<u16>>,
    right: Vec<bool>,
}

/// A stretch in marks, and whether it was said.
struct Stretch {
    article: usize,
    weight: f64,
    features: Vec<u16>,
    said: bool,
}

#[derive(Default)]
struct Cases {
    speakers: Vec<Case>,
    speech: Vec<Stretch>,
    /// Labelled speakers that no reading comes to.
    out_of_reach: usize,
}

/// Fits the weights and writes them; prints figures for articles that were held out. With a folder, the predictions
/// behind the figures are written there as JSON lines, one file for each set.
pub fn train(bench: &Path, predictions: Option<&Path>) -> anyhow::Result<()> {
    let mut articles = Vec::new();
    for (name, path) in corpus::sets(&bench.join("quotes/dev"))? {
        if let Some((_, weight)) = SETS.iter().find(|(known, _)| *known == name) {
            let labelled: Vec<Labelled> = corpus::read(&path)?;
            articles.extend(labelled.into_iter().map(|one| Article::new(one, &name, *weight)));
        }
    }
    let mut out = std::io::stdout().lock();
    let first = gather(&articles, &[Weights::nought()], true);
    writeln!(
        out,
        "{} articles, {} quotes with a speaker in reach, {} out of reach, {} stretches",
        articles.len(),
        first.speakers.len(),
        first.out_of_reach,
        first.speech.len()
    )?;
    let all = |_: usize| true;
    // Once more with the mistakes in the quotes before that are made where an article was held out, as the product makes them.
    let second = gather(&articles, &fit_folds(&first), false);
    let cases = Cases {
        speakers: first.speakers.into_iter().chain(second.speakers).collect(),
        speech: first.speech,
        out_of_reach: first.out_of_reach,
    };
    let folds = fit_folds(&cases);
    let mut figures = String::new();
    for (name, _) in SETS {
        let figure = labels::measure(articles.iter().enumerate().filter(|(_, one)| one.set == name), |at, one| {
            training::quotes(&one.text, &one.language, folds.get(at % FOLDS).expect("a fold for each remainder"))
        });
        writeln!(figures, "# {name}: {figure}")?;
    }
    write!(out, "{figures}")?;
    if let Some(folder) = predictions {
        for (name, _) in SETS {
            let mut lines = String::new();
            for (at, one) in articles.iter().enumerate().filter(|(_, one)| one.set == name) {
                let quotes = training::quotes(&one.text, &one.language, folds.get(at % FOLDS).expect("a fold for each remainder"));
                writeln!(lines, "{}", one.prediction(&quotes))?;
            }
            fs::create_dir_all(folder)?;
            fs::write(folder.join(format!("{name}.jsonl")), lines).with_context(|| format!("write to {}", folder.display()))?;
        }
    }
    let weights = fit(&cases, &all);
    let head = format!(
        "# Who said what: weights of the readings of a quote's surroundings. Written by `cargo run --release --example train -- quotes`.\n\
         # Data (openly licensed, labels by the project): Wikinews en de it fr (CC BY 2.5, 3.0, 4.0), Global Voices es (CC BY 3.0),\n\
         # NTREX-128 (CC BY-SA 4.0), Universal Dependencies treebanks (CC BY-SA 3.0, 4.0; Sequoia LGPL-LR), LitBank (CC BY 4.0).\n\
         # No chance enters: Adam over all {} cases at once, {STEPS} steps, L2 penalty {PENALTY} (speech {PENALTY_SPEECH}). Held-out figures, {FOLDS} folds over articles:\n{figures}",
        cases.speakers.len() + cases.speech.len()
    );
    fs::write(WEIGHTS, head + &weights.render()).with_context(|| format!("write {WEIGHTS}"))?;
    writeln!(out, "weights written to {WEIGHTS}")?;
    Ok(())
}

/// Weights for each fold that never saw its articles.
fn fit_folds(cases: &Cases) -> Vec<Weights> {
    std::thread::scope(|scope| {
        let fitted: Vec<_> = (0..FOLDS).map(|fold| scope.spawn(move || fit(cases, &|article| article % FOLDS != fold))).collect();
        fitted.into_iter().map(|fold| fold.join().expect("fitting does not panic")).collect()
    })
}

/// All questions that the product would ask of these articles, by weights for each fold or the same for all. Where `told`,
/// the quotes before are as they are labelled.
fn gather(articles: &[Article], folds: &[Weights], told: bool) -> Cases {
    let mut cases = Cases::default();
    for (at, article) in articles.iter().enumerate() {
        let weights = folds.get(at % folds.len()).expect("a fold for each remainder");
        let mut labelling = Labelling { article, at, weights, told, cases: &mut cases };
        training::ask(&article.text, &article.language, &mut labelling);
    }
    cases
}

struct Labelling<'a> {
    article: &'a Article,
    at: usize,
    weights: &'a Weights,
    told: bool,
    cases: &'a mut Cases,
}

impl Teacher for Labelling<'_> {
    fn is_said(&mut self, features: &[u16], stretch: copydesk::model::Span) -> bool {
        let gold = self.article.label(stretch);
        if gold.is_none_or(|gold| !gold.optional) {
            let (features, said) = (features.to_vec(), gold.is_some());
            self.cases.speech.push(Stretch { article: self.at, weight: self.article.weight, features, said });
        }
        gold.is_some()
    }

    fn choose(&mut self, candidates: &[Candidate], stretch: copydesk::model::Span) -> usize {
        let best = best_of(self.weights, candidates.iter().map(|candidate| candidate.features.as_slice()));
        let Some(gold) = self.article.label(stretch) else { return best };
        let right = gold.right(candidates);
        // A treebank's sentence may have lost its speaker with the sentence before it: that teaches nothing.
        let cut_off = self.article.set.starts_with("ud-") && gold.is_nobodys();
        if !right.contains(&true) {
            self.cases.out_of_reach += 1;
            return best;
        }
        let told = best_of(
            self.weights,
            candidates.iter().zip(&right).map(|(candidate, right)| if *right { candidate.features.as_slice() } else { &[u16::MAX] }),
        );
        if !gold.optional && !cut_off {
            let features = candidates.iter().map(|candidate| candidate.features.clone()).collect();
            self.cases.speakers.push(Case { article: self.at, weight: self.article.weight, candidates: features, right });
        }
        if self.told { told } else { best }
    }
}

/// The best candidate; those whose only feature is none are left out.
fn best_of<'a>(weights: &Weights, candidates: impl Iterator<Item = &'a [u16]>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (at, features) in candidates.enumerate() {
        let sum = if features == [u16::MAX] { f64::NEG_INFINITY } else { weights.sum(features) };
        if sum > best.1 {
            best = (at, sum);
        }
    }
    best.0
}

/// Maximises the likelihood of the labels of all articles that `takes` takes.
fn fit(cases: &Cases, takes: &dyn Fn(usize) -> bool) -> Weights {
    let mut weights = vec![0.0; COUNT];
    let is_speech = |at: usize| u16::try_from(at).is_ok_and(|feature| training::name(feature).starts_with("said"));
    let penalties: Vec<f64> = (0..COUNT).map(|at| if is_speech(at) { PENALTY_SPEECH } else { PENALTY }).collect();
    let (mut mean, mut square) = (vec![0.0; COUNT], vec![0.0; COUNT]);
    let sum = |weights: &[f64], features: &[u16]| features.iter().filter_map(|at| weights.get(usize::from(*at))).sum::<f64>();
    for step in 1..=STEPS {
        let mut slope: Vec<f64> = weights.iter().zip(&penalties).map(|(weight, penalty)| penalty * weight).collect();
        for case in cases.speakers.iter().filter(|case| takes(case.article)) {
            let sums: Vec<f64> = case.candidates.iter().map(|features| sum(&weights, features)).collect();
            let top = sums.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            let shares: Vec<f64> = sums.iter().map(|sum| libm::exp(sum - top)).collect();
            let all: f64 = shares.iter().sum();
            let right: f64 = shares.iter().zip(&case.right).filter(|(_, right)| **right).map(|(share, _)| share).sum();
            for ((share, features), is_right) in shares.iter().zip(&case.candidates).zip(&case.right) {
                let wanted = if *is_right { share / right.max(1e-300) } else { 0.0 };
                let off = case.weight * (share / all - wanted);
                if off.abs() > 1e-9 {
                    features.iter().for_each(|at| slope[usize::from(*at)] += off);
                }
            }
        }
        for stretch in cases.speech.iter().filter(|stretch| takes(stretch.article)) {
            let chance = 1.0 / (1.0 + libm::exp(-sum(&weights, &stretch.features)));
            let off = stretch.weight * (chance - f64::from(u8::from(stretch.said)));
            stretch.features.iter().for_each(|at| slope[usize::from(*at)] += off);
        }
        let rate = 0.06 * if step * 3 > STEPS * 2 { 0.2 } else { 1.0 };
        let (fade_mean, fade_square) = (1.0 - libm::pow(0.9, step as f64), 1.0 - libm::pow(0.99, step as f64));
        for at in 0..COUNT {
            mean[at] = 0.9 * mean[at] + 0.1 * slope[at];
            square[at] = 0.99 * square[at] + 0.01 * slope[at] * slope[at];
            weights[at] -= rate * (mean[at] / fade_mean) / (libm::sqrt(square[at] / fade_square) + 1e-8);
        }
    }
    let mut fitted = Weights::nought();
    for (at, weight) in (0..).zip(weights) {
        // What moves nothing is left out of the file.
        if weight.abs() >= 0.005 {
            fitted.add(at, weight);
        }
    }
    fitted
}
