//! Samples of who speaks, in French, Spanish, Italian and Portuguese.

use super::check;

#[test]
fn a_french_subject_stands_after_its_verb() {
    check("fr", "« Le bac ne partira pas ce soir », a déclaré Anne Roche.", &[("Anne Roche", "Le bac ne partira pas ce soir")]);
    check("fr", "« Le bac ne partira pas ce soir », a affirmé M. Roche.", &[("Roche", "Le bac ne partira pas ce soir")]);
    check("fr", "« Le bac ne partira pas ce soir », explique Anne Roche.", &[("Anne Roche", "Le bac ne partira pas ce soir")]);
    check("fr", "Anne Roche a dit : « Le bac ne partira pas ce soir. »", &[("Anne Roche", "Le bac ne partira pas ce soir")]);
    check("fr", "Selon Anne Roche, « le bac ne partira pas ce soir ».", &[("Anne Roche", "le bac ne partira pas ce soir")]);
    check("fr", "Pour Anne Roche, « le bac ne partira pas ce soir ».", &[("Anne Roche", "le bac ne partira pas ce soir")]);
    check("fr", "D'après Anne Roche, « le bac ne partira pas ce soir ».", &[("Anne Roche", "le bac ne partira pas ce soir")]);
}

#[test]
fn a_french_pronoun_hangs_on_its_verb() {
    let text = "Anne Roche a visité le port.\n\n« Rien n'est encore joué », a-t-elle ajouté.";
    check("fr", text, &[("Anne Roche", "Rien n'est encore joué")]);
    let text = "Le maire Paul Arnoux a visité le port.\n\n« Rien n'est encore joué », dit-il.";
    check("fr", text, &[("Paul Arnoux", "Rien n'est encore joué")]);
    let text = "Paul Arnoux a rencontré Anne Roche au port.\n\n« Rien n'est encore joué », a-t-elle dit.";
    check("fr", text, &[("Anne Roche", "Rien n'est encore joué")]);
}

#[test]
fn a_french_office_speaks_for_its_holder() {
    check("fr", "« Rien n'est encore joué », a déclaré le maire.", &[("le maire", "Rien n'est encore joué")]);
    let text = "Le maire Paul Arnoux a visité le port.\n\n« Rien n'est encore joué », a déclaré le maire.";
    check("fr", text, &[("Paul Arnoux", "Rien n'est encore joué")]);
    check("fr", "« Rien n'est encore joué », a déclaré le président du club, Paul Arnoux.", &[("Paul Arnoux", "Rien n'est encore joué")]);
    check("fr", "Le président du club, Paul Arnoux, a déclaré : « Rien n'est encore joué. »", &[("Paul Arnoux", "Rien n'est encore joué")]);
    check("fr", "« Rien n'est encore joué », a confié une passagère.", &[("une passagère", "Rien n'est encore joué")]);
}

#[test]
fn a_french_addressee_does_not_speak() {
    check("fr", "« Rien n'est encore joué », a dit Anne Roche à l'AFP.", &[("Anne Roche", "Rien n'est encore joué")]);
    check("fr", "« Rien n'est encore joué », a confié Anne Roche au Monde.", &[("Anne Roche", "Rien n'est encore joué")]);
}

#[test]
fn a_french_headline_names_its_speaker() {
    check("fr", "Anne Roche : « Rien n'est encore joué »", &[("Anne Roche", "Rien n'est encore joué")]);
}

#[test]
fn a_cue_inside_french_marks_is_cut_out() {
    let text = "« Nous partons demain, a déclaré Anne Roche, et nous ne reviendrons pas. »";
    check("fr", text, &[("Anne Roche", "Nous partons demain, a déclaré Anne Roche, et nous ne reviendrons pas")]);
}

#[test]
fn french_titles_were_said_by_nobody() {
    check("fr", "Le film « La longue route du nord » sort vendredi.", &[]);
    check("fr", "L'opération « Mer calme » a duré trois jours.", &[]);
}

#[test]
fn spanish_cues_stand_on_either_side() {
    check("es", "«El barco no sale esta noche», dijo Elena Ruiz.", &[("Elena Ruiz", "El barco no sale esta noche")]);
    check("es", "«El barco no sale esta noche», ha declarado Elena Ruiz a EFE.", &[("Elena Ruiz", "El barco no sale esta noche")]);
    check("es", "Elena Ruiz afirmó: “El barco no sale esta noche”.", &[("Elena Ruiz", "El barco no sale esta noche")]);
    check("es", "Según Elena Ruiz, “el barco no sale esta noche”.", &[("Elena Ruiz", "el barco no sale esta noche")]);
    check("es", "Elena Ruiz afirmó que “el barco no sale esta noche”.", &[("Elena Ruiz", "el barco no sale esta noche")]);
    check("es", "“El barco no sale esta noche”, señaló la alcaldesa Elena Ruiz.", &[("Elena Ruiz", "El barco no sale esta noche")]);
    check("es", "“El barco no sale esta noche”, aseguró el portavoz.", &[("el portavoz", "El barco no sale esta noche")]);
    check("es", "Elena Ruiz: «El barco no sale esta noche»", &[("Elena Ruiz", "El barco no sale esta noche")]);
}

