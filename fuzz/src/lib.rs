//! What the fuzz targets call: the properties are those of the tests (`tests/it/corpus.rs`), so that what the fuzzer
//! finds is kept by them.

#[path = "../../tests/it/properties/mod.rs"]
pub mod properties;
