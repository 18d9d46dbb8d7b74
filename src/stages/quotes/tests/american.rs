//! Samples in the manner of American newspapers and wires.

use super::phenomena::each;

#[test]
fn a_cue_may_come_in_the_next_sentence() {
    each(&[
        (
            "en",
            "Councilwoman Dana Whitlock voted against the plan. She did not mince words. “This map was drawn in a back room.”",
            &[("Dana Whitlock", "This map was drawn in a back room")],
        ),
        (
            "en",
            "“We are not going to relitigate the election.” That was the message from Marcus Bell, the county clerk, on Tuesday.",
            &[("Marcus Bell", "We are not going to relitigate the election")],
        ),
        (
            "en",
            "Dana Whitlock has run the shelter since 2009. Whitlock was blunt. “They lied to us for years,” she said. “And nobody was fired.”",
            &[("Dana Whitlock", "They lied to us for years"), ("Dana Whitlock", "And nobody was fired")],
        ),
    ]);
}

#[test]
fn what_a_speaker_is_follows_the_name() {
    each(&[
        (
            "en",
            "“The levee will hold,” said Marcus Bell, who runs the county's emergency office.",
            &[("Marcus Bell", "The levee will hold")],
        ),
        ("en", "“The levee will hold,” Dana Whitlock, a spokeswoman for the Corps, said.", &[("Dana Whitlock", "The levee will hold")]),
        ("en", "“The levee will hold,” said Rep. Marcus Bell, R-Ohio.", &[("Marcus Bell", "The levee will hold")]),
        ("en", "“The levee will hold,” said Sen. Dana Whitlock (D-N.M.).", &[("Dana Whitlock", "The levee will hold")]),
        (
            "en",
            "“The levee will hold tonight,” said Marcus Bell, 43, a welder from Toledo.",
            &[("Marcus Bell", "The levee will hold tonight")],
        ),
        (
            "en",
            "“The levee will hold,” said Marcus Bell, director of the Center for River Studies at Tulane University.",
            &[("Marcus Bell", "The levee will hold")],
        ),
        ("en", "“The levee will hold,” said Bell's brother-in-law, Curtis Webb.", &[("Curtis Webb", "The levee will hold")]),
        (
            "en",
            "“The levee will hold,” said a senior administration official.",
            &[("a senior administration official", "The levee will hold")],
        ),
    ]);
}

#[test]
fn an_office_stands_before_the_name() {
    each(&[
        ("en", "“The levee will hold,” said Secretary of State Corwin Hartnell.", &[("Corwin Hartnell", "The levee will hold")]),
        ("en", "“The levee will hold,” said Ohio Attorney General Corwin Hartnell.", &[("Corwin Hartnell", "The levee will hold")]),
        ("en", "“The levee will hold,” said former Louisiana Gov. Corwin Hartnell.", &[("Corwin Hartnell", "The levee will hold")]),
        ("en", "“The levee will hold,” House Speaker Corwin Hartnell said Monday.", &[("Corwin Hartnell", "The levee will hold")]),
        ("en", "“The levee will hold,” said Mayor of Baton Rouge Corwin Hartnell.", &[("Corwin Hartnell", "The levee will hold")]),
        (
            "en",
            "“The levee will hold,” White House press secretary Corwin Hartnell told reporters.",
            &[("Corwin Hartnell", "The levee will hold")],
        ),
        (
            "en",
            "Former U.S. Ambassador to the United Nations Corwin Hartnell wrote: “The levee will hold.”",
            &[("Corwin Hartnell", "The levee will hold")],
        ),
        (
            "en",
            "“The levee will hold,” Police Chief Corwin Hartnell told the Post in an interview.",
            &[("Corwin Hartnell", "The levee will hold")],
        ),
    ]);
}

#[test]
fn an_office_is_the_one_who_was_named_above() {
    each(&[
        (
            "en",
            "Republican Gov. Dana Whitlock signed the bill on Monday. Protesters gathered at the Capitol.\n\n“This keeps our schools open,” the governor said.",
            &[("Dana Whitlock", "This keeps our schools open")],
        ),
        (
            "en",
            "Sen. Marcus Bell of Nevada blocked the vote.\n\n“We will be here all night,” the senator told reporters.",
            &[("Marcus Bell", "We will be here all night")],
        ),
        (
            "en",
            "Marcus Bell, a professor of law at Drake University, disagrees.\n\n“The text is plain enough,” the professor said.",
            &[("Marcus Bell", "The text is plain enough")],
        ),
    ]);
}