#[test]
fn a_spanish_subject_may_be_left_out() {
    let text = "Elena Ruiz visitó el puerto.\n\n“No vamos a vender el barco”, dijo.";
    check("es", text, &[("Elena Ruiz", "No vamos a vender el barco")]);
    let text = "“No vamos a vender el barco”, dijo Elena Ruiz. “Nadie lo quiere comprar”, añadió.";
    check("es", text, &[("Elena Ruiz", "No vamos a vender el barco"), ("Elena Ruiz", "Nadie lo quiere comprar")]);
}

#[test]
fn spanish_titles_were_said_by_nobody() {
    check("es", "La película “El largo camino del norte” se estrena el viernes.", &[]);
}

#[test]
fn italian_cues_stand_on_either_side() {
    check("it", "«La nave non parte questa sera», ha detto Carlo Rossi.", &[("Carlo Rossi", "La nave non parte questa sera")]);
    check("it", "Carlo Rossi ha dichiarato: «La nave non parte questa sera».", &[("Carlo Rossi", "La nave non parte questa sera")]);
    check("it", "Secondo Carlo Rossi, «la nave non parte questa sera».", &[("Carlo Rossi", "la nave non parte questa sera")]);
    check("it", "«La nave non parte questa sera», spiega il sindaco Carlo Rossi.", &[("Carlo Rossi", "La nave non parte questa sera")]);
    check(
        "it",
        "«La nave non parte questa sera», ha detto uno dei passeggeri.",
        &[("uno dei passeggeri", "La nave non parte questa sera")],
    );
    check("it", "Carlo Rossi: «La nave non parte questa sera»", &[("Carlo Rossi", "La nave non parte questa sera")]);
    check("it", "«La nave non parte questa sera», ha detto Carlo Rossi all'Ansa.", &[("Carlo Rossi", "La nave non parte questa sera")]);
}

#[test]
fn an_italian_subject_may_be_left_out() {
    let text = "Carlo Rossi ha visitato il porto.\n\n«Non venderemo mai la barca», ha detto.";
    check("it", text, &[("Carlo Rossi", "Non venderemo mai la barca")]);
}

#[test]
fn a_cue_between_dashes_inside_the_marks_is_cut_out() {
    let text = "«La nave non parte – ha detto Carlo Rossi – e resta in porto».";
    check("it", text, &[("Carlo Rossi", "La nave non parte – ha detto Carlo Rossi – e resta in porto")]);
}

#[test]
fn italian_titles_were_said_by_nobody() {
    check("it", "Il film «La lunga strada del nord» esce venerdì.", &[]);
}

#[test]
fn portuguese_cues_stand_on_either_side() {
    check("pt", "“O barco não sai esta noite”, disse Rita Costa.", &[("Rita Costa", "O barco não sai esta noite")]);
    check("pt", "Rita Costa afirmou: “O barco não sai esta noite”.", &[("Rita Costa", "O barco não sai esta noite")]);
    check("pt", "Segundo Rita Costa, “o barco não sai esta noite”.", &[("Rita Costa", "o barco não sai esta noite")]);
    check("pt", "«O barco não sai esta noite», afirmou o treinador.", &[("o treinador", "O barco não sai esta noite")]);
    check("pt", "«O barco não sai esta noite», disse o ministro Paulo Lima.", &[("Paulo Lima", "O barco não sai esta noite")]);
    check("pt", "Rita Costa: “O barco não sai esta noite”", &[("Rita Costa", "O barco não sai esta noite")]);
}

#[test]
fn a_portuguese_subject_may_be_left_out() {
    let text = "Rita Costa visitou o porto.\n\n“Não vamos vender o barco”, disse.";
    check("pt", text, &[("Rita Costa", "Não vamos vender o barco")]);
    let text = "“Não vamos vender o barco”, disse Rita Costa. “Ninguém o quer comprar”, acrescentou.";
    check("pt", text, &[("Rita Costa", "Não vamos vender o barco"), ("Rita Costa", "Ninguém o quer comprar")]);
}

#[test]
fn a_portuguese_pronoun_agrees_with_whom_it_stands_for() {
    let text = "Rita Costa encontrou Paulo Lima no porto.\n\n“As redes estavam vazias”, disse ele.";
    check("pt", text, &[("Paulo Lima", "As redes estavam vazias")]);
}
