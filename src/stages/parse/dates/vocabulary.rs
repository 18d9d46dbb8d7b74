//! The words that dates are written with, in all languages at once.

use std::sync::OnceLock;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::text::lang;

struct Vocabulary {
    /// Month names and their short forms, in small letters, with the month's number.
    months: FxHashMap<String, u32>,
    weekdays: FxHashSet<String>,
    /// Words within a date, and all words of labels.
    passing: FxHashSet<String>,
    /// First words of labels for the last change.
    updates: FxHashSet<String>,
}

/// Languages that have no file here but stand in many papers: Swedish, Danish, Norwegian, Polish, Czech, Russian,
/// Ukrainian, Turkish, Romanian, Finnish, Greek.
const OTHER_MONTHS: [&str; 12] = [
    "januari januar stycznia sty ledna января янв січня ocak ianuarie tammikuuta ιανουαρίου",
    "februari februar lutego lut února февраля фев лютого şubat februarie helmikuuta φεβρουαρίου",
    "mars marts marca března марта мар березня mart martie maaliskuuta μαρτίου",
    "april kwietnia kwi dubna апреля апр квітня nisan aprilie huhtikuuta απριλίου",
    "maj mai maja května мая травня mayıs toukokuuta μαΐου",
    "juni czerwca cze června июня июн червня haziran iunie kesäkuuta ιουνίου",
    "juli lipca lip července июля июл липня temmuz iulie heinäkuuta ιουλίου",
    "augusti august sierpnia sie srpna августа авг серпня ağustos elokuuta αυγούστου",
    "september września wrz září сентября сен вересня eylül septembrie syyskuuta σεπτεμβρίου",
    "oktober października paź října октября окт жовтня ekim octombrie lokakuuta οκτωβρίου",
    "november listopada lis listopadu ноября ноя листопада kasım noiembrie marraskuuta νοεμβρίου",
    "december desember grudnia gru prosince декабря дек грудня aralık decembrie joulukuuta δεκεμβρίου",
];

/// Words around dates in the same languages.
const OTHER_PASSING: &str = "kl klo kello klokken den publicerad publiceret publisert uppdaterad opdateret oppdatert julkaistu päivitetty \
     opublikowano dodano aktualizacja godz opublikováno v в г года ч опубликовано обновлено о року р tarihinde yayınlanma güncelleme saat \
     ora publicat 時 分 秒 发布 发表 星期 周 曜 一 二 三 四 五 六 月 火 水 木 金 土 日 发 布 表 时 间 時 間 發 更 新 公 開 配 信 초 요 화 수 목 금 토 입 력 수 정 등 록 \
     mo di mi do fr sa so";

/// The month of a name, 1 to 12. `name` is in small letters, without its full stop.
pub(super) fn month(name: &str) -> Option<u32> {
    vocabulary().months.get(name).copied()
}

pub(super) fn is_weekday(name: &str) -> bool {
    vocabulary().weekdays.contains(name)
}

/// True for what may stand before, within or after a date without saying more.
pub(super) fn goes_with_a_date(word: &str) -> bool {
    vocabulary().passing.contains(word) || vocabulary().weekdays.contains(word)
}

/// True for the first word of what announces the last change.
pub(super) fn opens_an_update(word: &str) -> bool {
    vocabulary().updates.contains(word)
}

fn vocabulary() -> &'static Vocabulary {
    static READ: OnceLock<Vocabulary> = OnceLock::new();
    READ.get_or_init(|| {
        let mut months = FxHashMap::default();
        let (mut weekdays, mut passing, mut updates) = (FxHashSet::default(), FxHashSet::default(), FxHashSet::default());
        let in_words = |text: &str| -> Vec<String> {
            text.split(|letter: char| !letter.is_alphabetic()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
        };
        let all = lang::codes().map(|code| &lang::of(code).articles);
        for data in all {
            for (number, names) in (1..=12).zip(&data.months) {
                months.extend(names.split_whitespace().map(|name| (name.to_owned(), number)));
            }
            weekdays.extend(in_words(&data.weekdays));
            passing.extend(in_words(&data.date_fillers));
            for label in data.date_labels.iter().chain(&data.update_labels) {
                passing.extend(in_words(label));
            }
            updates.extend(data.update_labels.iter().filter_map(|label| in_words(label).into_iter().next()));
        }
        for (number, names) in (1..=12).zip(OTHER_MONTHS) {
            for name in names.split(' ') {
                months.entry(name.to_owned()).or_insert(number);
            }
        }
        passing.extend(OTHER_PASSING.split_whitespace().map(str::to_owned));
        Vocabulary { months, weekdays, passing, updates }
    })
}
