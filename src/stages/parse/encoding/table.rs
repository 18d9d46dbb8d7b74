//! Every encoding that copy comes in, declared in every place where it is, declared nowhere, and declared wrongly.

use super::tests::{CHINESE, FRENCH, GREEK, GUESSED, JAPANESE, KOREAN, POLISH, RUSSIAN, TAIWANESE, encoded, wide};
use super::*;
use encoding_rs::*;

const TURKISH: &str =
    "Belediye başkanı köprünün mayısta yeniden açılacağını söyledi. Şehir sakinleri dokuz yıldır bunu bekliyordu; çoğu için güzel bir gün.";
const HEBREW: &str = "ראש העיר אמר ביום שני כי הגשר ייפתח מחדש במאי. התושבים חיכו לכך תשע שנים ולא הסתירו את שמחתם.";
const ARABIC: &str = "قال رئيس البلدية يوم الاثنين إن الجسر سيفتح من جديد في مايو. انتظر السكان هذا اليوم تسع سنوات وكانت فرحتهم كبيرة.";
const LATVIAN: &str = "Mērs pirmdien sacīja, ka tilts pār upi atkal tiks atvērts maijā. Iedzīvotāji to gaidījuši deviņus gadus un neslēpa prieku par šo ziņu.";
const VIETNAMESE: &str = "Thị trưởng nói cây cầu sẽ mở lại vào tháng năm.";
const THAI: &str = "นายกเทศมนตรีกล่าวเมื่อวันจันทร์ว่าสะพานจะเปิดอีกครั้งในเดือนพฤษภาคม ชาวเมืองรอคอยมาเก้าปี";
const UKRAINIAN: &str = "Мер сказав, що міст через річку відкриють у травні. Мешканці чекали на це дев'ять років і не приховували радості.";

/// One encoding: what is written in it, the labels that declare it, how records name it, and how it is named where it is
/// declared nowhere (None: its bytes alone do not tell it).
struct Row {
    text: &'static str,
    encoding: &'static Encoding,
    labels: &'static [&'static str],
    name: &'static str,
    guessed: Option<&'static str>,
}

const fn row(
    text: &'static str,
    encoding: &'static Encoding,
    labels: &'static [&'static str],
    name: &'static str,
    guessed: Option<&'static str>,
) -> Row {
    Row { text, encoding, labels, name, guessed }
}

#[rustfmt::skip]
fn rows() -> Vec<Row> {
    vec![
        row(FRENCH, WINDOWS_1252, &["windows-1252", "iso-8859-1", "latin1", "ISO_8859-1", "us-ascii", "cp1252"], "windows-1252", Some("windows-1252")),
        row(POLISH, WINDOWS_1250, &["windows-1250", "cp1250"], "windows-1250", Some("windows-1250")),
        row(POLISH, ISO_8859_2, &["iso-8859-2", "latin2"], "iso-8859-2", Some("iso-8859-2")),
        row(RUSSIAN, WINDOWS_1251, &["windows-1251", "cp1251"], "windows-1251", Some("windows-1251")),
        row(RUSSIAN, KOI8_R, &["koi8-r", "KOI8"], "koi8-r", Some("koi8-u")),
        row(UKRAINIAN, KOI8_U, &["koi8-u"], "koi8-u", Some("koi8-u")),
        row(RUSSIAN, IBM866, &["ibm866", "cp866"], "ibm866", Some("ibm866")),
        row(RUSSIAN, ISO_8859_5, &["iso-8859-5"], "iso-8859-5", Some("iso-8859-5")),
        row(GREEK, WINDOWS_1253, &["windows-1253", "cp1253"], "windows-1253", Some("windows-1253")),
        row(TURKISH, WINDOWS_1254, &["windows-1254", "iso-8859-9"], "windows-1254", Some("windows-1254")),
        row(HEBREW, WINDOWS_1255, &["windows-1255"], "windows-1255", Some("windows-1255")),
        row(ARABIC, WINDOWS_1256, &["windows-1256"], "windows-1256", Some("windows-1256")),
        row(LATVIAN, WINDOWS_1257, &["windows-1257"], "windows-1257", Some("windows-1257")),
        row(THAI, WINDOWS_874, &["windows-874", "tis-620"], "windows-874", Some("windows-874")),
        row(CHINESE, GBK, &["gbk", "gb2312", "x-gbk"], "gbk", Some("gbk")),
        row(CHINESE, GB18030, &["gb18030"], "gb18030", Some("gbk")),
        row(TAIWANESE, BIG5, &["big5", "big5-hkscs"], "big5", Some("big5")),
        row(JAPANESE, SHIFT_JIS, &["shift_jis", "sjis", "windows-31j"], "shift_jis", Some("shift_jis")),
        row(JAPANESE, EUC_JP, &["euc-jp", "x-euc-jp"], "euc-jp", Some("euc-jp")),
        row(JAPANESE, ISO_2022_JP, &["iso-2022-jp"], "iso-2022-jp", Some("iso-2022-jp")),
        row(KOREAN, EUC_KR, &["euc-kr", "ks_c_5601-1987"], "euc-kr", Some("euc-kr")),
    ]
}

