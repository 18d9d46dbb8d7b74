//! Time zones as copy names them: "GMT", "ET", "MESZ", "WIB".

use super::calendar::Zone;

/// The zone of a short name in small letters. Names that several places share (IST, AMT) are left out.
pub(super) fn named(name: &str) -> Option<Zone> {
    Some(match name {
        "z" | "utc" | "gmt" | "tu" | "ut" => Zone::Universal,
        "wet" => Zone::East(0),
        "bst" | "west" | "cet" | "mez" | "hnec" => Zone::East(60),
        "cest" | "mesz" | "eet" | "sast" | "cat" => Zone::East(120),
        "eest" | "msk" | "trt" | "eat" => Zone::East(180),
        "gst" => Zone::East(240),
        "pkt" => Zone::East(300),
        "wib" | "ict" => Zone::East(420),
        "wita" | "sgt" | "hkt" | "awst" | "myt" | "pht" => Zone::East(480),
        "wit" | "jst" | "kst" => Zone::East(540),
        "acst" => Zone::East(570),
        "aest" => Zone::East(600),
        "acdt" => Zone::East(630),
        "aedt" => Zone::East(660),
        "nzst" => Zone::East(720),
        "nzdt" => Zone::East(780),
        "brt" | "art" => Zone::East(-180),
        "nst" => Zone::East(-210),
        "adt" => Zone::East(-180),
        "ast" | "edt" => Zone::East(-240),
        "est" | "cdt" | "pet" => Zone::East(-300),
        "cst" | "mdt" => Zone::East(-360),
        "mst" | "pdt" => Zone::East(-420),
        "pst" | "akdt" => Zone::East(-480),
        "akst" => Zone::East(-540),
        "hst" => Zone::East(-600),
        "et" => Zone::American(-300),
        "ct" => Zone::American(-360),
        "mt" => Zone::American(-420),
        "pt" => Zone::American(-480),
        _ => return None,
    })
}

/// "Eastern Time", "heure de Paris", "horário de Brasília": the word that tells the zone, in small letters.
pub(super) fn spelled(word: &str) -> Option<Zone> {
    Some(match word {
        "eastern" => Zone::American(-300),
        "central" => Zone::American(-360),
        "mountain" => Zone::American(-420),
        "pacific" => Zone::American(-480),
        "paris" | "berlin" | "madrid" | "roma" | "bruxelles" | "amsterdam" | "brussel" | "peninsular" => Zone::European(60),
        "lisboa" | "londres" | "london" => Zone::European(0),
        "brasília" | "brasilia" => Zone::East(-180),
        _ => return None,
    })
}
