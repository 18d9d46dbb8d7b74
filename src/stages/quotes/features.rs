//! What speaks for or against a reading of who said a quote. No feature knows a word or a language: they tell of places,
//! distances and kinds of words.

/// One family of features; the table below gives its name in the weights file and how many values it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Family {
    /// A bias for each path, by what the quote's surroundings are.
    Path,
    PathCues,
    PathLength,
    PathHead,
    PathOpening,
    ZoneKind,
    Relation,
    CueDistance,
    QuoteDistance,
    MentionDistance,
    Order,
    Flag,
    FlagFar,
    Label,
    PersonKind,
    PersonCount,
    PersonSpoke,
    PersonBefore,
    PersonInside,
    PersonUse,
    Recency,
    Previous,
    Agreement,
    Place,
    Subject,
    AnteCount,
    AnteKind,
    AnteFlag,
    AnteSpoke,
    AnteCue,
    AnteFirst,
    AnteUse,
    AnteWeight,
    AntePresence,
    AnteLeads,
    PlaceSubject,
    AnteFit,
    /// Whether a stretch in marks was said at all.
    Said,
    SaidWords,
    SaidCapitals,
    SaidOpening,
    SaidClosing,
    SaidCue,
    SaidNear,
    SaidInside,
    SaidMarks,
}

/// The families in the order of the enum: name, number of values.
const FAMILIES: [(&str, u16); 46] = [
    ("path", 160),
    ("path_cues", 45),
    ("path_length", 36),
    ("path_head", 20),
    ("path_opening", 45),
    ("zone_kind", 54),
    ("relation", 40),
    ("cue_distance", 28),
    ("quote_distance", 70),
    ("mention_distance", 120),
    ("order", 40),
    ("flag", 32),
    ("flag_far", 32),
    ("label", 8),
    ("person_kind", 20),
    ("person_count", 8),
    ("person_spoke", 8),
    ("person_before", 16),
    ("person_inside", 4),
    ("person_use", 16),
    ("recency", 32),
    ("previous", 20),
    ("agreement", 12),
    ("place", 28),
    ("subject", 8),
    ("ante_count", 20),
    ("ante_kind", 32),
    ("ante_flag", 16),
    ("ante_spoke", 16),
    ("ante_cue", 12),
    ("ante_first", 8),
    ("ante_use", 40),
    ("ante_weight", 32),
    ("ante_presence", 32),
    ("ante_leads", 12),
    ("place_subject", 42),
    ("ante_fit", 20),
    ("said", 1),
    ("said_words", 20),
    ("said_capitals", 20),
    ("said_opening", 48),
    ("said_closing", 16),
    ("said_cue", 24),
    ("said_near", 24),
    ("said_inside", 24),
    ("said_marks", 16),
];

const BASES: [u16; FAMILIES.len() + 1] = {
    let mut bases = [0; FAMILIES.len() + 1];
    let mut at = 0;
    while at < FAMILIES.len() {
        bases[at + 1] = bases[at] + FAMILIES[at].1;
        at += 1;
    }
    bases
};

/// How many features there are.
pub const COUNT: usize = BASES[FAMILIES.len()] as usize;

/// The number of a feature: its family and its value. A value beyond the family's last is taken as the last.
pub fn feature(family: Family, value: usize) -> u16 {
    let at = family as usize;
    let (Some(base), Some((_, size))) = (BASES.get(at), FAMILIES.get(at)) else { return 0 };
    base + u16::try_from(value).unwrap_or(u16::MAX).min(size - 1)
}

/// The name of a feature in the weights file, such as `zone_kind.12`.
pub fn name(feature: u16) -> String {
    let at = BASES.partition_point(|base| *base <= feature).saturating_sub(1);
    match (FAMILIES.get(at), BASES.get(at)) {
        (Some((family, _)), Some(base)) => format!("{family}.{}", feature - base),
        _ => String::new(),
    }
}

/// The feature of a name, if there is one.
pub fn numbered(name: &str) -> Option<u16> {
    let (family, value) = name.split_once('.')?;
    let at = FAMILIES.iter().position(|(known, _)| *known == family)?;
    let value: u16 = value.parse().ok()?;
    (value < FAMILIES.get(at)?.1).then(|| BASES.get(at).map(|base| base + value))?
}

/// In which of the steps a count falls: the number of bounds below it.
pub fn bucket(count: usize, bounds: &[usize]) -> usize {
    bounds.iter().take_while(|bound| count > **bound).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_a_name_of_its_own_and_is_found_by_it() {
        let count = u16::try_from(COUNT).expect("features are few");
        for number in 0..count {
            assert_eq!(numbered(&name(number)), Some(number));
        }
        assert_eq!(numbered("path.9999"), None);
        assert_eq!(numbered("nonsense.1"), None);
    }
}