type Write = fn(&str, &str) -> String;

/// Where a page may declare its encoding.
const PAGES: [(&str, Write); 9] = [
    ("meta charset", |label, text| format!("<!doctype html><meta charset=\"{label}\"><p>{text}</p>")),
    ("bare value, capitals", |label, text| format!("<HTML><HEAD><META CHARSET={label} /></HEAD><BODY>{text}")),
    ("spaces", |label, text| format!("<head><meta\n charset = ' {label} ' ></head><p>{text}")),
    ("http-equiv", |label, text| format!("<meta http-equiv=\"Content-Type\" content=\"text/html; charset={label}\"><p>{text}</p>")),
    ("http-equiv turned round", |label, text| {
        format!("<meta content='text/html;charset={label}' http-equiv='content-type'/><p>{text}</p>")
    }),
    ("XML declaration", |label, text| format!("<?xml version=\"1.0\" encoding=\"{label}\"?><html><body><p>{text}</p></body></html>")),
    ("behind the title", |label, text| format!("<head><title>{text}</title><meta charset={label}></head><p>{text}</p>")),
    ("after 1,024 bytes", |label, text| {
        let links = "<link rel=stylesheet href=\"/assets/site.css\">".repeat(40);
        format!("<head>{links}<meta charset=\"{label}\"></head><body><p>{text}</p>")
    }),
    ("after 40,000 bytes of script", |label, text| {
        let script = "if (a<b) document.write('<b>');".repeat(1300);
        format!("<head><script>{script}</script><meta charset=\"{label}\"></head><body><p>{text}</p>")
    }),
];

/// Collects what is wrong, so that a change that breaks one row shows which others it breaks.
#[derive(Default)]
struct Table {
    wrong: Vec<String>,
}

impl Table {
    fn check(&mut self, case: &str, bytes: Vec<u8>, format: Format, expected: (&str, &str, &[Warning])) {
        self.check_served(case, bytes, format, None, expected);
    }

    /// `served` is what HTTP's header says.
    fn check_served(&mut self, case: &str, bytes: Vec<u8>, format: Format, served: Option<&str>, expected: (&str, &str, &[Warning])) {
        let found = decode(bytes, format, served);
        let is_right =
            found.as_ref().is_ok_and(|decoded| (decoded.encoding, decoded.text.as_str(), decoded.warnings.as_slice()) == expected);
        if !is_right {
            let found = found.map(|decoded| (decoded.encoding, decoded.warnings, decoded.text.chars().take(120).collect::<String>()));
            self.wrong.push(format!("{case}: {found:?}"));
        }
    }

    #[track_caller]
    fn end(self) {
        assert!(self.wrong.is_empty(), "{} rows are wrong:\n{}", self.wrong.len(), self.wrong.join("\n"));
    }
}

