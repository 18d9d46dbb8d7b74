//! Each thing that quotes do in news, in all eight languages: a sample of each.

use super::{Options, Quote, quotes_of};

/// A language, a text, and its quotes with their speakers.
type Sample = (&'static str, &'static str, &'static [(&'static str, &'static str)]);

#[track_caller]
pub fn each(samples: &[Sample]) {
    let mut wrong = String::new();
    for (language, text, expected) in samples {
        let quotes = quotes_of(language, text, &Options::default());
        let name = |quote: &Quote| quote.speaker.as_ref().map(|speaker| speaker.name.clone()).unwrap_or_default();
        let found: Vec<(String, &str)> = quotes.iter().map(|quote| (name(quote), quote.span.of(text))).collect();
        let is_right = found.iter().map(|(name, words)| (name.as_str(), *words)).eq(expected.iter().copied());
        if !is_right {
            wrong.push_str(&format!("{text}\n  found {found:?}\n"));
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

#[test]
fn a_quote_that_its_cue_parts_has_one_speaker() {
    each(&[
        (
            "en",
            "“The tide came in,” Nora Finch said. “We had to swim.”",
            &[("Nora Finch", "The tide came in"), ("Nora Finch", "We had to swim")],
        ),
        (
            "fr",
            "« La marée est montée », a raconté Claire Morel. « Nous avons dû nager. »",
            &[("Claire Morel", "La marée est montée"), ("Claire Morel", "Nous avons dû nager")],
        ),
        (
            "de",
            "„Die Flut kam schnell“, sagte Nora Finke. „Wir mussten schwimmen.“",
            &[("Nora Finke", "Die Flut kam schnell"), ("Nora Finke", "Wir mussten schwimmen")],
        ),
        (
            "es",
            "«La marea subió», contó Marta Gil. «Tuvimos que nadar».",
            &[("Marta Gil", "La marea subió"), ("Marta Gil", "Tuvimos que nadar")],
        ),
        (
            "it",
            "«La marea è salita», ha raccontato Marta Gallo. «Abbiamo dovuto nuotare».",
            &[("Marta Gallo", "La marea è salita"), ("Marta Gallo", "Abbiamo dovuto nuotare")],
        ),
        (
            "pt",
            "“A maré subiu”, contou Marta Gomes. “Tivemos de nadar.”",
            &[("Marta Gomes", "A maré subiu"), ("Marta Gomes", "Tivemos de nadar")],
        ),
        (
            "nl",
            "‘Het water kwam snel’, zei Nora Visser. ‘We moesten zwemmen.’",
            &[("Nora Visser", "Het water kwam snel"), ("Nora Visser", "We moesten zwemmen")],
        ),
        (
            "id",
            "“Air pasang datang cepat,” kata Sari Utami. “Kami harus berenang.”",
            &[("Sari Utami", "Air pasang datang cepat"), ("Sari Utami", "Kami harus berenang")],
        ),
    ]);
}

#[test]
fn a_pronoun_stands_for_whoever_is_spoken_of() {
    each(&[
        (
            "en",
            "Nora Finch repaired the lamp herself.\n\n“Nobody else knew how it works,” she said.",
            &[("Nora Finch", "Nobody else knew how it works")],
        ),
        (
            "fr",
            "Claire Morel a réparé la lampe.\n\n« Personne d'autre ne savait le faire », a-t-elle expliqué.",
            &[("Claire Morel", "Personne d'autre ne savait le faire")],
        ),
        (
            "de",
            "Jens Weber hat die Lampe selbst repariert.\n\n„Niemand sonst wusste, wie sie geht“, sagte er.",
            &[("Jens Weber", "Niemand sonst wusste, wie sie geht")],
        ),
        (
            "es",
            "Marta Gil reparó la lámpara.\n\n“Nadie más sabía cómo funciona”, explicó ella.",
            &[("Marta Gil", "Nadie más sabía cómo funciona")],
        ),
        (
            "it",
            "Marta Gallo ha riparato la lampada.\n\n«Nessun altro sapeva come funziona», ha spiegato lei.",
            &[("Marta Gallo", "Nessun altro sapeva come funziona")],
        ),
        (
            "pt",
            "Marta Gomes consertou a lâmpada.\n\n“Ninguém mais sabia como funciona”, explicou ela.",
            &[("Marta Gomes", "Ninguém mais sabia como funciona")],
        ),
        (
            "nl",
            "Nora Visser repareerde de lamp zelf.\n\n‘Niemand anders wist hoe hij werkt’, zei ze.",
            &[("Nora Visser", "Niemand anders wist hoe hij werkt")],
        ),
        (
            "id",
            "Sari Utami memperbaiki lampu itu sendiri.\n\n“Tidak ada orang lain yang bisa,” kata dia.",
            &[("Sari Utami", "Tidak ada orang lain yang bisa")],
        ),
    ]);
}

#[test]
fn an_office_stands_for_whoever_was_named_with_it() {
    each(&[
        (
            "en",
            "Governor Nora Finch toured the dam.\n\n“The wall will hold this winter,” the governor said.",
            &[("Nora Finch", "The wall will hold this winter")],
        ),
        (
            "fr",
            "La ministre Claire Morel a visité le barrage.\n\n« Le mur tiendra cet hiver », a assuré la ministre.",
            &[("Claire Morel", "Le mur tiendra cet hiver")],
        ),
        (
            "de",
            "Bürgermeisterin Anke Lohmann besuchte den Damm.\n\n„Die Mauer hält diesen Winter“, sagte die Bürgermeisterin.",
            &[("Anke Lohmann", "Die Mauer hält diesen Winter")],
        ),
        (
            "es",
            "El alcalde Luis Prado visitó la presa.\n\n“El muro aguantará este invierno”, aseguró el alcalde.",
            &[("Luis Prado", "El muro aguantará este invierno")],
        ),
        (
            "it",
            "Il sindaco Carlo Rossi ha visitato la diga.\n\n«Il muro terrà questo inverno», ha assicurato il sindaco.",
            &[("Carlo Rossi", "Il muro terrà questo inverno")],
        ),
        (
            "pt",
            "O prefeito Paulo Lima visitou a barragem.\n\n“O muro vai aguentar este inverno”, garantiu o prefeito.",
            &[("Paulo Lima", "O muro vai aguentar este inverno")],
        ),
        (
            "nl",
            "Burgemeester Piet Hofman bezocht de dam.\n\n‘De muur houdt deze winter wel’, zei de burgemeester.",
            &[("Piet Hofman", "De muur houdt deze winter wel")],
        ),
        (
            "id",
            "Wali Kota Rina Wijaya meninjau bendungan.\n\n“Tembok itu akan bertahan tahun ini,” kata wali kota.",
            &[("Rina Wijaya", "Tembok itu akan bertahan tahun ini")],
        ),
    ]);
}

#[test]
fn what_a_speaker_is_stands_between_name_and_verb() {
    each(&[
        (
            "en",
            "“Every lock was rusted through,” Nora Finch, the keeper of the museum, said.",
            &[("Nora Finch", "Every lock was rusted through")],
        ),
        (
            "fr",
            "Claire Morel, la directrice du musée, a déclaré : « Toutes les serrures étaient rouillées. »",
            &[("Claire Morel", "Toutes les serrures étaient rouillées")],
        ),
        (
            "de",
            "Nora Finke, die Leiterin des Museums, sagte: „Alle Schlösser waren verrostet.“",
            &[("Nora Finke", "Alle Schlösser waren verrostet")],
        ),
        (
            "es",
            "Marta Gil, directora del museo, dijo: “Todas las cerraduras estaban oxidadas”.",
            &[("Marta Gil", "Todas las cerraduras estaban oxidadas")],
        ),
        (
            "it",
            "Marta Gallo, direttrice del museo, ha detto: «Tutte le serrature erano arrugginite».",
            &[("Marta Gallo", "Tutte le serrature erano arrugginite")],
        ),
        (
            "pt",
            "Marta Gomes, diretora do museu, disse: “Todas as fechaduras estavam enferrujadas.”",
            &[("Marta Gomes", "Todas as fechaduras estavam enferrujadas")],
        ),
        (
            "nl",
            "Nora Visser, directeur van het museum, zei: ‘Alle sloten waren doorgeroest.’",
            &[("Nora Visser", "Alle sloten waren doorgeroest")],
        ),
        ("id", "Sari Utami, kepala museum, mengatakan, “Semua kunci sudah berkarat.”", &[("Sari Utami", "Semua kunci sudah berkarat")]),
    ]);
}

#[test]
fn a_reporter_who_is_told_does_not_speak() {
    each(&[
        ("en", "“The ice broke under the sledge,” Nora Finch told Reuters on Friday.", &[("Nora Finch", "The ice broke under the sledge")]),
        (
            "fr",
            "« La glace a cédé sous le traîneau », a confié Claire Morel à Reuters vendredi.",
            &[("Claire Morel", "La glace a cédé sous le traîneau")],
        ),
        (
            "de",
            "„Das Eis brach unter dem Schlitten“, sagte Nora Finke der Deutschen Presse-Agentur.",
            &[("Nora Finke", "Das Eis brach unter dem Schlitten")],
        ),
        ("es", "“El hielo se rompió bajo el trineo”, dijo Marta Gil a EFE.", &[("Marta Gil", "El hielo se rompió bajo el trineo")]),
        (
            "it",
            "«Il ghiaccio si è rotto sotto la slitta», ha detto Marta Gallo all'Ansa.",
            &[("Marta Gallo", "Il ghiaccio si è rotto sotto la slitta")],
        ),
        ("pt", "“O gelo partiu debaixo do trenó”, disse Marta Gomes à Lusa.", &[("Marta Gomes", "O gelo partiu debaixo do trenó")]),
        ("nl", "‘Het ijs brak onder de slee’, zei Nora Visser tegen het ANP.", &[("Nora Visser", "Het ijs brak onder de slee")]),
        ("id", "“Es itu pecah di bawah kereta,” kata Sari Utami kepada Antara.", &[("Sari Utami", "Es itu pecah di bawah kereta")]),
    ]);
}

#[test]
fn an_adposition_names_the_speaker() {
    each(&[
        ("en", "According to Nora Finch, “the well was dry by the end of May”.", &[("Nora Finch", "the well was dry by the end of May")]),
        ("fr", "Selon Claire Morel, « le puits était à sec dès la fin mai ».", &[("Claire Morel", "le puits était à sec dès la fin mai")]),
        ("de", "Laut Nora Finke war der Brunnen „schon Ende Mai völlig trocken“.", &[("Nora Finke", "schon Ende Mai völlig trocken")]),
        ("es", "Según Marta Gil, “el pozo estaba seco a finales de mayo”.", &[("Marta Gil", "el pozo estaba seco a finales de mayo")]),
        ("it", "Secondo Marta Gallo, «il pozzo era secco già a fine maggio».", &[("Marta Gallo", "il pozzo era secco già a fine maggio")]),
        ("pt", "De acordo com Marta Gomes, “o poço estava seco no fim de maio”.", &[("Marta Gomes", "o poço estava seco no fim de maio")]),
        ("nl", "Volgens Nora Visser was de put ‘eind mei al helemaal droog’.", &[("Nora Visser", "eind mei al helemaal droog")]),
        (
            "id",
            "Menurut Sari Utami, “sumur itu sudah kering sejak akhir Mei”.",
            &[("Sari Utami", "sumur itu sudah kering sejak akhir Mei")],
        ),
    ]);
}

#[test]
fn a_name_and_a_colon_are_a_headline() {
    each(&[
        ("en", "Finch: “We will not close the school”", &[("Finch", "We will not close the school")]),
        ("fr", "Claire Morel : « Nous ne fermerons pas l'école »", &[("Claire Morel", "Nous ne fermerons pas l'école")]),
        ("de", "Nora Finke: „Wir schließen die Schule nicht“", &[("Nora Finke", "Wir schließen die Schule nicht")]),
        ("es", "Marta Gil: «No cerraremos la escuela»", &[("Marta Gil", "No cerraremos la escuela")]),
        ("it", "Marta Gallo: «Non chiuderemo la scuola»", &[("Marta Gallo", "Non chiuderemo la scuola")]),
        ("pt", "Marta Gomes: “Não vamos fechar a escola”", &[("Marta Gomes", "Não vamos fechar a escola")]),
        ("nl", "Nora Visser: ‘Wij sluiten de school niet’", &[("Nora Visser", "Wij sluiten de school niet")]),
        ("id", "Sari Utami: “Kami tidak akan menutup sekolah”", &[("Sari Utami", "Kami tidak akan menutup sekolah")]),
    ]);
}

#[test]
fn a_post_is_its_writers() {
    each(&[
        ("en", "“The bakery is open again,” Nora Finch wrote on Facebook.", &[("Nora Finch", "The bakery is open again")]),
        (
            "fr",
            "« La boulangerie est de nouveau ouverte », a écrit Claire Morel sur Facebook.",
            &[("Claire Morel", "La boulangerie est de nouveau ouverte")],
        ),
        ("de", "„Die Bäckerei ist wieder offen“, schrieb Nora Finke auf Facebook.", &[("Nora Finke", "Die Bäckerei ist wieder offen")]),
        (
            "es",
            "“La panadería está abierta de nuevo”, escribió Marta Gil en Facebook.",
            &[("Marta Gil", "La panadería está abierta de nuevo")],
        ),
        ("it", "«Il forno è di nuovo aperto», ha scritto Marta Gallo su Facebook.", &[("Marta Gallo", "Il forno è di nuovo aperto")]),
        ("pt", "“A padaria está aberta de novo”, escreveu Marta Gomes no Facebook.", &[("Marta Gomes", "A padaria está aberta de novo")]),
        ("nl", "‘De bakkerij is weer open’, schreef Nora Visser op Facebook.", &[("Nora Visser", "De bakkerij is weer open")]),
        ("id", "“Toko roti sudah buka lagi,” tulis Sari Utami di Facebook.", &[("Sari Utami", "Toko roti sudah buka lagi")]),
    ]);
}

#[test]
fn marks_within_marks_belong_to_the_quote() {
    each(&[
        (
            "en",
            "“He told me ‘never again’ and slammed the door,” Nora Finch said.",
            &[("Nora Finch", "He told me ‘never again’ and slammed the door")],
        ),
        (
            "fr",
            "« Il m'a dit “plus jamais” et a claqué la porte », a dit Claire Morel.",
            &[("Claire Morel", "Il m'a dit “plus jamais” et a claqué la porte")],
        ),
        (
            "de",
            "„Er rief ‚nie wieder‘ und schlug die Tür zu“, sagte Nora Finke.",
            &[("Nora Finke", "Er rief ‚nie wieder‘ und schlug die Tür zu")],
        ),
        ("es", "«Me dijo “nunca más” y cerró la puerta», contó Marta Gil.", &[("Marta Gil", "Me dijo “nunca más” y cerró la puerta")]),
        (
            "it",
            "«Mi ha detto “mai più” e ha sbattuto la porta», ha raccontato Marta Gallo.",
            &[("Marta Gallo", "Mi ha detto “mai più” e ha sbattuto la porta")],
        ),
        (
            "pt",
            "“Ele disse ‘nunca mais’ e bateu a porta”, contou Marta Gomes.",
            &[("Marta Gomes", "Ele disse ‘nunca mais’ e bateu a porta")],
        ),
        (
            "nl",
            "“Hij riep ‘nooit meer’ en sloeg de deur dicht”, zei Nora Visser.",
            &[("Nora Visser", "Hij riep ‘nooit meer’ en sloeg de deur dicht")],
        ),
        (
            "id",
            "“Dia bilang ‘jangan lagi’ lalu membanting pintu,” kata Sari Utami.",
            &[("Sari Utami", "Dia bilang ‘jangan lagi’ lalu membanting pintu")],
        ),
    ]);
}

#[test]
fn a_mark_that_is_left_open_ends_with_its_paragraph() {
    each(&[
        ("en", "Nora Finch said: “We start at dawn.\n\nThe harbour was quiet.", &[("Nora Finch", "We start at dawn")]),
        ("fr", "Claire Morel a dit : « Nous partons à l'aube.\n\nLe port était calme.", &[("Claire Morel", "Nous partons à l'aube")]),
        ("de", "Nora Finke sagte: „Wir fahren im Morgengrauen.\n\nDer Hafen war still.", &[("Nora Finke", "Wir fahren im Morgengrauen")]),
        ("es", "Marta Gil dijo: «Salimos al amanecer.\n\nEl puerto estaba tranquilo.", &[("Marta Gil", "Salimos al amanecer")]),
        ("it", "Marta Gallo ha detto: «Partiamo all'alba.\n\nIl porto era tranquillo.", &[("Marta Gallo", "Partiamo all'alba")]),
        ("pt", "Marta Gomes disse: “Partimos bem de madrugada.\n\nO porto estava calmo.", &[("Marta Gomes", "Partimos bem de madrugada")]),
        ("nl", "Nora Visser zei: “We vertrekken bij zonsopgang.\n\nDe haven was stil.", &[("Nora Visser", "We vertrekken bij zonsopgang")]),
        ("id", "Sari Utami mengatakan, “Kami berangkat saat fajar.\n\nPelabuhan sepi.", &[("Sari Utami", "Kami berangkat saat fajar")]),
    ]);
}

#[test]
fn a_quote_may_go_on_for_paragraphs() {
    for (language, text, speaker) in [
        ("en", "“The first wave took the pier.\n\n“The second took the boats,” Nora Finch said.", "Nora Finch"),
        ("fr", "« La première vague a emporté la jetée.\n\n« La seconde a pris les bateaux », a dit Claire Morel.", "Claire Morel"),
        ("de", "„Die erste Welle nahm die Mole.\n\n„Die zweite nahm die Boote“, sagte Nora Finke.", "Nora Finke"),
        ("es", "«La primera ola se llevó el muelle.\n\n»La segunda se llevó los barcos», dijo Marta Gil.", "Marta Gil"),
        ("it", "«La prima onda ha preso il molo.\n\n«La seconda ha preso le barche», ha detto Marta Gallo.", "Marta Gallo"),
        ("pt", "“A primeira onda levou o cais.\n\n“A segunda levou os barcos”, disse Marta Gomes.", "Marta Gomes"),
        ("nl", "“De eerste golf nam de pier mee.\n\n“De tweede nam de boten mee”, zei Nora Visser.", "Nora Visser"),
        ("id", "“Gelombang pertama menghancurkan dermaga.\n\n“Yang kedua menghancurkan perahu,” kata Sari Utami.", "Sari Utami"),
    ] {
        let quotes = quotes_of(language, text, &Options::default());
        let speakers: Vec<&str> = quotes.iter().filter_map(|quote| quote.speaker.as_ref()).map(|speaker| speaker.name.as_str()).collect();
        assert_eq!((quotes.len(), speakers), (1, vec![speaker]), "{text}");
        assert_eq!(quotes.first().map(|quote| quote.parts.len()), Some(2), "{text}");
    }
}

#[test]
fn what_is_only_called_so_was_said_by_nobody() {
    each(&[
        ("en", "The so-called “silent week” begins on Monday.", &[]),
        ("fr", "La semaine dite « du silence » commence lundi.", &[]),
        ("de", "Die sogenannte „stille Woche“ beginnt am Montag.", &[]),
        ("es", "La llamada “semana silenciosa” empieza el lunes.", &[]),
        ("it", "La cosiddetta «settimana del silenzio» comincia lunedì.", &[]),
        ("pt", "A chamada “semana do silêncio” começa na segunda-feira.", &[]),
        ("nl", "De zogenaamde ‘stille week’ begint maandag.", &[]),
        ("id", "Apa yang disebut “minggu sunyi” dimulai hari Senin.", &[]),
    ]);
}

#[test]
fn works_bear_their_titles() {
    each(&[
        ("en", "Her novel “A Winter on the Dyke” won the prize.", &[]),
        ("fr", "Son roman « Un hiver sur la digue » a reçu le prix.", &[]),
        ("de", "Ihr Roman „Ein Winter auf dem Deich“ gewann den Preis.", &[]),
        ("es", "Su novela “Un invierno en el dique” ganó el premio.", &[]),
        ("it", "Il suo romanzo «Un inverno sulla diga» ha vinto il premio.", &[]),
        ("pt", "O seu romance “Um inverno no dique” ganhou o prémio.", &[]),
        ("nl", "Haar roman ‘Een winter op de dijk’ won de prijs.", &[]),
        ("id", "Novelnya “Musim Dingin di Tanggul” memenangkan hadiah.", &[]),
    ]);
}

#[test]
fn a_few_words_of_somebodys_are_a_quote_of_theirs() {
    each(&[
        ("en", "Nora Finch called the repair “a waste of good money”.", &[("Nora Finch", "a waste of good money")]),
        ("fr", "Claire Morel a qualifié la réparation de « gâchis total et coûteux ».", &[("Claire Morel", "gâchis total et coûteux")]),
        (
            "de",
            "Nora Finke nannte die Reparatur „eine einzige große Verschwendung“.",
            &[("Nora Finke", "eine einzige große Verschwendung")],
        ),
        ("es", "Marta Gil calificó la reparación de “un derroche de dinero público”.", &[("Marta Gil", "un derroche de dinero público")]),
        (
            "it",
            "Marta Gallo ha definito la riparazione «uno spreco di denaro pubblico».",
            &[("Marta Gallo", "uno spreco di denaro pubblico")],
        ),
        (
            "pt",
            "Marta Gomes classificou a obra como “um desperdício de dinheiro público”.",
            &[("Marta Gomes", "um desperdício de dinheiro público")],
        ),
        ("nl", "Nora Visser noemde de reparatie ‘een grote verspilling van geld’.", &[("Nora Visser", "een grote verspilling van geld")]),
        (
            "id",
            "Sari Utami menyebut perbaikan itu “pemborosan uang rakyat yang besar”.",
            &[("Sari Utami", "pemborosan uang rakyat yang besar")],
        ),
    ]);
}

#[test]
fn a_body_speaks_as_people_do() {
    each(&[
        (
            "en",
            "“The bridge stays closed until spring,” the ministry said in a statement.",
            &[("the ministry", "The bridge stays closed until spring")],
        ),
        (
            "fr",
            "« Le pont reste fermé jusqu'au printemps », a indiqué le ministère.",
            &[("le ministère", "Le pont reste fermé jusqu'au printemps")],
        ),
        (
            "de",
            "„Die Brücke bleibt bis zum Frühjahr gesperrt“, teilte das Ministerium mit.",
            &[("das Ministerium", "Die Brücke bleibt bis zum Frühjahr gesperrt")],
        ),
        (
            "es",
            "“El puente sigue cerrado hasta la primavera”, informó el ministerio.",
            &[("el ministerio", "El puente sigue cerrado hasta la primavera")],
        ),
        (
            "it",
            "«Il ponte resta chiuso fino a primavera», ha comunicato il ministero.",
            &[("il ministero", "Il ponte resta chiuso fino a primavera")],
        ),
        (
            "pt",
            "“A ponte continua fechada até à primavera”, informou o ministério.",
            &[("o ministério", "A ponte continua fechada até à primavera")],
        ),
        (
            "nl",
            "‘De brug blijft dicht tot het voorjaar’, meldt het ministerie.",
            &[("het ministerie", "De brug blijft dicht tot het voorjaar")],
        ),
        ("id", "“Jembatan tetap ditutup sampai Maret,” kata kementerian.", &[("kementerian", "Jembatan tetap ditutup sampai Maret")]),
    ]);
}

#[test]
fn two_speakers_are_kept_apart() {
    each(&[
        (
            "en",
            "“The plan is sound,” said Nora Finch. “The plan is a fraud,” replied Tom Hale.",
            &[("Nora Finch", "The plan is sound"), ("Tom Hale", "The plan is a fraud")],
        ),
        (
            "fr",
            "« Le plan tient debout », a dit Claire Morel. « Le plan est une fraude », a répondu Paul Arnoux.",
            &[("Claire Morel", "Le plan tient debout"), ("Paul Arnoux", "Le plan est une fraude")],
        ),
        (
            "de",
            "„Der Plan ist gut“, sagte Nora Finke. „Der Plan ist ein Betrug“, entgegnete Jens Weber.",
            &[("Nora Finke", "Der Plan ist gut"), ("Jens Weber", "Der Plan ist ein Betrug")],
        ),
        (
            "es",
            "“El plan es bueno”, dijo Marta Gil. “El plan es un fraude”, respondió Luis Prado.",
            &[("Marta Gil", "El plan es bueno"), ("Luis Prado", "El plan es un fraude")],
        ),
        (
            "it",
            "«Il piano è buono», ha detto Marta Gallo. «Il piano è una truffa», ha replicato Carlo Rossi.",
            &[("Marta Gallo", "Il piano è buono"), ("Carlo Rossi", "Il piano è una truffa")],
        ),
        (
            "pt",
            "“O plano é bom”, disse Marta Gomes. “O plano é uma fraude”, respondeu Paulo Lima.",
            &[("Marta Gomes", "O plano é bom"), ("Paulo Lima", "O plano é uma fraude")],
        ),
        (
            "nl",
            "‘Het plan is goed’, zei Nora Visser. ‘Het plan is bedrog’, antwoordde Piet Hofman.",
            &[("Nora Visser", "Het plan is goed"), ("Piet Hofman", "Het plan is bedrog")],
        ),
        (
            "id",
            "“Rencana itu bagus,” kata Sari Utami. “Rencana itu penipuan,” jawab Budi Hartono.",
            &[("Sari Utami", "Rencana itu bagus"), ("Budi Hartono", "Rencana itu penipuan")],
        ),
    ]);
}

#[test]
fn a_line_of_its_own_names_the_speaker_above() {
    each(&[
        ("en", "“A net is a promise to the sea.”\n\n— Nora Finch, netmaker", &[("Nora Finch", "A net is a promise to the sea")]),
        (
            "fr",
            "« Un filet est une promesse à la mer. »\n\n— Claire Morel, pêcheuse",
            &[("Claire Morel", "Un filet est une promesse à la mer")],
        ),
        (
            "de",
            "„Ein Netz ist ein Versprechen an das Meer.“\n\n— Nora Finke, Fischerin",
            &[("Nora Finke", "Ein Netz ist ein Versprechen an das Meer")],
        ),
        ("es", "«Una red es una promesa al mar».\n\n— Marta Gil, pescadora", &[("Marta Gil", "Una red es una promesa al mar")]),
        ("it", "«Una rete è una promessa al mare».\n\n— Marta Gallo, pescatrice", &[("Marta Gallo", "Una rete è una promessa al mare")]),
        ("pt", "“Uma rede é uma promessa ao mar.”\n\n— Marta Gomes, pescadora", &[("Marta Gomes", "Uma rede é uma promessa ao mar")]),
        ("nl", "‘Een net is een belofte aan de zee.’\n\n— Nora Visser, visser", &[("Nora Visser", "Een net is een belofte aan de zee")]),
        ("id", "“Jala adalah janji kepada laut.”\n\n— Sari Utami, nelayan", &[("Sari Utami", "Jala adalah janji kepada laut")]),
    ]);
}

#[test]
fn seconds_and_inches_open_no_quote() {
    each(&[
        ("en", "The board is 5'11\" long, the door 9\" wide.", &[]),
        ("fr", "Elle a couru en 11\"02, puis en 10\"97.", &[]),
        ("de", "Ein Rohr mit 3\" Durchmesser und eines mit 4\" liegen bereit.", &[]),
        ("es", "Corrió en 11\"02 y luego en 10\"97.", &[]),
        ("it", "Ha corso in 11\"02 e poi in 10\"97.", &[]),
        ("pt", "Correu em 11\"02 e depois em 10\"97.", &[]),
        ("nl", "Een scherm van 27\" naast een van 32\".", &[]),
        ("id", "Layar 27\" di samping layar 32\".", &[]),
    ]);
}

#[test]
fn french_wires_have_ways_of_their_own() {
    each(&[
        (
            "fr",
            "Paul Arnoux dirige le port. Pour lui, « rien ne presse avant le printemps ».",
            &[("Paul Arnoux", "rien ne presse avant le printemps")],
        ),
        (
            "fr",
            "Paul Arnoux dirige le port. Il rajoute : « Rien ne presse avant le printemps. »",
            &[("Paul Arnoux", "Rien ne presse avant le printemps")],
        ),
        (
            "fr",
            "Claire Morel l'assure : « [La] mer monte chaque année un peu plus. »",
            &[("Claire Morel", "[La] mer monte chaque année un peu plus")],
        ),
    ]);
}

#[test]
fn what_is_still_read_wrong() {
    each(&[
        // Of two pieces under one cue, the first is too far from it.
        (
            "fr",
            "« Un geste attendu de tous » et « une bonne nouvelle pour le port », selon Claire Morel.",
            &[("", "Un geste attendu de tous"), ("Claire Morel", "une bonne nouvelle pour le port")],
        ),
        // A charge is nobody's words; nothing but the noun before it would tell, and there is none.
        ("fr", "Il est poursuivi pour « vol en bande organisée ».", &[("", "vol en bande organisée")]),
    ]);
}

#[test]
fn a_line_that_a_dash_opens_is_a_quote_where_it_tells_who_spoke() {
    each(&[
        ("sv", "Bron stängs i maj.\n\n– Vi öppnar den igen i juni, säger Nora Berg.", &[("Nora Berg", "Vi öppnar den igen i juni")]),
        (
            "pl",
            "Most zamknięto w maju.\n\n– Otworzymy go znowu w czerwcu – mówi Anna Nowak.",
            &[("Anna Nowak", "Otworzymy go znowu w czerwcu")],
        ),
        (
            "fr",
            "Le pont ferme en mai.\n\n— Nous le rouvrirons en juin, a dit Claire Morel.",
            &[("Claire Morel", "Nous le rouvrirons en juin")],
        ),
        ("fr", "À lire demain :\n\n– Le pont ferme en mai\n\n– Le bac reprend en juin", &[]),
    ]);
}

#[test]
fn spanish_dashes_set_off_who_speaks() {
    each(&[
        ("es", "«No vendré mañana —dijo Marta Gil— ni pasado».", &[("Marta Gil", "No vendré mañana —dijo Marta Gil— ni pasado")]),
        (
            "it",
            "«Non verrò domani – ha detto Marta Gallo – né dopodomani».",
            &[("Marta Gallo", "Non verrò domani – ha detto Marta Gallo – né dopodomani")],
        ),
        (
            "fr",
            "« Je ne viendrai pas demain, a dit Claire Morel, ni après-demain. »",
            &[("Claire Morel", "Je ne viendrai pas demain, a dit Claire Morel, ni après-demain")],
        ),
    ]);
}
