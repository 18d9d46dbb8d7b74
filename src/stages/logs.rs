//! Natural logarithms of small whole numbers: every stage that counts words asks for the same ones again and again.

use std::sync::LazyLock;

const KEPT: usize = 512;

static LOGS: LazyLock<[f64; KEPT]> = LazyLock::new(|| std::array::from_fn(|number| libm::log(number as f64)));

/// The natural logarithm of a number, the same as `libm::log` gives, bit for bit.
pub fn ln(number: usize) -> f64 {
    LOGS.get(number).copied().unwrap_or_else(|| libm::log(number as f64))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_is_what_would_be_reckoned() {
        for number in [0, 1, 2, 511, 512, 1_000_000] {
            assert_eq!(ln(number).to_bits(), libm::log(number as f64).to_bits());
        }
    }
}