#[test]
fn declared() {
    let mut table = Table::default();
    for Row { text, encoding, labels, name, .. } in rows() {
        for label in labels {
            for (place, page) in PAGES {
                let page = page(label, text);
                table.check(&format!("{label}, {place}"), encoded(&page, encoding), Format::Html, (name, &page, &[]));
            }
            let letter = format!("Subject: x\nContent-Type: text/plain; charset=\"{label}\"\n\n{text}");
            table.check(&format!("{label}, header of a text"), encoded(&letter, encoding), Format::Text, (name, &letter, &[]));
        }
    }
    table.end();
}

#[test]
fn undeclared() {
    let mut table = Table::default();
    for Row { text, encoding, guessed, name, .. } in rows() {
        let Some(guessed) = guessed else { continue };
        table.check(&format!("{name}, text"), encoded(text, encoding), Format::Text, (guessed, text, GUESSED));
        let page = format!("<html><head><title>{text}</title></head><body><div class=\"story\"><p>{text}</p></div></body></html>");
        table.check(&format!("{name}, page"), encoded(&page, encoding), Format::Html, (guessed, &page, GUESSED));
    }
    table.end();
}

#[test]
fn utf_8_beats_every_declaration() {
    let mut table = Table::default();
    for Row { text, labels, .. } in rows() {
        for label in labels.iter().chain(&["utf-16", "utf-16be", "x-user-defined", "unicode-1-1-utf-8", "no-such-thing"]) {
            for (place, page) in PAGES {
                let page = page(label, text);
                table.check(&format!("UTF-8 as {label}, {place}"), page.clone().into_bytes(), Format::Html, ("utf-8", &page, &[]));
            }
        }
    }
    for text in [VIETNAMESE, THAI, CHINESE] {
        let page = format!("<meta charset=iso-8859-1><p>{text}</p>");
        table.check("UTF-8 as latin-1", page.clone().into_bytes(), Format::Html, ("utf-8", &page, &[]));
    }
    table.end();
}

/// What is not in UTF-8 and says so is told from its bytes.
#[test]
fn utf_8_declared_for_another_encoding() {
    let mut table = Table::default();
    for Row { text, encoding, guessed, name, .. } in rows() {
        let Some(guessed) = guessed else { continue };
        for label in ["utf-8", "UTF8", "utf-16", "no-such-thing", ""] {
            for (place, page) in PAGES {
                if place == "bare value, capitals" && label.is_empty() {
                    continue;
                }
                let page = page(label, text);
                table.check(&format!("{name} as {label}, {place}"), encoded(&page, encoding), Format::Html, (guessed, &page, GUESSED));
            }
        }
    }
    table.end();
}

/// Servers and templates declare latin-1 for whatever is in them.
#[test]
fn latin_1_declared_for_another_script() {
    let mut table = Table::default();
    for Row { text, encoding, guessed, name, .. } in rows() {
        let is_western = [WINDOWS_1252, WINDOWS_1250, ISO_8859_2, WINDOWS_1254, WINDOWS_1257].contains(&encoding);
        let (Some(guessed), false) = (guessed, is_western) else { continue };
        let page = format!("<meta charset=iso-8859-1><p>{text}</p><p>{text}</p>");
        table.check(&format!("{name} as latin-1"), encoded(&page, encoding), Format::Html, (guessed, &page, GUESSED));
    }
    table.end();
}

/// One of the East Asian encodings declared for another: bytes that do not fit are told.
#[test]
fn one_of_many_bytes_declared_for_another() {
    let mut table = Table::default();
    for (text, encoding, name, label) in [
        (JAPANESE, SHIFT_JIS, "shift_jis", "euc-jp"),
        (JAPANESE, EUC_JP, "euc-jp", "shift_jis"),
        (TAIWANESE, BIG5, "big5", "euc-kr"),
        (KOREAN, EUC_KR, "euc-kr", "shift_jis"),
        (CHINESE, GBK, "gbk", "euc-kr"),
        (JAPANESE, SHIFT_JIS, "shift_jis", "gb2312"),
    ] {
        let page = format!("<meta charset={label}><p>{text}</p><p>{text}</p>");
        table.check(&format!("{name} as {label}"), encoded(&page, encoding), Format::Html, (name, &page, GUESSED));
    }
    table.end();
}

