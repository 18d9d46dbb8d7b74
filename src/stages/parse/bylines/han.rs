//! Bylines of Chinese papers: 作者：王小明, 本报记者 王小明 李四, (记者 王小明) at the end of the text.

/// In characters: a longer line is prose, and names its author only in brackets at one of its ends.
const LINE_MAX: usize = 40;
/// In characters: what stands in brackets or before a name.
const BRACKETS_MAX: usize = 30;
const AUTHORS_MAX: usize = 12;

/// What an author's name follows behind a colon.
const LABELS: [&str; 9] = ["本文作者", "作者", "撰文", "撰稿", "文", "记者", "記者", "通讯员", "发帖人"];
/// What an author's name follows at once.
const REPORTERS: [&str; 8] = ["实习记者", "特约记者", "记者", "記者", "通讯员", "通訊員", "实习生", "特约撰稿人"];
/// What may follow the last name.
const AFTER: [&str; 11] = ["发自", "發自", "报道", "報道", "報導", "摄影", "供图", "综合", "整理", "撰文", "编译"];
/// What a reporter does, and where: no name begins so.
const VERBS: [&str; 18] =
    ["从", "在", "了解", "获悉", "采访", "看到", "发现", "注意", "昨", "今", "近", "就", "日前", "来到", "走进", "问", "称", "说"];

/// The reporters or authors that a line names; empty where it is anything else.
pub(crate) fn read(line: &str) -> Vec<String> {
    let line = line.trim();
    if !line.chars().any(is_han) {
        return Vec::new();
    }
    let length = line.chars().count();
    if length <= LINE_MAX {
        let bare = line.trim_matches(|c| matches!(c, '(' | ')' | '（' | '）' | '[' | ']' | '【' | '】' | '。'));
        let names = of_line(bare);
        if !names.is_empty() {
            return names;
        }
    }
    // "……发展。（记者 王小明）"
    let end = line.trim_end_matches(|c: char| c.is_whitespace() || matches!(c, ')' | '）' | '】' | ']'));
    let closes = end.len() < line.len();
    if closes && let Some((at, open)) = end.char_indices().rev().take(BRACKETS_MAX).find(|(_, c)| matches!(c, '(' | '（' | '【' | '[')) {
        return of_line(end.get(at + open.len_utf8()..).unwrap_or_default());
    }
    Vec::new()
}

fn of_line(line: &str) -> Vec<String> {
    let labelled = LABELS.iter().find_map(|label| {
        let (before, after) = line.split_once(label)?;
        let is_start = before.is_empty() || before.ends_with(|c: char| !is_han(c));
        let name = after.trim_start().strip_prefix([':', '：'])?;
        is_start.then_some(name)
    });
    if let Some(rest) = labelled {
        let names = names(rest);
        if !names.is_empty() {
            return names;
        }
        // A nickname, up to the next gap.
        let nickname = rest.trim_start().split(|c: char| c.is_whitespace() || matches!(c, '|' | '｜' | '　' | '(' | '（')).next();
        let nickname = nickname.unwrap_or_default().trim_matches(|c: char| !c.is_alphanumeric());
        let is_nickname = (2..=16).contains(&nickname.chars().count()) && nickname.chars().any(char::is_alphabetic);
        return if is_nickname { vec![nickname.to_owned()] } else { Vec::new() };
    }
    let parted = REPORTERS.iter().filter_map(|word| line.split_once(word));
    if let Some((before, after)) = parted.min_by_key(|(before, _)| before.len())
        && before.chars().count() <= BRACKETS_MAX
        && !before.contains(['，', '。', '：', '、'])
    {
        return names(after);
    }
    // "（王小明 上海报道）", "王小明/文"
    match line.split_once(['/', '／', ' ']) {
        Some((name, after)) if is_name(name) && (after == "文" || after.starts_with("文/") || after.ends_with("报道")) => {
            vec![name.to_owned()]
        }
        _ => Vec::new(),
    }
}

/// Names of two to four characters with gaps between them, up to what is none.
fn names(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for piece in text.split(|c: char| c.is_whitespace() || matches!(c, '、' | '，' | ',' | ';' | '；' | '/' | '／' | '|')) {
        if piece.is_empty() {
            continue;
        }
        let piece = ["本报"].iter().chain(&REPORTERS).fold(piece, |piece, word| piece.strip_prefix(word).unwrap_or(piece));
        let cut = AFTER.iter().filter_map(|word| piece.find(word)).min();
        let name = piece.get(..cut.unwrap_or(piece.len())).unwrap_or_default();
        let name = name.trim_matches(|c: char| !c.is_alphanumeric());
        if name.is_empty() && cut.is_none() {
            continue;
        }
        // "王小明 山东冠县报道": behind a name, that is where it was written.
        if !is_name(name) || cut.is_some() && !found.is_empty() {
            break;
        }
        if !found.iter().any(|other| other == name) {
            found.push(name.to_owned());
        }
        if cut.is_some() || found.len() >= AUTHORS_MAX {
            break;
        }
    }
    found
}

fn is_name(name: &str) -> bool {
    (2..=4).contains(&name.chars().count()) && name.chars().all(is_han) && !VERBS.iter().any(|verb| name.starts_with(verb))
}

pub(crate) fn is_han(c: char) -> bool {
    matches!(c, '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(line: &str, expected: &[&str]) {
        assert_eq!(read(line), expected, "{line}");
    }

    #[test]
    fn a_label_names_the_author() {
        check("作者：王小明", &["王小明"]);
        check("来源:转载 作者:王小明", &["王小明"]);
        check("时间：2004年10月21日14:18  作者：王小明", &["王小明"]);
        check("作者: moonboy 阅读(1660)", &["moonboy"]);
        check("文：李四光", &["李四光"]);
    }

    #[test]
    fn reporters_stand_at_the_head_or_the_end() {
        check("本报实习生 王小明 李四光 本报记者 陈大文", &["王小明", "李四光", "陈大文"]);
        check("海潮日报记者 王小明 李四光", &["王小明", "李四光"]);
        check("本报记者王小明发自北京", &["王小明"]);
        check("海潮新闻·海潮商报记者王小明/文受访者供图", &["王小明"]);
        check("海潮报记者 王小明 山东冠县报道", &["王小明"]);
        check("记者 王小明", &["王小明"]);
        check("大桥今天重新开放，行人可以通过，车辆还要等到年底，市长在开放仪式上说。（记者 王小明）", &["王小明"]);
        check("难道不都是利益再分配的过程吗？”（王小明 上海报道）", &["王小明"]);
    }

    #[test]
    fn what_reporters_learn_is_no_name() {
        check("记者从市公安局了解到", &[]);
        check("记者了解到，大桥关闭了", &[]);
        check("记者在现场看到", &[]);
        check("责任编辑：王小明", &[]);
        check("大桥重新开放", &[]);
        check("By Ada Moe", &[]);
    }
}
