//! The flow of a practice's desk, as large as is asked for: a menu, and for each matter a form
//! with checks, loops back, a digression into a help flow, and a person for what fails. The bench
//! `flow_draw` draws it too, so its names come from whoever includes it.

use super::{Flow, FlowBuilder, HttpCall};

/// The matters that the desk takes care of; beyond these they are numbered.
const MATTERS: [(&str, &str); 8] = [
    ("book", "Book an appointment"),
    ("move", "Move an appointment"),
    ("cancel", "Cancel an appointment"),
    ("refill", "Renew a prescription"),
    ("results", "Ask for my results"),
    ("bill", "A question about a bill"),
    ("referral", "A letter of referral"),
    ("travel", "Vaccines for a journey"),
];

/// How many nodes there are beside those of the matters.
const FRAME_NODES: usize = 8;
/// How many nodes a matter has before it is filled up.
const MATTER_NODES: usize = 15;

/// A flow of exactly so many nodes (at least 30).
pub(super) fn practice_flow(nodes: usize) -> Flow {
    let matters = ((nodes.max(30) - FRAME_NODES) / MATTER_NODES).max(1);
    let names: Vec<(String, String)> = (0..matters)
        .map(|matter| match MATTERS.get(matter) {
            Some((id, title)) => ((*id).to_owned(), (*title).to_owned()),
            None => (format!("matter{matter}"), format!("Matter number {matter}")),
        })
        .collect();
    let mut flow = FlowBuilder::new("The practice's desk")
        .on_introduction()
        .on_intent("begin_again")
        .at("menu")
        .on_intent("speak_to_a_person")
        .at("person")
        .on_event("appointment_due")
        .at("remind")
        .action("greet_by_name", |action| action.set("greeting", "Good day, {{ name }}").context("at_the_desk", 5));
    flow = flow.message("menu", "en", "{{ greeting }}! This is the practice on Mill Street. What can I do for you?");
    for (id, title) in &names {
        flow = flow.goto_button("en", title.as_str(), &format!("{id}_why"));
    }
    flow = flow
        .stop()
        .message("remind", "en", "Your appointment is tomorrow at {{ time }}. Will you be there?")
        .goto_button("en", "Yes, I will", "farewell")
        .goto_button("en", "No, I need another day", &format!("{}_why", names[names.len().min(2) - 1].0))
        .stop()
        .handover("person", "en", "I am handing you over to a colleague; this takes about five minutes.")
        .then("anything_else")
        .input("anything_else", "more", "en", "Is there anything else?", |input| {
            input.option("yes", ["yes please", "sure"]).option("no", ["no thanks"]).attempts(2, "farewell")
        })
        .branch("more_wanted", |branch| branch.case("more == \"yes\"", "menu").otherwise("farewell"))
        .message("farewell", "en", "Thank you, and get well soon!")
        .end("over");
    for (place, (id, title)) in names.iter().enumerate() {
        let more =
            (nodes - FRAME_NODES) / matters - MATTER_NODES + usize::from(place < (nodes - FRAME_NODES) % matters);
        flow = matter(flow, id, title, place, more);
    }
    flow.build().unwrap()
}

/// One matter: why, who, since when, looked up, checked, confirmed, done; and `more` further questions.
fn matter(flow: FlowBuilder, id: &str, title: &str, place: usize, more: usize) -> FlowBuilder {
    let node = |name: &str| format!("{id}_{name}");
    let mut flow = flow
        .message(&node("why"), "en", format!("{title}: gladly. It takes three questions."))
        .branch(&node("known"), |branch| {
            branch
                .case("known(patient_number) and known(birthday)", &node("look_up"))
                .case("channel == \"telephone\"", "person")
                .otherwise(&node("number"))
        })
        .input(&node("number"), "patient_number", "en", "What is your patient number? It is on your card.", |input| {
            input.regex("[0-9]{6}").retry("en", "That is six digits.").attempts(3, &node("no_card")).skip_when_known()
        })
        .input(&node("birthday"), "birthday", "en", "And when were you born?", |input| {
            input.date().attempts(2, "person")
        })
        .action(&node("look_up"), |action| {
            action.http(HttpCall::get("https://records.example/patients/{{ patient_number }}")).on_error(&node("sorry"))
        })
        .then(&node("found"));
    flow = flow
        .message(&node("no_card"), "en", "No card at hand? Then I can look for you by your name.")
        .goto_button("en", "Look for my name", &node("name"))
        .goto_button("en", "Try the number again", &node("number"))
        .stop()
        .input(&node("name"), "name", "en", "What is your full name?", |input| input.attempts(2, "person"))
        .then(&node("birthday"))
        .branch(&node("found"), |branch| {
            branch
                .case("status == 200", &node("when"))
                .case("status == 404", &node("no_card"))
                .otherwise(&node("sorry"))
        })
        .message(&node("sorry"), "en", "I am sorry, I cannot reach our records just now.")
        .then("person")
        .input(&node("when"), "day", "en", "Which day suits you? We are open Monday to Friday.", |input| {
            input.date().attempts(3, &node("help"))
        });
    for question in 0..more {
        flow = flow.input(
            &node(&format!("detail{}", question + 1)),
            "detail",
            "en",
            format!("Detail {} of your request, please.", question + 1),
            |input| input.attempts(2, "person"),
        );
    }
    flow = flow
        .branch(&node("free"), |branch| {
            let branch = branch.case("free_places > 0", &node("confirm"));
            let branch = if place.is_multiple_of(2) { branch.case("urgency == \"high\"", "person") } else { branch };
            branch.otherwise(&node("full"))
        })
        .message(&node("full"), "en", "There is no time left on {{ day }}.")
        .then(&node("when"))
        .jump_and_return(&node("help"), "help_with_dates")
        .then(&node("when"))
        .message(&node("confirm"), "en", "So that is {{ day }} for {{ name }}. Shall I put it down?")
        .goto_button("en", "Yes, please", &node("done"))
        .goto_button("en", "Another day", &node("when"))
        .goto_button("en", "Never mind", "anything_else")
        .stop();
    flow.action(&node("done"), |action| action.call("write_down").on_error(&node("sorry"))).then("anything_else")
}
