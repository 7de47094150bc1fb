//! A small set of examples in our own words: a library's bot, eight labels, twelve texts each.

#![allow(dead_code, reason = "not every test needs all of it")]

use greenroom_nlp::{Example, Vectors, VectorsDescription};

/// `label: text | text | …`, one label a line.
const SAMPLE: &str = "\
opening_hours: when do you open | what are your opening hours | are you open on sunday | until what time can i visit today | is the library open tomorrow | when do you close | hours on a bank holiday please | do you open before nine | how late are you open | what time does the library shut | are you closed at christmas | tell me the opening times
renew_loan: i want to renew my book | can i keep this book longer | please extend my loan | renew everything i have on loan | i need two more weeks with this novel | extend the due date | can you renew a loan by phone | i have not finished my book may i keep it | prolong my loan please | renew the dvd i borrowed | could i have the book for another week | is it possible to renew twice
reserve_item: reserve a book for me | can i put a hold on a novel | i would like to place a reservation | hold the new crime novel for me | put me on the waiting list for this title | how do i reserve an item | someone else has the book can i be next | please set it aside for me | book a copy of the atlas | place a hold | i want to reserve two films | can you keep a copy at the desk
lost_card: i lost my library card | my card was stolen | i cannot find my card | can i get a new card | how much is a replacement card | block my card please | my library card is gone | someone took my card | i need a card because mine is lost | replace my lost card | the card fell in a river | what if i lose my card
pay_fine: how do i pay my fine | i want to pay what i owe | can i pay the late fee by card | how much is my fine | why was i charged a late fee | is there a fine for a late book | pay my fees online | i have a debt on my account | settle my fine | do you take cash for fines | what do i owe you | my late fees are too high
find_room: where can i study in silence | is there a quiet room | i want to book a study room | where is the reading room | rooms for group work | how many people fit in the meeting room | do you have a room with a screen | i need a place for my study group | where are the desks with sockets | is the seminar room free | rent a room for a meeting | show me the way to the quiet floor
greet: hello | hi there | good morning | good evening | hey | hello library | hi bot | greetings | good day to you | hey you | hiya | a very good afternoon
goodbye: bye | goodbye | see you later | thanks bye | that was all goodbye | have a nice day | see you soon | talk to you later | bye bye | farewell | until next time | i am done thank you bye";

/// All examples, label by label.
pub(crate) fn examples() -> Vec<Example<'static>> {
    SAMPLE
        .lines()
        .filter_map(|line| line.split_once(": "))
        .flat_map(|(label, texts)| texts.split(" | ").map(move |text| Example { text, label }))
        .collect()
}

/// Toy vectors in which words of one matter are near each other.
pub(crate) fn vectors() -> Vectors {
    let matters: [&[&str]; 8] = [
        &["open", "opening", "hours", "close", "closed", "shut", "sunday", "tomorrow", "today"],
        &["renew", "keep", "extend", "prolong", "longer", "weeks", "loan", "due"],
        &["reserve", "hold", "reservation", "waiting", "list", "aside", "book"],
        &["lost", "stolen", "card", "replace", "replacement", "block", "gone"],
        &["pay", "fine", "owe", "fee", "fees", "debt", "charged", "cash"],
        &["room", "study", "quiet", "reading", "meeting", "desks", "seminar"],
        &["hello", "hi", "hey", "good", "morning", "greetings", "hiya"],
        &["bye", "goodbye", "later", "farewell", "see", "thanks", "thank"],
    ];
    let mut pieces = vec!["[UNK]", "'", "i", "##s", "the", "a"];
    let mut rows: Vec<[f32; 9]> = vec![[0.0; 9]; pieces.len()];
    for (matter, words) in matters.iter().enumerate() {
        for (place, word) in words.iter().enumerate() {
            let mut row = [0.02 * place as f32; 9];
            row[matter] = 1.0;
            pieces.push(word);
            rows.push(row);
        }
    }
    let description = VectorsDescription { name: "toy".into(), language: "en".into(), source: "our own".into() };
    Vectors::new(description, &pieces, &rows).unwrap()
}
