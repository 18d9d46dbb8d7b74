//! What a language tells the quotes stage: marks, cues, titles, pronouns.

use serde::Deserialize;

/// Words are given as they are written within a sentence, in lower case; a phrase has its words parted by a space.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct QuoteData {
    /// Straight single marks are outer marks too.
    pub straight_single: bool,
    /// What follows an apostrophe at the head of a word that is short: 'tis, 's avonds.
    pub elisions: Vec<String>,
    /// Every noun is written with a capital.
    pub capital_nouns: bool,
    /// A verb may stand without its subject.
    pub drops_subject: bool,
    /// Verbs that always say that somebody speaks.
    pub verbs: Vec<String>,
    /// Verbs that say so only where they touch the quotation.
    pub weak_verbs: Vec<String>,
    /// Both kinds, where their forms follow a rule.
    pub regular_verbs: Vec<RegularVerbs>,
    /// What stands before a participle: "has", "a", "ha".
    pub auxiliaries: Vec<String>,
    /// What is hung on a verb in place of a pronoun: "-nya".
    pub clitics: Vec<String>,
    /// Verbs that have it in them.
    pub clitic_verbs: Vec<String>,
    /// Phrases that name the speaker next: "according to".
    pub adpositions: Vec<String>,
    /// Prepositions that hang whoever spoke on a verb: "by", in "was described by Ada Moe as".
    pub agents: Vec<String>,
    /// Verbs in the active whose object is the one who speaks: "quoted", in "the Post quoted Ada Moe as saying".
    pub quoting: Vec<String>,
    /// Words after the speaker: "zufolge".
    pub postpositions: Vec<String>,
    /// What begins reported speech after the verb: "that".
    pub that: Vec<String>,
    pub masculine: Vec<String>,
    pub feminine: Vec<String>,
    /// Pronouns that tell no gender, or more than one person.
    pub neutral: Vec<String>,
    /// Those pronouns that can only mean several.
    pub plural: Vec<String>,
    /// Those pronouns that tell no gender and stand for human beings only.
    pub personal: Vec<String>,
    /// Words that take up whoever was named last: "who".
    pub relatives: Vec<String>,
    pub articles: Vec<String>,
    /// Articles and the like for somebody not met before.
    pub indefinite: Vec<String>,
    /// Words that hang what follows on something else: "to", "of". Never before a speaker.
    pub prepositions: Vec<String>,
    /// Small words within names: "van", "de".
    pub particles: Vec<String>,
    pub titles_masculine: Vec<String>,
    pub titles_feminine: Vec<String>,
    /// Titles that tell no gender.
    pub titles: Vec<String>,
    /// Nouns for offices, jobs and kinds of people.
    pub roles: Vec<String>,
    pub roles_feminine: Vec<String>,
    pub roles_plural: Vec<String>,
    /// Nouns for bodies that speak: "ministry".
    pub bodies: Vec<String>,
    /// Those nouns for bodies that are papers, whose maker speaks: "statement".
    pub documents: Vec<String>,
    /// What tells who made one: "from", in "a statement from the harbour".
    pub makers: Vec<String>,
    /// A title and the offices of whoever bears it, parted by spaces: "gov governor".
    pub title_roles: Vec<String>,
    /// How nouns for offices and jobs end.
    pub role_endings: Vec<String>,
    pub role_endings_feminine: Vec<String>,
    /// How nouns end that are no names, where all nouns have capitals.
    pub common_endings: Vec<String>,
    /// How words begin that are no names, though they head a sentence.
    pub common_beginnings: Vec<String>,
    /// Words that announce a name in marks: "titled", "so-called", "film".
    pub labels: Vec<String>,
    /// Other words that often stand first in a sentence and are no names.
    pub common: Vec<String>,
}

impl QuoteData {
    /// All forms of the verbs that follow a rule, each with whether it always says that somebody speaks.
    pub fn regular_forms(&self) -> impl Iterator<Item = (String, bool)> {
        self.regular_verbs.iter().flat_map(|regular| {
            let lists = [(&regular.sure, true), (&regular.weak, false)];
            let verbs = lists.into_iter().flat_map(|(verbs, is_sure)| verbs.split_whitespace().map(move |verb| (verb, is_sure)));
            verbs.flat_map(|(verb, is_sure)| {
                let stem = verb.strip_suffix(regular.strip.as_str()).unwrap_or(verb);
                let formed = regular.endings.iter().map(move |ending| format!("{stem}{ending}"));
                [verb.to_owned()].into_iter().chain(formed).map(move |form| (form, is_sure))
            })
        })
    }

    /// All forms of the verbs that always say that somebody speaks.
    pub fn sure_forms(&self) -> impl Iterator<Item = String> {
        let listed = self.verbs.iter().chain(&self.clitic_verbs).cloned();
        listed.chain(self.regular_forms().filter(|(_, is_sure)| *is_sure).map(|(form, _)| form))
    }
}

/// Verbs whose forms are a stem and an ending.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RegularVerbs {
    /// What is taken off the form that the list gives.
    pub strip: String,
    pub endings: Vec<String>,
    /// Parted by spaces.
    pub sure: String,
    pub weak: String,
}
