//! Copy as agencies and desks send it, in eight languages: what goes into the record, and what is left as text.

use copydesk::model::{CleanArticle, Format, RawDocument};
use copydesk::stages::{self, clean, parse};

fn read(copy: &str, format: Format) -> CleanArticle {
    let options = stages::Options::default();
    let parsed = parse::parse(RawDocument::new(copy.as_bytes().to_vec(), format), &options.parse).expect("copy parses");
    clean::clean(parsed, &options.clean).expect("copy is cleaned")
}

/// The fields that a record shows, one a line.
fn fields(article: &CleanArticle) -> String {
    let metadata = &article.metadata;
    let dateline = metadata.dateline.as_ref().map(|dateline| {
        let parts = [Some(&dateline.place), dateline.date.as_ref(), dateline.agency.as_ref()];
        parts.map(|part| part.map_or("", String::as_str)).join(" / ")
    });
    let one = [
        ("title", metadata.title.clone()),
        ("subtitle", metadata.subtitle.clone()),
        ("section", metadata.section.clone()),
        ("site", metadata.site.clone()),
        ("published", metadata.published.clone()),
        ("updated", metadata.updated.clone()),
        ("dateline", dateline),
    ];
    let mut lines: Vec<String> = one.into_iter().filter_map(|(name, value)| Some(format!("{name}: {}", value?))).collect();
    lines.extend(metadata.authors.iter().map(|author| format!("by: {author}")));
    lines.extend(metadata.tags.iter().map(|tag| format!("tag: {tag}")));
    lines.join("\n")
}

/// The copy, then what is known of it, then its text; parted by lines of equals signs.
#[track_caller]
fn check(sample: &str) {
    let mut parts = sample.split("\n====\n");
    let (copy, known, text) = (parts.next().unwrap(), parts.next().unwrap(), parts.next().unwrap());
    for copy in [copy.to_owned(), copy.replace('\n', "\r\n"), format!("\u{FEFF}{copy}\n\n\n")] {
        let article = read(&copy, Format::Text);
        assert_eq!(fields(&article).trim(), known.trim(), "of\n{copy}");
        assert_eq!(article.text, text.trim(), "of\n{copy}");
    }
}

