//! Samples of who speaks, in English and Indonesian.

use super::check;

#[test]
fn a_name_before_or_after_the_verb_speaks() {
    check("en", "“The ferry will not sail tonight,” Tom Hale said.", &[("Tom Hale", "The ferry will not sail tonight")]);
    check("en", "“The ferry will not sail tonight,” said Tom Hale on Monday.", &[("Tom Hale", "The ferry will not sail tonight")]);
    check("en", "Tom Hale said: “The ferry will not sail tonight.”", &[("Tom Hale", "The ferry will not sail tonight")]);
    check("en", "Tom Hale told reporters, “The ferry will not sail tonight.”", &[("Tom Hale", "The ferry will not sail tonight")]);
    check("en", "According to Tom Hale, “the ferry will not sail tonight.”", &[("Tom Hale", "the ferry will not sail tonight")]);
    check("id", "“Kapal tidak berangkat malam ini,” kata Budi Hartono.", &[("Budi Hartono", "Kapal tidak berangkat malam ini")]);
    check("id", "Budi Hartono mengatakan, “Kapal tidak berangkat malam ini.”", &[("Budi Hartono", "Kapal tidak berangkat malam ini")]);
    check("id", "Menurut Budi Hartono, “kapal tidak berangkat malam ini.”", &[("Budi Hartono", "kapal tidak berangkat malam ini")]);
}

#[test]
fn what_stands_beside_a_name_does_not_speak_in_its_place() {
    check("en", "“We lost the boat in a minute,” said Tom Hale of the Harbour Guild.", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "Tom Hale of the Harbour Guild said, “We lost the boat in a minute.”", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "“We lost the boat in a minute,” Tom Hale, the mayor of Dunmore, said.", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "“We lost the boat in a minute,” Tom Hale told the Harbour Post.", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "Speaking to Rita Vance, Tom Hale said: “We lost the boat in a minute.”", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "“We lost the boat in a minute,” said Dunmore mayor Tom Hale.", &[("Tom Hale", "We lost the boat in a minute")]);
    check("en", "“We lost the boat in a minute,” said Mayor of Dunmore Thomas Hale.", &[("Thomas Hale", "We lost the boat in a minute")]);
    check("en", "“We lost the boat in a minute,” Hale's lawyer, Ida Brook, said.", &[("Ida Brook", "We lost the boat in a minute")]);
    check("id", "“Kami kehilangan perahu itu,” kata Rina Wijaya kepada Antara.", &[("Rina Wijaya", "Kami kehilangan perahu itu")]);
    check("id", "“Kami kehilangan perahu itu,” kata Ketua Nelayan Rina Wijaya di Tuban.", &[("Rina Wijaya", "Kami kehilangan perahu itu")]);
}

#[test]
fn a_role_speaks_where_no_name_is_given() {
    check("en", "“The pump failed twice,” a police spokesman said.", &[("a police spokesman", "The pump failed twice")]);
    check("en", "“The pump failed twice this week,” the engineer said.", &[("the engineer", "The pump failed twice this week")]);
    check(
        "en",
        "“The pump failed twice this week,” said one of the passengers.",
        &[("one of the passengers", "The pump failed twice this week")],
    );
    check(
        "en",
        "In a statement, the company said: “The pump failed twice this week.”",
        &[("the company", "The pump failed twice this week")],
    );
}

#[test]
fn a_role_is_the_one_who_was_named_with_it() {
    let text = "Mayor Ada Moe opened the bridge on Friday.\n\n“It took us nine years,” the mayor said.";
    check("en", text, &[("Ada Moe", "It took us nine years")]);
    let text = "Ada Moe, the harbour director, opened the quay.\n\n“It took us nine years,” the director said.";
    check("en", text, &[("Ada Moe", "It took us nine years")]);
}

#[test]
fn a_surname_stands_for_the_full_name() {
    let text = "Ada Moe has run the ferry for ten years. “Nobody else would do it,” Moe said.";
    check("en", text, &[("Ada Moe", "Nobody else would do it")]);
    let text = "“Nobody else would do it,” said Moe. Ada Moe has run the ferry for ten years.";
    check("en", text, &[("Ada Moe", "Nobody else would do it")]);
    let text = "Rina Wijaya menjual ikan di pasar.\n\n“Harga naik setiap minggu,” kata Rina.";
    check("id", text, &[("Rina Wijaya", "Harga naik setiap minggu")]);
}

