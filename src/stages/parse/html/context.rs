//! How a page's blocks look to each other once each has been judged alone: an article is a run of paragraphs, so what its
//! neighbours are tells much of what a block is.

use rustc_hash::FxHashMap;

use super::features::Setting;

/// How many numbers describe a block's context.
pub const COUNT: usize = 22;

/// One row of [`COUNT`] numbers for each block, from the chances that each is the article's.
pub fn of(settings: &[Setting], chances: &[f32]) -> Vec<f32> {
    let sums = Sums::of(settings, chances);
    let mut groups: FxHashMap<u64, (f32, f32)> = FxHashMap::default();
    for (setting, chance) in settings.iter().zip(chances) {
        let group = groups.entry(setting.key).or_default();
        group.0 += setting.words as f32 * chance;
        group.1 += setting.words as f32;
    }
    let all = sums.likely(0, settings.len());
    let (before, after) = distances(chances);
    let mut rows = Vec::with_capacity(settings.len() * COUNT);
    for (place, setting) in settings.iter().enumerate() {
        let from = rows.len();
        rows.push(chances.get(place).copied().unwrap_or_default());
        for step in [-4_isize, -3, -2, -1, 1, 2, 3, 4] {
            rows.push(place.checked_add_signed(step).and_then(|at| chances.get(at)).copied().unwrap_or(-0.2));
        }
        for reach in [5, 15] {
            rows.push(sums.mean(place.saturating_sub(reach), place));
            rows.push(sums.mean(place + 1, place + 1 + reach));
        }
        for (start, end) in setting.ranges {
            rows.push(sums.mean(start, end));
        }
        let group = groups.get(&setting.key).copied().unwrap_or_default();
        rows.push(if group.1 > 0.0 { group.0 / group.1 } else { 0.0 });
        rows.push(if all > 0.0 { sums.likely(0, place) / all } else { 0.0 });
        rows.push(libm::logf(1.0 + all));
        rows.push(before.get(place).copied().unwrap_or_default());
        rows.push(after.get(place).copied().unwrap_or_default());
        rows.resize(from + COUNT, 0.0);
    }
    rows
}

/// Sums over the blocks before each place, so that any mean is a difference.
struct Sums {
    words: Vec<f64>,
    likely: Vec<f64>,
}

impl Sums {
    fn of(settings: &[Setting], chances: &[f32]) -> Self {
        let mut sums = Self { words: vec![0.0], likely: vec![0.0] };
        let (mut words, mut likely) = (0.0, 0.0);
        for (setting, chance) in settings.iter().zip(chances) {
            words += f64::from(setting.words);
            likely += f64::from(setting.words) * f64::from(*chance);
            sums.words.push(words);
            sums.likely.push(likely);
        }
        sums
    }

    fn over(sums: &[f64], from: usize, to: usize) -> f64 {
        let last = sums.len() - 1;
        let at = |place: usize| sums.get(place.min(last)).copied().unwrap_or_default();
        at(to) - at(from)
    }

    fn likely(&self, from: usize, to: usize) -> f32 {
        Self::over(&self.likely, from, to) as f32
    }

    /// -1 where there is nothing.
    fn mean(&self, from: usize, to: usize) -> f32 {
        let words = Self::over(&self.words, from, to);
        if words > 0.0 { (Self::over(&self.likely, from, to) / words) as f32 } else { -1.0 }
    }
}

/// How far the last likely block before and the next after each are, at most 20.
fn distances(chances: &[f32]) -> (Vec<f32>, Vec<f32>) {
    const FAR: f32 = 20.0;
    let step = |far: &mut f32, chance: &f32| {
        let here = *far;
        *far = if *chance >= 0.5 { 1.0 } else { (*far + 1.0).min(FAR) };
        Some(here)
    };
    let before: Vec<f32> = chances.iter().scan(FAR, step).collect();
    let mut after: Vec<f32> = chances.iter().rev().scan(FAR, step).collect();
    after.reverse();
    (before, after)
}