#[test]
fn an_english_wire_story_with_everything() {
    check("\
BC-HARBOUR-FERRY/
Night ferry to return after nine years, board says
By Tamsin Oakhurst and Gwen Tarrick
PELLMOUTH, March 3 (Reuters) - The night ferry between Pellmouth and Carrow Island will sail again from May, the harbour board said on Monday.

\"We have waited nine years for this,\" said Ada Moe, who chairs the board.

The ferry will run six nights a week.

(Reporting by Tamsin Oakhurst in Pellmouth and Gwen Tarrick in Carrow; Editing by Bo Lund)
====
title: Night ferry to return after nine years, board says
dateline: PELLMOUTH / March 3 / Reuters
by: Tamsin Oakhurst
by: Gwen Tarrick
====
The night ferry between Pellmouth and Carrow Island will sail again from May, the harbour board said on Monday.

\"We have waited nine years for this,\" said Ada Moe, who chairs the board.

The ferry will run six nights a week.");
}

#[test]
fn an_update_with_bullets() {
    check(
        "\
UPDATE 2-Night ferry to return after nine years

* Service to run six nights a week
* Fares to rise by 2 percent

(Adds quotes, background)

By Tamsin Oakhurst

PELLMOUTH, March 3 (Reuters) - The night ferry will sail again from May, the harbour board said on Monday.

It will run six nights a week until October, the board said in a statement.

(Reporting by Tamsin Oakhurst; editing by Bo Lund)

((tamsin.oakhurst@tide.example; +44 20 7946 0000;))
====
title: UPDATE 2-Night ferry to return after nine years
dateline: PELLMOUTH / March 3 / Reuters
by: Tamsin Oakhurst
====
* Service to run six nights a week
* Fares to rise by 2 percent

The night ferry will sail again from May, the harbour board said on Monday.

It will run six nights a week until October, the board said in a statement.",
    );
}

#[test]
fn pages_that_were_torn_from_a_printer() {
    check(
        "\
AM-Ferry-Returns,1st Ld-Writethru,0310
Night ferry returns
Eds: ADDS quotes, details.
By TAMSIN OAKHURST
Associated Press
PELLMOUTH (AP) — The night ferry to Carrow Island will sail again from
May, the harbour board said Monday.
    \"It changes everything,\" said Ada Moe.
-more-

Ferry -- take 2

Islanders have waited nine years.
    They were left with one boat a week.
-30-
====
title: Night ferry returns
dateline: PELLMOUTH /  / AP
by: Tamsin Oakhurst
====
The night ferry to Carrow Island will sail again from May, the harbour board said Monday.

\"It changes everything,\" said Ada Moe.

Islanders have waited nine years.

They were left with one boat a week.",
    );
}

#[test]
fn a_press_release_with_an_embargo() {
    check("\
EMBARGOED UNTIL 00:01 GMT, MONDAY 4 MARCH 2024

PRESS RELEASE

Harbour board brings back night ferry

PELLMOUTH, March 4, 2024 /PRNewswire/ -- The Pellmouth Harbour Board today said that the night ferry to Carrow Island will sail again from May.

\"We are proud of it,\" said Ada Moe, chair of the board.

ENDS

Notes to editors
The board was founded in 1871.

Media contact:
Bo Lund, 020 7946 0000, press@harbour.example
====
title: Harbour board brings back night ferry
published: 2024-03-04
dateline: PELLMOUTH / March 4, 2024 / PRNewswire
====
The Pellmouth Harbour Board today said that the night ferry to Carrow Island will sail again from May.

\"We are proud of it,\" said Ada Moe, chair of the board.");
}

#[test]
fn a_story_as_a_letter() {
    check(
        "\
From: Tamsin Oakhurst <tamsin@tide.example>
To: Newsdesk <desk@tide.example>
Subject: Night ferry returns after nine years
Date: Sun, 3 Mar 2024 14:05:00 +0000
X-Priority: 3
Content-Type: text/plain; charset=utf-8

PELLMOUTH - The night ferry will sail again from May, the harbour board said on Sunday.

It will run six nights a week.
====
title: Night ferry returns after nine years
published: 2024-03-03T14:05:00+00:00
dateline: PELLMOUTH /  / 
by: Tamsin Oakhurst
====
The night ferry will sail again from May, the harbour board said on Sunday.

It will run six nights a week.",
    );
}

#[test]
fn a_correction_is_news_and_stays() {
    check(
        "\
(Corrects name of island in paragraph 2)

Night ferry returns

By Tamsin Oakhurst

PELLMOUTH, March 3 (Reuters) - The night ferry will sail again from May.

It goes to Carrow Island, the board said.

(This March 3 story has been corrected to say Carrow, not Carron, in paragraph 2)
====
title: Night ferry returns
dateline: PELLMOUTH / March 3 / Reuters
by: Tamsin Oakhurst
====
The night ferry will sail again from May.

It goes to Carrow Island, the board said.

(This March 3 story has been corrected to say Carrow, not Carron, in paragraph 2)",
    );
}

#[test]
fn tables_of_sport_keep_their_words_and_their_rows_part() {
    check(
        "\
Soccer-Island league results and standings

March 3 (Reuters) - Results and standings from the Island League on Sunday.

Sunday, March 3
Carrow Rovers      2  Pellmouth Town   1
Leith Athletic     0  St Avel United   0

                   P   W   D   L   F   A  Pts
 1 Carrow Rovers  26  18   5   3  55  20   59
 2 Leith Athletic 26  15   7   4  41  22   52
 3 St Avel United 26  14   6   6  39  28   48
====
title: Soccer-Island league results and standings
====
March 3 (Reuters) - Results and standings from the Island League on Sunday.

Sunday, March 3

Carrow Rovers 2 Pellmouth Town 1

Leith Athletic 0 St Avel United 0

P W D L F A Pts

1 Carrow Rovers 26 18 5 3 55 20 59

2 Leith Athletic 26 15 7 4 41 22 52

3 St Avel United 26 14 6 6 39 28 48",
    );
}

#[test]
fn a_french_wire_story() {
    check(
        "\
URGENT
ferry-transports-îles

Le ferry de nuit revient après neuf ans

Par Mireille CASTAGNOU

SAINT-AVEL, 3 mars 2024 (AFP) - Le ferry de nuit entre Saint-Avel et l'île de Carrou reprendra en mai, a annoncé dimanche la régie du port.

\"Nous avons attendu neuf ans\", a déclaré sa présidente, Zoé Roy.

mc/yl/swi
====
title: Le ferry de nuit revient après neuf ans
published: 2024-03-03
dateline: SAINT-AVEL / 3 mars 2024 / AFP
by: Mireille Castagnou
====
Le ferry de nuit entre Saint-Avel et l'île de Carrou reprendra en mai, a annoncé dimanche la régie du port.

\"Nous avons attendu neuf ans\", a déclaré sa présidente, Zoé Roy.",
    );
}

#[test]
fn a_french_story_with_its_notes() {
    check(
        "\
SOUS EMBARGO JUSQU'AU LUNDI 4 MARS À 6H00
Saint-Avel : le ferry de nuit revient
(PAPIER GENERAL)

Saint-Avel, 3 mars (AFP) - Le ferry de nuit reprendra en mai, a annoncé la régie du port dimanche.

Il circulera six nuits par semaine.

(Reportage de Mireille Castagnou, édité par Yannig Le Dréau)

FIN
====
title: Saint-Avel : le ferry de nuit revient
dateline: Saint-Avel / 3 mars / AFP
by: Mireille Castagnou
====
Le ferry de nuit reprendra en mai, a annoncé la régie du port dimanche.

Il circulera six nuits par semaine.",
    );
}

#[test]
fn a_french_communique() {
    check(
        "\
COMMUNIQUÉ DE PRESSE
Pour diffusion immédiate

La régie du port relance le ferry de nuit

Saint-Avel, le 3 mars 2024 – La régie du port de Saint-Avel annonce le retour du ferry de nuit en mai.

« C'est une grande joie », déclare Zoé Roy, présidente de la régie.

- FIN -

Contact presse : Yannig Le Dréau, 01 99 00 00 00
====
title: La régie du port relance le ferry de nuit
published: 2024-03-03
dateline: Saint-Avel / le 3 mars 2024 / 
====
La régie du port de Saint-Avel annonce le retour du ferry de nuit en mai.

« C'est une grande joie », déclare Zoé Roy, présidente de la régie.",
    );
}

#[test]
fn a_german_wire_story() {
    check(
        "\
Eil
Verkehr/Inseln/
Nachtfähre fährt nach neun Jahren wieder =

Von Käthe Brückner, dpa

Husum (dpa) - Die Nachtfähre zwischen Husum und der Insel Karr fährt ab Mai wieder. Das teilte der Hafenverband am Montag mit.

«Wir haben neun Jahre gewartet», sagte die Vorsitzende Ada Moe.

dpa kb yyno n1 bl
====
title: Nachtfähre fährt nach neun Jahren wieder
dateline: Husum /  / dpa
by: Käthe Brückner
====
Die Nachtfähre zwischen Husum und der Insel Karr fährt ab Mai wieder. Das teilte der Hafenverband am Montag mit.

«Wir haben neun Jahre gewartet», sagte die Vorsitzende Ada Moe.",
    );
}

#[test]
fn a_german_story_with_a_lock() {
    check(
        "\
Sperrfrist: Montag, 4. März 2024, 6.00 Uhr

Nachtfähre kehrt zurück
Neun Jahre haben die Insulaner gewartet

HUSUM, 3. März (Reuters) - Die Nachtfähre fährt ab Mai wieder, wie der Hafenverband am Sonntag mitteilte.

Sie verkehrt sechsmal in der Woche.

(Bericht von Käthe Brückner, redigiert von Bo Lund. Bei Rückfragen wenden Sie sich bitte an die Redaktion)
====
title: Nachtfähre kehrt zurück
subtitle: Neun Jahre haben die Insulaner gewartet
dateline: HUSUM / 3. März / Reuters
by: Käthe Brückner
====
Die Nachtfähre fährt ab Mai wieder, wie der Hafenverband am Sonntag mitteilte.

Sie verkehrt sechsmal in der Woche.",
    );
}

#[test]
fn a_german_story_with_dates_and_byline() {
    check(
        "\
+++ EILMELDUNG +++
Ressort: Verkehr
Schlagwörter: Fähre, Hafen
Nachtfähre kehrt zurück
Von Käthe Brückner und Jens Ohm
Stand: 3. März 2024, 14.05 Uhr

Die Nachtfähre fährt ab Mai wieder, teilte der Hafenverband mit. Sie verkehrt sechsmal in der Woche.
(kb/jo)
====
title: Nachtfähre kehrt zurück
section: Verkehr
published: 2024-03-03
by: Käthe Brückner
by: Jens Ohm
tag: Fähre
tag: Hafen
====
Die Nachtfähre fährt ab Mai wieder, teilte der Hafenverband mit. Sie verkehrt sechsmal in der Woche.",
    );
}

#[test]
fn a_spanish_wire_story() {
    check("\
FERRY NOCTURNO

El ferry nocturno vuelve tras nueve años

Por Amparo Rebolledo

Santa Avela, 3 mar (EFE).- El ferry nocturno entre Santa Avela y la isla de Carro volverá a navegar en mayo, anunció este lunes la junta del puerto.

\"Hemos esperado nueve años\", dijo su presidenta, Ada Moe. EFE

ar/bl

(foto)
====
title: El ferry nocturno vuelve tras nueve años
dateline: Santa Avela / 3 mar / EFE
by: Amparo Rebolledo
====
El ferry nocturno entre Santa Avela y la isla de Carro volverá a navegar en mayo, anunció este lunes la junta del puerto.

\"Hemos esperado nueve años\", dijo su presidenta, Ada Moe.");
}

#[test]
fn a_spanish_story_from_a_paper() {
    check(
        "\
ÚLTIMA HORA
El ferry nocturno vuelve tras nueve años
La junta del puerto anuncia seis viajes por semana
AMPARO REBOLLEDO
Santa Avela - 3 de marzo de 2024

El ferry nocturno volverá a navegar en mayo, anunció la junta del puerto. La isla llevaba nueve años sin él.

(Información de Amparo Rebolledo; editado por Bo Lund)
====
title: El ferry nocturno vuelve tras nueve años
subtitle: La junta del puerto anuncia seis viajes por semana
published: 2024-03-03
by: Amparo Rebolledo
====
El ferry nocturno volverá a navegar en mayo, anunció la junta del puerto. La isla llevaba nueve años sin él.",
    );
}

#[test]
fn an_italian_wire_story() {
    check("\
++ Torna dopo nove anni il traghetto notturno ++

(ANSA) - SANT'AVELO, 03 MAR - Il traghetto notturno tra Sant'Avelo e l'isola di Carro torna a navigare a maggio, ha annunciato l'autorità portuale.

\"Abbiamo aspettato nove anni\", ha detto la presidente Ada Moe. (ANSA).
====
title: Torna dopo nove anni il traghetto notturno
dateline: SANT'AVELO / 03 MAR / ANSA
by: ANSA
====
Il traghetto notturno tra Sant'Avelo e l'isola di Carro torna a navigare a maggio, ha annunciato l'autorità portuale.

\"Abbiamo aspettato nove anni\", ha detto la presidente Ada Moe.");
}

#[test]
fn an_italian_story_in_takes() {
    check(
        "\
TRAGHETTO: TORNA DOPO NOVE ANNI
di Chiara Bellini

Roma, 3 mar. (askanews) - Il traghetto notturno torna a navigare a maggio, ha annunciato l'autorità portuale.

(segue)

Sei corse a settimana fino a ottobre, si legge in una nota.

(Servizio di Chiara Bellini)
====
title: TRAGHETTO: TORNA DOPO NOVE ANNI
dateline: Roma / 3 mar. / askanews
by: Chiara Bellini
====
Il traghetto notturno torna a navigare a maggio, ha annunciato l'autorità portuale.

Sei corse a settimana fino a ottobre, si legge in una nota.",
    );
}

#[test]
fn a_portuguese_wire_story() {
    check("\
Ferry noturno regressa após nove anos

*** Serviço áudio e vídeo disponível em www.agencia.example ***

Santa Avela, 03 mar 2024 (Lusa) – O ferry noturno entre Santa Avela e a ilha de Carro volta a navegar em maio, anunciou hoje a junta do porto.

“Esperámos nove anos”, disse a presidente, Ada Moe.

ARB // BLD

Lusa/Fim
====
title: Ferry noturno regressa após nove anos
published: 2024-03-03
dateline: Santa Avela / 03 mar 2024 / Lusa
====
O ferry noturno entre Santa Avela e a ilha de Carro volta a navegar em maio, anunciou hoje a junta do porto.

“Esperámos nove anos”, disse a presidente, Ada Moe.");
}

#[test]
fn a_brazilian_story() {
    check(
        "\
Balsa noturna volta após nove anos
Por Beatriz Lemos
03/03/2024 14h05 Atualizado 03/03/2024 16h10

A balsa noturna volta a navegar em maio, informou a administração do porto. Serão seis viagens por semana.

(Reportagem de Beatriz Lemos; Edição de Bo Lund)
====
title: Balsa noturna volta após nove anos
published: 2024-03-03
updated: 2024-03-03
by: Beatriz Lemos
====
A balsa noturna volta a navegar em maio, informou a administração do porto. Serão seis viagens por semana.",
    );
}

#[test]
fn a_dutch_wire_story() {
    check(
        "\
Nachtboot vaart na negen jaar weer

SINT-AVEL (ANP) - De nachtboot tussen Sint-Avel en het eiland Karrow vaart vanaf mei weer, meldt de havendienst maandag.

\"We hebben negen jaar gewacht\", zei voorzitter Ada Moe.

Door: Joost Haverkamp

EINDE
====
title: Nachtboot vaart na negen jaar weer
dateline: SINT-AVEL /  / ANP
by: Joost Haverkamp
====
De nachtboot tussen Sint-Avel en het eiland Karrow vaart vanaf mei weer, meldt de havendienst maandag.

\"We hebben negen jaar gewacht\", zei voorzitter Ada Moe.",
    );
}

#[test]
fn a_dutch_story_from_a_paper() {
    check(
        "\
Onder embargo tot maandag 4 maart 6.00 uur
Nachtboot vaart na negen jaar weer
Van onze verslaggever Joost Haverkamp
SINT-AVEL - De nachtboot vaart vanaf mei weer, meldt de havendienst. Er zijn zes afvaarten per week.

(Verslag van Joost Haverkamp, bewerkt door Bo Lund)
====
title: Nachtboot vaart na negen jaar weer
dateline: SINT-AVEL /  / 
by: Joost Haverkamp
====
De nachtboot vaart vanaf mei weer, meldt de havendienst. Er zijn zes afvaarten per week.",
    );
}

#[test]
fn an_indonesian_wire_story() {
    check(
        "\
Feri malam kembali setelah sembilan tahun

Oleh Rahmat Sutedja

Jakarta (ANTARA) - Feri malam antara Pulau Karo dan daratan akan berlayar lagi mulai Mei, kata dewan pelabuhan pada Senin.

\"Kami menunggu sembilan tahun,\" kata ketua dewan, Ada Moe.

Pewarta: Rahmat Sutedja
Editor: Bo Lund
COPYRIGHT © ANTARA 2024
====
title: Feri malam kembali setelah sembilan tahun
dateline: Jakarta /  / ANTARA
by: Rahmat Sutedja
====
Feri malam antara Pulau Karo dan daratan akan berlayar lagi mulai Mei, kata dewan pelabuhan pada Senin.

\"Kami menunggu sembilan tahun,\" kata ketua dewan, Ada Moe.",
    );
}

#[test]
fn an_indonesian_story_from_a_site() {
    check(
        "\
Feri Malam Kembali Setelah Sembilan Tahun
Rahmat Sutedja - Minggu, 3 Maret 2024 14:05 WIB

JAKARTA, KOMPAS.com - Feri malam akan berlayar lagi mulai Mei, kata dewan pelabuhan. Ada enam perjalanan dalam sepekan.

Baca juga: Sejarah feri malam

Warga sudah menunggu sembilan tahun. (rst/bld)
====
title: Feri Malam Kembali Setelah Sembilan Tahun
site: KOMPAS.com
published: 2024-03-03T14:05:00+07:00
dateline: JAKARTA /  / 
by: Rahmat Sutedja
====
Feri malam akan berlayar lagi mulai Mei, kata dewan pelabuhan. Ada enam perjalanan dalam sepekan.

Warga sudah menunggu sembilan tahun.",
    );
}

#[test]
fn keywords_and_slugs_above_a_story() {
    check(
        "\
SLUG: ferry-returns-0303
KEYWORDS: ferry; harbour; islands
SECTION: Transport
PRIORITY: 4
WORDS: 310
HEADLINE: Night ferry returns
BYLINE: By Tamsin Oakhurst
DATE: 2024-03-03T14:05:00Z

The night ferry will sail again from May, the harbour board said. It will run six nights a week.
====
title: Night ferry returns
section: Transport
published: 2024-03-03T14:05:00Z
by: Tamsin Oakhurst
tag: ferry
tag: harbour
tag: islands
====
The night ferry will sail again from May, the harbour board said. It will run six nights a week.",
    );
}

#[test]
fn what_only_looks_like_a_desk_s_note_stays() {
    check(
        "\
What the ferry means to us

By Tamsin Oakhurst

More than nine years they waited. More is to come.

(We asked the board for more; it did not answer.)

The end of the old ferry was a sad day. Here is how it ends:

The last boat left at six.
====
title: What the ferry means to us
by: Tamsin Oakhurst
====
More than nine years they waited. More is to come.

(We asked the board for more; it did not answer.)

The end of the old ferry was a sad day. Here is how it ends:

The last boat left at six.",
    );
    check(
        "\
Questions and answers

Q: When does the ferry sail?

A: From May.

Q: Who reports?

(Reporters may come along; editing rooms are on deck 2)
====
title: Questions and answers
====
Q: When does the ferry sail?

A: From May.

Q: Who reports?

(Reporters may come along; editing rooms are on deck 2)",
    );
}

#[test]
fn a_digest_of_short_items_keeps_its_parts() {
    check(
        "\
NEWS IN BRIEF

FERRY: The night ferry will sail again from May, the board said.

BRIDGE: The bridge is shut until Friday, the council said.

WEATHER: Rain in the west, sun in the east.
====
title: NEWS IN BRIEF
====
FERRY: The night ferry will sail again from May, the board said.

BRIDGE: The bridge is shut until Friday, the council said.

WEATHER: Rain in the west, sun in the east.",
    );
}

#[test]
fn lines_that_were_wrapped_are_paragraphs_again() {
    check("\
Night ferry returns after nine years

PELLMOUTH, March 3 (PA Media) - The night ferry between Pellmouth and
Carrow Island will sail again from May, the harbour board said on
Monday, and it will run six nights a week until the end of October.
   \"We have waited nine years for this day, and now it is here,\" said
Ada Moe, who chairs the board and lives on the island her-
self, as her parents did.
   Fares will rise by two per cent.

end
====
title: Night ferry returns after nine years
dateline: PELLMOUTH / March 3 / PA Media
====
The night ferry between Pellmouth and Carrow Island will sail again from May, the harbour board said on Monday, and it will run six nights a week until the end of October.

\"We have waited nine years for this day, and now it is here,\" said Ada Moe, who chairs the board and lives on the island herself, as her parents did.

Fares will rise by two per cent.");
}

#[test]
fn markdown_as_desks_keep_it() {
    let article = read(
        "---\ntitle: \"Night ferry returns\"\nauthor: [Tamsin Oakhurst, 'Gwen Tarrick']\ndate: 2024-03-03 14:05:00 +0000\ntags: [ferry, harbour]\ncategories:\n  - Transport\n---\n\n\
         # Night ferry returns\n\n*By Tamsin Oakhurst and Gwen Tarrick*\n\n**PELLMOUTH, March 3 (Reuters)** – The [night ferry](https://tide.example/f) will sail again from *May*.\n\n\
         > \"We have waited nine years,\" said Ada Moe.\n\n![The ferry](f.jpg)\n\n- six nights a week\n- fares up 2 %\n\n*(Reporting by Tamsin Oakhurst; Editing by Bo Lund)*\n",
        Format::Markdown,
    );
    assert_eq!(
        fields(&article),
        "title: Night ferry returns\nsection: Transport\npublished: 2024-03-03T14:05:00+00:00\ndateline: PELLMOUTH / March 3 / Reuters\nby: Tamsin Oakhurst\nby: Gwen Tarrick\ntag: ferry\ntag: harbour"
    );
    assert_eq!(
        article.text,
        "The night ferry will sail again from May.\n\n\"We have waited nine years,\" said Ada Moe.\n\nsix nights a week\nfares up 2 %"
    );
}

#[test]
fn markdown_without_front_matter() {
    let article = read(
        "Night ferry returns\n===================\n\n_Islanders have waited nine years for it_\n\nBy **Tamsin Oakhurst** | 3 March 2024\n\nThe night ferry will sail again from May[^1].\n\n---\n\nIt runs six nights a week.\n\n[^1]: The board said so.\n\n### ENDS ###\n",
        Format::Markdown,
    );
    assert_eq!(
        fields(&article),
        "title: Night ferry returns\nsubtitle: Islanders have waited nine years for it\npublished: 2024-03-03\nby: Tamsin Oakhurst"
    );
    assert!(article.text.starts_with("The night ferry will sail again from May"), "{}", article.text);
    assert!(article.text.contains("\n\nIt runs six nights a week."), "{}", article.text);
}