#[test]
fn marked() {
    let mut table = Table::default();
    for text in [FRENCH, RUSSIAN, CHINESE, JAPANESE, KOREAN, ARABIC, THAI] {
        let page = format!("<meta charset=\"iso-8859-1\"><p>{text}</p>");
        let marked = format!("\u{FEFF}{page}");
        table.check("UTF-8 with mark", marked.clone().into_bytes(), Format::Html, ("utf-8", &page, &[]));
        table.check("UTF-16LE with mark", wide(&marked, true), Format::Html, ("utf-16le", &page, &[]));
        table.check("UTF-16BE with mark", wide(&marked, false), Format::Html, ("utf-16be", &page, &[]));
        table.check("UTF-16LE without mark", wide(&page, true), Format::Html, ("utf-16le", &page, GUESSED));
        table.check("UTF-16BE without mark", wide(&page, false), Format::Html, ("utf-16be", &page, GUESSED));
        let twice = format!("{text}\n\n{text}");
        table.check("UTF-16LE text", wide(&twice, true), Format::Text, ("utf-16le", &twice, GUESSED));
        table.check("UTF-16BE text", wide(&twice, false), Format::Text, ("utf-16be", &twice, GUESSED));
    }
    table.end();
}

/// What is beyond a double-byte set, and the letters that only windows-1252 has where latin-1 is claimed.
#[test]
fn letters_at_the_edge_of_a_set() {
    let mut table = Table::default();
    let page = "<meta charset=gb2312><p>镕基、喆、龘：他们星期一表示，大桥将于五月重新开放。</p>";
    table.check("GBK beyond GB2312", encoded(page, GBK), Format::Html, ("gbk", page, &[]));
    let page = "<meta charset=gb18030><p>𠀀𪚥：市长星期一表示，大桥将于五月重新开放。</p>";
    table.check("GB18030 in four bytes", encoded(page, GB18030), Format::Html, ("gb18030", page, &[]));
    let page = "<meta charset=gb2312><p>𠀀𪚥：市长星期一表示，大桥将于五月重新开放。</p>";
    table.check("GB18030 declared as GB2312", encoded(page, GB18030), Format::Html, ("gbk", page, &[]));
    let page = "<meta charset=iso-8859-1><p>“It costs €3” – said the mayor’s office… Œuvre ™</p>";
    table.check("windows-1252 as latin-1", encoded(page, WINDOWS_1252), Format::Html, ("windows-1252", page, &[]));
    let page = "<meta charset=shift_jis><p>①髙﨑市長は月曜日、橋が五月に再開すると述べた。</p>";
    table.check("letters of Windows in Shift-JIS", encoded(page, SHIFT_JIS), Format::Html, ("shift_jis", page, &[]));
    let page = "<meta charset=ks_c_5601-1987><p>똠방각하 펲시콜라: 시장은 월요일 다리가 오월에 다시 열린다고 말했다.</p>";
    table.check("letters of Windows in EUC-KR", encoded(page, EUC_KR), Format::Html, ("euc-kr", page, &[]));
    table.end();
}

