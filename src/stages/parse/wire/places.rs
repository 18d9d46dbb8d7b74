//! Towns that stand in datelines often enough to be known without capitals or an agency's name beside them.

use std::sync::OnceLock;

use rustc_hash::FxHashSet;

/// One a line, in small letters, in the languages of the papers that print them.
const CITIES: &str = include_str!("cities.txt");

/// True for a town's name as it is written or printed in capitals; "Berlin/Paris" is two.
pub(in super::super) fn is_city(name: &str) -> bool {
    static READ: OnceLock<FxHashSet<&str>> = OnceLock::new();
    let cities = READ.get_or_init(|| CITIES.lines().collect());
    name.len() <= 80 && name.split('/').all(|name| cities.contains(name.trim().to_lowercase().replace('’', "'").as_str()))
}
