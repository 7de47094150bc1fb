//! A rule of one's own beside the standard ones: release notes must name a ticket.

use std::borrow::Cow;
use std::sync::Arc;

use greenroom::lifecycle::{Lifecycle, PlanRequest};
use greenroom::model::document::Settings;
use greenroom::model::{Code, Finding, Severity, Subject};
use greenroom::publish::{Decision, Rule, Submission};
use greenroom::store::MemoryStore;

struct NamesTicket;

const CODES: &[Code] = &[Code::Custom(Cow::Borrowed("ticket_missing"))];

impl Rule for NamesTicket {
    fn codes(&self) -> &[Code] {
        CODES
    }

    fn check(&self, submission: &Submission<'_>) -> Vec<Finding> {
        if submission.notes.contains("TICKET-") {
            return Vec::new();
        }
        let message = "the release notes name no ticket; write its number, such as `TICKET-12`";
        vec![Finding::new(CODES[0].clone(), Severity::Deny, Subject::Bot, message)]
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let lifecycle = Lifecycle::new(Arc::new(MemoryStore::new())).acting_as("ann");
    let bot = lifecycle.create(&"bakery".parse()?, Settings::new("Bakery", "en".parse()?)).await?;

    let refused = bot.plan_with(&[&NamesTicket], &PlanRequest::full("new opening hours")).await?;
    assert_eq!(refused.decision(), Decision::Deny);
    println!("{}", refused.findings()[0]);

    let allowed = bot.plan_with(&[&NamesTicket], &PlanRequest::full("TICKET-12: new opening hours")).await?;
    assert_eq!(allowed.decision(), Decision::Allow);
    Ok(())
}
