//! How alike two sentences are, by the words that they share: a word that few sentences have counts for more.

use rustc_hash::FxHashMap;

use crate::model::Span;

use super::words::words;

/// The sentences of one text as directions in the space of its words.
pub struct Vectors {
    /// Word number and weight, by rising number; of unit length, or empty.
    rows: Vec<Vec<(u32, f64)>>,
    /// The sum of all rows, by word number, and its length.
    centroid: Vec<f64>,
    centroid_length: f64,
}

impl Vectors {
    pub fn of(text: &str, sentences: &[Span]) -> Self {
        let lower = |span: Span| span.of(text).to_lowercase();
        let mut numbers: FxHashMap<String, u32> = FxHashMap::default();
        let mut sentences_with: Vec<u32> = Vec::new();
        let mut rows = Vec::with_capacity(sentences.len());
        for sentence in sentences {
            let copy = lower(*sentence);
            let mut found: Vec<u32> = Vec::new();
            for span in words(&copy) {
                let word = span.of(&copy);
                let number = match numbers.get(word) {
                    Some(number) => *number,
                    None => {
                        let number = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                        numbers.insert(word.to_owned(), number);
                        sentences_with.push(0);
                        number
                    }
                };
                found.push(number);
            }
            found.sort_unstable();
            let row: Vec<(u32, f64)> = found
                .chunk_by(|one, other| one == other)
                .filter_map(|same| same.first().map(|number| (*number, libm::log1p(same.len() as f64))))
                .collect();
            for (number, _) in &row {
                if let Some(count) = sentences_with.get_mut(*number as usize) {
                    *count += 1;
                }
            }
            rows.push(row);
        }
        let mut centroid = vec![0.0; sentences_with.len()];
        for row in &mut rows {
            for (number, weight) in row.iter_mut() {
                let count = sentences_with.get(*number as usize).copied().unwrap_or(1).max(1);
                *weight *= libm::log1p(sentences.len() as f64 / f64::from(count));
            }
            let length = row.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt();
            for (number, weight) in row.iter_mut() {
                *weight /= length;
                if let Some(sum) = centroid.get_mut(*number as usize) {
                    *sum += *weight;
                }
            }
        }
        let centroid_length = centroid.iter().map(|weight| weight * weight).sum::<f64>().sqrt();
        Self { rows, centroid, centroid_length }
    }

    /// From 0, no word in common, to 1; 0 for a sentence that is not there or has no words.
    pub fn cosine(&self, one: usize, other: usize) -> f64 {
        let (Some(one), Some(other)) = (self.rows.get(one), self.rows.get(other)) else { return 0.0 };
        let (mut one, mut other) = (one.iter().peekable(), other.iter().peekable());
        let mut sum = 0.0;
        while let (Some((left, weight)), Some((right, other_weight))) = (one.peek(), other.peek()) {
            if left == right {
                sum += weight * other_weight;
            }
            let (step_one, step_other) = (left <= right, right <= left);
            if step_one {
                one.next();
            }
            if step_other {
                other.next();
            }
        }
        sum
    }

    /// How near a sentence is to the whole text, from 0 to 1.
    pub fn centroid_cosine(&self, sentence: usize) -> f64 {
        let Some(row) = self.rows.get(sentence).filter(|_| self.centroid_length > 0.0) else { return 0.0 };
        let sum: f64 = row.iter().map(|(number, weight)| weight * self.centroid.get(*number as usize).copied().unwrap_or_default()).sum();
        sum / self.centroid_length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_on_one_subject_are_nearer_than_others() {
        let text = "The harbour was closed.|A storm closed the harbour.|Bakers ask for higher pay.|";
        let mut at = 0;
        let sentences: Vec<_> = text
            .split('|')
            .map(|s| {
                let span = Span::new(at, at + s.len());
                at += s.len() + 1;
                span
            })
            .collect();
        let vectors = Vectors::of(text, &sentences);
        assert!(vectors.cosine(0, 1) > vectors.cosine(0, 2));
        assert!((vectors.cosine(1, 1) - 1.0).abs() < 1e-9);
        assert!(vectors.centroid_cosine(1) > vectors.centroid_cosine(2));
        assert!(vectors.cosine(0, 3) == 0.0 && vectors.cosine(0, 9) == 0.0 && vectors.centroid_cosine(9) == 0.0);
    }
}
