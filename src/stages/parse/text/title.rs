//! Tells a headline from the first line of a text that has none.

/// The first line and what follows it.
pub(super) fn split(text: &str) -> Option<(&str, &str)> {
    let (first, rest) = text.trim_start().split_once('\n')?;
    let first = first.trim();
    let is_title = !first.ends_with(['.', ',', ';', ':']) && first.chars().count() <= 200 && rest.starts_with(['\n', '\r']);
    (is_title && !rest.trim().is_empty()).then_some((first, rest))
}
