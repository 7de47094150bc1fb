//! A small set of examples in our own words: a library's bot, eight labels, twelve texts each.

use greenroom_nlp::Example;

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
