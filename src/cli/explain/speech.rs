//! Who was taken for the speaker of each quote, who else was thought of, and what counted for whom.

use std::fmt::Write as _;

use super::{on_one_line, terms};
use crate::model::{CleanArticle, Quote, QuotedArticle, Speaker};
use crate::stages::quotes::{self, Explanation};

/// Candidates beyond these are never close.
const CANDIDATES_MAX: usize = 4;
/// Stretches in marks that nobody said.
const UNSAID_MAX: usize = 10;

/// Tells of every quote that was kept, and of what stands in quotation marks and is none.
pub fn tell(page: &mut String, article: &CleanArticle, quoted: &QuotedArticle) {
    let text = &article.text;
    let weighed = quotes::explain(article);
    // Writing to a String cannot fail.
    let _ = writeln!(page, "  {} found, {} kept, in {} sentences", quoted.quotes_found, quoted.quotes.len(), quoted.sentences.len());
    for quote in &quoted.quotes {
        let _ = writeln!(page, "    {:.4}  “{}”", quote.score, on_one_line(quote.span.of(text)));
        let cue = quote.cue.map_or_else(String::new, |cue| format!(", cue “{}”", on_one_line(cue.span.of(text))));
        let _ = match &quote.speaker {
            Some(speaker) => writeln!(page, "            by {} (told by {}){cue}", speaker.name, told_by(speaker, text)),
            None => writeln!(page, "            by nobody who could be told{cue}"),
        };
        if let Some(weighed) = weighed.iter().find(|weighed| is_of(weighed, quote)) {
            tell_candidates(page, weighed, text);
        }
    }
    let unsaid: Vec<&Explanation> = weighed.iter().filter(|weighed| weighed.said < 0.0).collect();
    if !unsaid.is_empty() {
        let _ = writeln!(page, "  in quotation marks, but not said by anybody");
    }
    for weighed in unsaid.iter().take(UNSAID_MAX) {
        let _ = writeln!(page, "    {:>6.2}  “{}”", weighed.said, on_one_line(weighed.span.of(text)));
    }
}

fn told_by(speaker: &Speaker, text: &str) -> String {
    let via = serde_json::to_value(speaker.via).unwrap_or_default();
    let via = via.as_str().unwrap_or_default();
    let mention = speaker.mention.map(|mention| on_one_line(mention.of(text))).filter(|mention| *mention != speaker.name);
    mention.map_or_else(|| via.to_owned(), |mention| format!("{via}: “{mention}”"))
}

/// A quote may be of several stretches; the first one tells.
fn is_of(weighed: &Explanation, quote: &Quote) -> bool {
    !weighed.readings.is_empty() && weighed.span.start < quote.span.end && quote.span.start < weighed.span.end
}

fn tell_candidates(page: &mut String, weighed: &Explanation, text: &str) {
    for (place, reading) in weighed.readings.iter().take(CANDIDATES_MAX).enumerate() {
        let who = if reading.speaker.is_empty() { "nobody" } else { reading.speaker.as_str() };
        let how = match reading.path {
            "called" => ", named",
            "pronoun" => ", by a pronoun",
            "dropped" => ", by the verb alone",
            "continued" => ", who goes on speaking",
            _ => "",
        };
        let mention = reading.mention.map(|mention| on_one_line(mention.of(text))).filter(|mention| mention != who);
        let mention = mention.map_or_else(String::new, |mention| format!(": “{mention}”"));
        let mark = if place == 0 { '*' } else { ' ' };
        let _ = writeln!(page, "          {mark} {:>6.2}  {who}{how}{mention}", reading.total);
        let _ = writeln!(page, "                    {}", terms(&reading.told()));
    }
}
