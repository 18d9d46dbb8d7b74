//! Finds the mail that somebody passed on within their own: the line that says so, the few fields below it, the text.

/// A mail within a mail.
pub struct PassedOn {
    pub title: Option<String>,
    pub author: Option<String>,
    /// As written, which is rarely in a form that can be read.
    pub date: Option<String>,
    pub text: String,
}

/// What mail programs write above a mail that is passed on, without the dashes around it.
const ANNOUNCEMENTS: [&str; 22] = [
    "forwarded message",
    "begin forwarded message",
    "original message",
    "message transféré",
    "début du message transféré",
    "début du message réexpédié",
    "message d'origine",
    "weitergeleitete nachricht",
    "anfang der weitergeleiteten nachricht",
    "ursprüngliche nachricht",
    "mensaje reenviado",
    "inicio del mensaje reenviado",
    "mensaje original",
    "messaggio inoltrato",
    "inizio messaggio inoltrato",
    "messaggio originale",
    "mensagem encaminhada",
    "mensagem original",
    "doorgestuurd bericht",
    "begin doorgestuurd bericht",
    "oorspronkelijk bericht",
    "pesan terusan",
];

const FROM: [&str; 6] = ["from", "de", "von", "da", "van", "dari"];
const SUBJECT: [&str; 10] = ["subject", "objet", "sujet", "betreff", "asunto", "oggetto", "assunto", "onderwerp", "perihal", "subjek"];
const DATE: [&str; 14] = [
    "date",
    "sent",
    "envoyé",
    "datum",
    "gesendet",
    "fecha",
    "enviado",
    "data",
    "inviato",
    "verzonden",
    "tanggal",
    "dikirim",
    "enviada",
    "enviado el",
];
const OTHERS: [&str; 16] = [
    "to",
    "cc",
    "à",
    "an",
    "para",
    "a",
    "aan",
    "kepada",
    "reply-to",
    "bcc",
    "kopie",
    "importance",
    "répondre à",
    "antwort an",
    "antwoord aan",
    "responder a",
];

/// No more lines than this stand above the text of a mail that is passed on.
const FIELD_LINES_MAX: usize = 40;

/// The mail that was passed on last, if this is one: behind the line that says so, or, where the subject says so, behind the
/// first fields, which Outlook sets without any such line.
pub fn find(text: &str, subject: Option<&str>) -> Option<PassedOn> {
    let announced = text.split('\n').position(is_announcement).map(|at| at + 1);
    let unannounced = || subject.filter(|subject| says_passed_on(subject)).and_then(|_| first_fields(text));
    let mut lines = text.split('\n').skip(announced.or_else(unannounced)?);
    let mut found = PassedOn { title: None, author: None, date: None, text: String::new() };
    let mut fields = 0;
    let mut text: Vec<&str> = Vec::new();
    let mut last: Option<Field> = None;
    let mut after_blank = false;
    for line in lines.by_ref().take(FIELD_LINES_MAX) {
        let bare = bare_line(line);
        if bare.is_empty() {
            after_blank = true;
        } else if let Some((field, value)) = field_of(bare) {
            fields += 1;
            found.note(field, value);
            last = Some(field);
            after_blank = false;
        } else if let Some(field) = last.filter(|field| !after_blank || found.awaits(*field)) {
            // A long subject or list of addresses goes on in the next line; in a table the value stands below its name.
            found.note(field, bare);
        } else {
            text.push(line);
            break;
        }
    }
    if fields < 2 {
        return None;
    }
    text.extend(lines);
    let quoted = text.iter().filter(|line| !line.trim().is_empty()).all(|line| line.starts_with('>'));
    let text: Vec<&str> = if quoted { text.into_iter().map(bare_line).collect() } else { text };
    found.text = text.join("\n").trim_matches(['\n', '\r']).to_owned();
    (!found.text.trim().is_empty()).then_some(found)
}

/// Where the fields of a mail begin that stand line by line without a blank one between: who, when, and what about.
fn first_fields(text: &str) -> Option<usize> {
    let mut begun = None;
    let mut met: Vec<Field> = Vec::new();
    for (at, line) in text.split('\n').enumerate() {
        match field_of(bare_line(line)) {
            Some((field, _)) => {
                begun = begun.or(Some(at));
                met.push(field);
            }
            None => (begun, met) = (None, Vec::new()),
        }
        if [Field::From, Field::Date, Field::Subject].iter().all(|field| met.contains(field)) {
            return begun;
        }
    }
    None
}

impl PassedOn {
    fn note(&mut self, field: Field, value: &str) {
        match field {
            Field::Subject => {
                let subject = format!("{} {value}", self.title.take().unwrap_or_default());
                self.title = Some(bare_subject(&subject).to_owned()).filter(|title| !title.is_empty());
            }
            Field::From => self.author = self.author.take().or_else(|| name_of(value)),
            Field::Date if !value.is_empty() => self.date = Some(value.to_owned()),
            Field::Date | Field::Other => {}
        }
    }

    /// True where a field's name was read and its value was not.
    fn awaits(&self, field: Field) -> bool {
        match field {
            Field::Subject => self.title.is_none(),
            Field::From => self.author.is_none(),
            Field::Date => self.date.is_none(),
            Field::Other => false,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Field {
    From,
    Subject,
    Date,
    Other,
}

fn bare_line(line: &str) -> &str {
    line.trim_start_matches(['>', ' ', '\t']).trim_end()
}

fn is_announcement(line: &str) -> bool {
    let bare = bare_line(line).trim_matches(|c: char| c == '-' || c == '_' || c == '*' || c == ':' || c.is_whitespace());
    if bare.is_empty() || bare.len() > 60 {
        return false;
    }
    let bare = bare.to_lowercase().replace('\u{2019}', "'");
    ANNOUNCEMENTS.contains(&bare.as_str())
}

fn field_of(line: &str) -> Option<(Field, &str)> {
    // French puts a blank before the colon; bold fields come with their asterisks.
    let (name, value) = line.split_once(':')?;
    let name = name.trim_matches(['*', ' ', '\u{a0}']).to_lowercase();
    let field = match name.as_str() {
        name if FROM.contains(&name) => Field::From,
        name if SUBJECT.contains(&name) => Field::Subject,
        name if DATE.contains(&name) => Field::Date,
        name if OTHERS.contains(&name) => Field::Other,
        _ => return None,
    };
    Some((field, value.trim_matches(['*', ' ', '\u{a0}'])))
}

fn name_of(value: &str) -> Option<String> {
    let name = value.split(['<', '[']).next().unwrap_or_default().trim().trim_matches(['"', '\'']);
    (!name.is_empty() && !name.contains('@')).then(|| name.to_owned())
}

/// True for "Fwd: ...", "WG: ...", "TR: ...".
fn says_passed_on(subject: &str) -> bool {
    const PREFIXES: [&str; 9] = ["fwd:", "fw:", "wg:", "tr:", "rv:", "enc:", "i:", "doorst:", "fwd :"];
    let subject = subject.trim();
    PREFIXES.iter().any(|prefix| subject.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
}

/// A subject without what says that it was passed on or answered.
pub fn bare_subject(subject: &str) -> &str {
    const PREFIXES: [&str; 12] = ["fwd:", "fw:", "re:", "wg:", "aw:", "tr:", "rv:", "enc:", "i:", "doorst:", "rif:", "fwd :"];
    let mut bare = subject.trim();
    while let Some(prefix) = PREFIXES.iter().find(|prefix| bare.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)))
    {
        bare = bare.get(prefix.len()..).unwrap_or_default().trim_start();
    }
    bare
}