/// What a web archive has in the header of its response.
#[test]
fn declared_by_the_server() {
    let mut table = Table::default();
    for Row { text, encoding, labels, name, .. } in rows() {
        let page = format!("<title>{text}</title><p>{text}</p>");
        let latin = format!("<meta charset=iso-8859-1>{page}");
        for label in labels {
            table.check_served(&format!("served as {label}"), encoded(&page, encoding), Format::Html, Some(label), (name, &page, &[]));
            table.check_served(&format!("served as {label}"), encoded(text, encoding), Format::Text, Some(label), (name, text, &[]));
            let served = format!("served as {label}, itself latin-1");
            table.check_served(&served, encoded(&latin, encoding), Format::Html, Some(label), (name, &latin, &[]));
            table.check_served(&format!("UTF-8 served as {label}"), page.clone().into(), Format::Html, Some(label), ("utf-8", &page, &[]));
            let declared = format!("<meta charset=\"{label}\">{page}");
            for served in ["iso-8859-1", "utf-8", "no-such-thing"] {
                let case = format!("{label} served as {served}");
                table.check_served(&case, encoded(&declared, encoding), Format::Html, Some(served), (name, &declared, &[]));
            }
        }
    }
    table.end();
}

/// Russian letters were long sent in one encoding under the name of another.
#[test]
fn one_of_russian_declared_for_another() {
    let mut table = Table::default();
    let of_russian = [(WINDOWS_1251, "windows-1251"), (KOI8_R, "koi8-u"), (IBM866, "ibm866"), (ISO_8859_5, "iso-8859-5")];
    for (encoding, name) in of_russian {
        for (other, label) in of_russian {
            let page = format!("<meta charset={label}><p>{RUSSIAN}</p><p>{RUSSIAN}</p>");
            if other != encoding {
                table.check(&format!("{name} as {label}"), encoded(&page, encoding), Format::Html, (name, &page, GUESSED));
            }
        }
    }
    table.end();
}

/// Writing that is rare is no misreading.
#[test]
fn rare_writing_is_believed() {
    let mut table = Table::default();
    for (text, encoding, name) in [
        ("這個國家的鐵路將於五月重新開通，居民們說這是個好消息，他們等了九年。", GBK, "gbk"),
        ("市長은 月曜日 橋梁이 五月에 다시 열린다고 말했다. 주민들은 이날을 구 년 동안 기다려 왔다고 했다.", EUC_KR, "euc-kr"),
        ("ÉTÉ À L’ÎLE D’OLÉRON : LA « FÊTE DÉSŒUVRÉE » S’ACHÈVE À L’AUBE", WINDOWS_1252, "windows-1252"),
        (
            "Það er ekki ljóst hvort brúin verði opnuð á ný í maí, sagði bæjarstjórinn á fundi í gær. Æðið þæði að læðast.",
            WINDOWS_1252,
            "windows-1252",
        ),
        ("Кметът каза в понеделник, че мостът ще бъде отворен през май. Жителите чакаха девет години.", WINDOWS_1251, "windows-1251"),
        (
            "Градоначелник је у понедељак рекао да ће мост бити поново отворен у мају. Људи су чекали девет година.",
            WINDOWS_1251,
            "windows-1251",
        ),
        ("Мост откроют. ВСЕ ЗА МОСТ: лозунг дня, ЖИТЕЛИ ЖДАЛИ ДЕВЯТЬ ЛЕТ", KOI8_R, "koi8-r"),
        ("½ l Milch, ¼ Ei, ¾ Tasse: 3 × 2 ± 1 ÷ ¹²³", WINDOWS_1252, "windows-1252"),
        ("ﾆｭｰｽ：市長は月曜日、橋が五月に再開すると述べた。住民たちはこの日を九年間待っていた。", SHIFT_JIS, "shift_jis"),
        ("龜鱉讖緯，巉巖嵯峨；魑魅魍魎，饕餮貔貅。市長說大橋將於五月重開，居民們等了九年。", BIG5, "big5"),
        ("Das kostet 3 € - «viel zu viel», sagt die Bürgermeisterin.", ISO_8859_15, "iso-8859-15"),
    ] {
        let page = format!("<meta charset={}><p>{text}</p>", encoding.name());
        table.check(name, encoded(&page, encoding), Format::Html, (name, &page, &[]));
    }
    table.end();
}