#[test]
fn initials_in_brackets_are_another_name() {
    let text = "The Harbour Workers Guild (HWG) called a strike. “Nobody will load a ship tomorrow,” the HWG said.";
    check("en", text, &[("Harbour Workers Guild", "Nobody will load a ship tomorrow")]);
}

#[test]
fn people_of_one_surname_are_told_apart() {
    let text =
        "Ada Moe sold the boat to Karl Vane.\n\n“I had no choice at all,” Ada Moe said.\n\n“He had no choice at all,” said Peter Moe.";
    check("en", text, &[("Ada Moe", "I had no choice at all"), ("Peter Moe", "He had no choice at all")]);
}

#[test]
fn a_pronoun_agrees_with_whom_it_stands_for() {
    let text = "Mary Hale met Robert Vane on the quay on Sunday.\n\n“The nets were empty again,” he said.";
    check("en", text, &[("Robert Vane", "The nets were empty again")]);
    let text = "Robert Vane met Mary Hale on the quay on Sunday.\n\n“The nets were empty again,” she said.";
    check("en", text, &[("Mary Hale", "The nets were empty again")]);
}

#[test]
fn who_takes_up_whoever_was_named_last() {
    let text = "The plan was drawn by Mary Hale, who said “the nets were empty again” last month.";
    check("en", text, &[("Mary Hale", "the nets were empty again")]);
}

#[test]
fn a_clitic_stands_for_the_speaker() {
    let text = "Rina Wijaya menjual ikan di pasar.\n\n“Harga naik setiap minggu,” katanya.";
    check("id", text, &[("Rina Wijaya", "Harga naik setiap minggu")]);
    let text = "“Harga naik setiap minggu,” kata Rina Wijaya. “Kami tidak bisa menunggu lagi,” ujarnya.";
    check("id", text, &[("Rina Wijaya", "Harga naik setiap minggu"), ("Rina Wijaya", "Kami tidak bisa menunggu lagi")]);
}

#[test]
fn a_quote_without_a_cue_belongs_to_the_speaker_in_force() {
    let text = "“The nets were empty again,” Mary Hale said. “We shall sell the boat in May.”";
    check("en", text, &[("Mary Hale", "The nets were empty again"), ("Mary Hale", "We shall sell the boat in May")]);
    let text = "“The nets,” Mary Hale said, “were empty once again.”";
    check("en", text, &[("Mary Hale", "The nets"), ("Mary Hale", "were empty once again")]);
}

#[test]
fn a_headline_names_its_speaker_before_a_colon() {
    check("en", "Mary Hale: “We will not sell the boat”", &[("Mary Hale", "We will not sell the boat")]);
    check("id", "Rina Wijaya: “Kami tidak akan menjual perahu”", &[("Rina Wijaya", "Kami tidak akan menjual perahu")]);
}

#[test]
fn a_post_is_said_by_whoever_wrote_it() {
    check("en", "“The nets were empty again,” Mary Hale wrote on X.", &[("Mary Hale", "The nets were empty again")]);
    check("en", "Mary Hale tweeted: “The nets were empty again.”", &[("Mary Hale", "The nets were empty again")]);
    check("en", "Mary Hale posted on Facebook: “The nets were empty again.”", &[("Mary Hale", "The nets were empty again")]);
}

#[test]
fn a_line_below_names_who_spoke() {
    check(
        "en",
        "“The sea does not ask whose boat it is.”\n\n— Mary Hale, fisher",
        &[("Mary Hale", "The sea does not ask whose boat it is")],
    );
}

#[test]
fn words_that_call_something_so_belong_to_the_caller() {
    check("en", "Mary Hale called the plan “a very slow disaster” on Monday.", &[("Mary Hale", "a very slow disaster")]);
    check("en", "Mary Hale said the plan was “a very slow disaster”.", &[("Mary Hale", "a very slow disaster")]);
}

#[test]
fn a_quote_can_have_no_speaker() {
    check("en", "“Nobody owns the sea around here.”", &[("", "Nobody owns the sea around here")]);
}

#[test]
fn the_best_quote_is_a_whole_sentence_of_somebody_the_article_is_about() {
    let text = "Mary Hale sold the ferry. Mary Hale called it “a very slow disaster of ours”.\n\n\
                A passer-by said: “We will never see such a boat here again.”\n\n\
                “The ferry carried this town for thirty years,” Mary Hale said.";
    let quotes = super::quotes_of("en", text, &crate::stages::quotes::Options { max: 1, ..Default::default() });
    let best: Vec<&str> = quotes.iter().map(|quote| quote.span.of(text)).collect();
    assert_eq!(best, ["The ferry carried this town for thirty years"]);
}