#[test]
fn a_pronoun_tells_a_woman_from_a_man() {
    each(&[
        (
            "en",
            "Dana Whitlock and her husband, Marcus Bell, lost the farm in the flood.\n\n“I signed the papers myself,” she said.\n\n“I could not look,” he said.",
            &[("Dana Whitlock", "I signed the papers myself"), ("Marcus Bell", "I could not look")],
        ),
        (
            "en",
            "Marcus Bell met with Dana Whitlock at the White House on Tuesday.\n\n“It was a good meeting,” he said afterward.",
            &[("Marcus Bell", "It was a good meeting")],
        ),
        (
            "en",
            "Dana Whitlock endorsed her former rival, Marcus Bell, in Des Moines.\n\n“He is the right man for this hour,” she told the crowd.",
            &[("Dana Whitlock", "He is the right man for this hour")],
        ),
    ]);
}

#[test]
fn a_pronoun_means_whoever_the_talk_is_about() {
    each(&[
        (
            "en",
            "Marcus Bell opened his campaign in Iowa on Monday. He attacked Chicago and the Times.\n\n“They do not know you,” he said.",
            &[("Marcus Bell", "They do not know you")],
        ),
        (
            "en",
            "Marcus Bell, the candidate, dropped out on Wednesday and endorsed his rival, Curtis Webb. “Three months ago,” he said, “I entered this race to win.”",
            &[("Marcus Bell", "Three months ago"), ("Marcus Bell", "I entered this race to win")],
        ),
    ]);
}

#[test]
fn a_statement_is_its_makers() {
    each(&[
        (
            "en",
            "In a statement, the company said the recall was “out of an abundance of caution.”",
            &[("the company", "out of an abundance of caution")],
        ),
        ("en", "“The recall is voluntary,” the company said in a statement.", &[("the company", "The recall is voluntary")]),
        (
            "en",
            "Webb's statement added: “The recall is voluntary and no one was hurt.”",
            &[("Webb", "The recall is voluntary and no one was hurt")],
        ),
        (
            "en",
            "A statement from Curtis Webb said: “The recall is voluntary and no one was hurt.”",
            &[("Curtis Webb", "The recall is voluntary and no one was hurt")],
        ),
        ("en", "According to a statement by Curtis Webb, “the recall is voluntary.”", &[("Curtis Webb", "the recall is voluntary")]),
        (
            "en",
            "“The recall is voluntary,” Dana Whitlock, a spokeswoman for Acme Corp., said in an email.",
            &[("Dana Whitlock", "The recall is voluntary")],
        ),
    ]);
}

#[test]
fn to_release_is_no_release() {
    each(&[(
        "en",
        "Curtis Webb runs the port. The port did not release the names. In its press release, Webb said: “We owe them silence.”",
        &[("Curtis Webb", "We owe them silence")],
    )]);
}

#[test]
fn whoever_is_quoted_by_another_speaks() {
    each(&[
        (
            "en",
            "Politico quoted Curtis Webb, a former aide, as saying: “The recall is voluntary.”",
            &[("Curtis Webb", "The recall is voluntary")],
        ),
        (
            "en",
            "Curtis Webb was quoted by the Tribune as saying, “The recall is voluntary.”",
            &[("Curtis Webb", "The recall is voluntary")],
        ),
        ("en", "The plan was described by Curtis Webb as “a gift to the lawyers.”", &[("Curtis Webb", "a gift to the lawyers")]),
    ]);
}

#[test]
fn a_participle_goes_with_the_subject() {
    each(&[
        (
            "en",
            "Curtis Webb defended the Air Force's choice of Boeing, saying, “This was never a competitive bid.”",
            &[("Curtis Webb", "This was never a competitive bid")],
        ),
        (
            "en",
            "Dana Whitlock criticized the response of the press to the flood, calling it “a disgrace to this city.”",
            &[("Dana Whitlock", "a disgrace to this city")],
        ),
    ]);
}

#[test]
fn others_beside_the_cue_do_not_speak() {
    each(&[
        (
            "en",
            "“It was never tested,” Webb told The Associated Press. Curtis Webb is the engineer.",
            &[("Curtis Webb", "It was never tested")],
        ),
        ("en", "Asked about Dana Whitlock, Curtis Webb said: “It was never tested.”", &[("Curtis Webb", "It was never tested")]),
        ("en", "“It was never tested,” Curtis Webb said of Dana Whitlock's proposal.", &[("Curtis Webb", "It was never tested")]),
        (
            "en",
            "In an interview with CNN's Dana Whitlock, Curtis Webb said, “It was never tested.”",
            &[("Curtis Webb", "It was never tested")],
        ),
        ("en", "“It was never tested,” Webb tweeted on Sunday. Curtis Webb is the engineer.", &[("Curtis Webb", "It was never tested")]),
        ("en", "On Twitter, Curtis Webb wrote: “It was never tested!”", &[("Curtis Webb", "It was never tested")]),
    ]);
}

#[test]
fn two_may_speak_in_turn() {
    each(&[(
        "en",
        "“You had four years,” Marcus Bell said.\n\n“And you had none,” Dana Whitlock replied.\n\n“That is not an answer,” Bell shot back.",
        &[("Marcus Bell", "You had four years"), ("Dana Whitlock", "And you had none"), ("Marcus Bell", "That is not an answer")],
    )]);
}
