//! Findings in plain words: what each code means for somebody who has never heard of it,
//! and the page where it is mended.

use greenroom_model::{Code, Finding, Severity, Subject};

use crate::training::without_command;
use crate::usages::page_of;
use crate::viewed::Viewed;

/// A finding as pages show it.
#[derive(Debug, Clone)]
pub(crate) struct ShownFinding {
    pub(crate) code: String,
    /// What is the matter, in a sentence.
    pub(crate) title: String,
    /// What exactly.
    pub(crate) detail: String,
    /// What to do.
    pub(crate) mend: &'static str,
    pub(crate) place: Option<MendingPlace>,
    /// The code's section of the guide.
    pub(crate) guide: String,
}

/// The page where a finding is mended.
#[derive(Debug, Clone)]
pub(crate) struct MendingPlace {
    pub(crate) label: String,
    pub(crate) href: String,
}

/// The findings of a severity, in plain words.
pub(crate) fn shown_findings(viewed: &Viewed, findings: &[Finding], severity: Severity) -> Vec<ShownFinding> {
    findings.iter().filter(|finding| finding.severity == severity).map(|finding| shown(viewed, finding)).collect()
}

fn shown(viewed: &Viewed, finding: &Finding) -> ShownFinding {
    let (title, mend) = plain_words(&finding.code);
    let detail = without_command(&finding.message).to_owned();
    ShownFinding {
        code: finding.code.to_string(),
        // A rule of an embedder explains itself.
        title: if title.is_empty() { detail.clone() } else { title.to_owned() },
        detail: if title.is_empty() { String::new() } else { detail },
        mend,
        place: mending_place(viewed, finding),
        guide: format!("/docs/publishing#{}", finding.code),
    }
}

fn mending_place(viewed: &Viewed, finding: &Finding) -> Option<MendingPlace> {
    let id = viewed.bot.id();
    let place = |label: &str, page: &str| {
        Some(MendingPlace { label: label.to_owned(), href: format!("/bots/{id}/draft/{page}") })
    };
    match (&finding.subject, &finding.code) {
        (_, Code::NeverPublished | Code::NlpUnchanged | Code::IntentRemoved) => {
            place("Publish everything instead", "publish?scope=full")
        }
        (_, Code::LiveDrift) => place("Look at the hotfix", "merge"),
        (Subject::Part(path), _) => place(&format!("Open {path}"), &page_of(path)),
        (Subject::Node(path, node), _) => {
            place(&format!("Open the node {node}"), &format!("{}?node={node}", page_of(path)))
        }
        (Subject::Language(_), _) => place("Train", "training"),
        (Subject::Bot, Code::ChannelMissing) => {
            Some(MendingPlace { label: "Add a channel".to_owned(), href: format!("/bots/{id}/environments") })
        }
        (Subject::Bot, Code::Untested) => place("Look at the tests", "tests"),
        (Subject::Bot, _) => None,
    }
}

/// What a code means, and what to do about it.
fn plain_words(code: &Code) -> (&'static str, &'static str) {
    match code {
        Code::NeverPublished => (
            "Nothing is live yet, so there are no flows that new NLP could go with.",
            "Publish everything once. From then on you can also publish NLP alone.",
        ),
        Code::ModelMissing => (
            "A language has examples, but the bot was never trained in it.",
            "Train the bot; live would understand nothing in that language.",
        ),
        Code::ModelStale => (
            "The examples changed after the last training.",
            "Train again; live would not know what you have added since.",
        ),
        Code::ModelUnsupported => ("This Greenroom cannot load what was trained.", "Train the language again here."),
        Code::ModelOutdated => (
            "An older Greenroom trained the bot. It works as it did.",
            "Train again if you like, and compare what would be understood otherwise.",
        ),
        Code::NlpUnchanged => (
            "Intents, examples and entities are exactly what live has; only other things changed.",
            "Publish everything, or change something in the NLP first.",
        ),
        Code::IntentRemoved => (
            "An intent that live knows would be gone, while live's flows stay as they are.",
            "Bring the intent and its examples back. If it should go, publish everything: then flows and intents change together.",
        ),
        Code::EntityRemoved => (
            "An entity that live's flows ask for would be gone, while those flows stay.",
            "Bring the entity back. If it should go, publish everything.",
        ),
        Code::LanguageRemoved => (
            "A language of live would have no example left.",
            "Give it examples again. If it should go, take it out of the settings and publish everything.",
        ),
        Code::LiveDrift => (
            "Somebody corrected this in live, and the publish would undo it.",
            "Take the correction into the draft, or give it up by name.",
        ),
        Code::RolledBack => (
            "Live was put back for a reason, and the publish would bring the same parts back.",
            "Change what was wrong, or bring them back knowingly.",
        ),
        Code::PromotionOutdated => (
            "Something newer was published since to where this would go, and it would change back.",
            "Publish the draft to the environment that is promoted, and promote that.",
        ),
        Code::NothingToPublish => {
            ("Live runs exactly this already.", "There is nothing to do. Changes of tests alone do not count.")
        }
        Code::IntentUnknown => {
            ("A flow uses an intent that does not exist.", "Add the intent, or take it out of the flow.")
        }
        Code::EntityUnknown => ("Something uses an entity that does not exist.", "Add the entity, or take it out."),
        Code::ContextUnknown => {
            ("A flow uses a context that does not exist.", "Add the context, or take it out of the flow.")
        }
        Code::VariableUnknown => {
            ("A flow uses a variable that does not exist.", "Add the variable, or correct its name.")
        }
        Code::HandlerUnknown => (
            "A flow calls code that is not declared.",
            "Declare the handler with your developers, or take the call out.",
        ),
        Code::TargetMissing => ("A way in a flow leads nowhere.", "Connect it to a node that exists."),
        Code::UnreachableNode => ("No way leads to a node: nobody will ever meet it.", "Connect it, or delete it."),
        Code::NoWayOut => (
            "A group of nodes goes in circles without ever waiting for an answer.",
            "Lead one of them on to a question or an end.",
        ),
        Code::ConditionInvalid => ("A condition cannot be read.", "Correct how it is written."),
        Code::ConditionConstant => {
            ("A condition always holds, never holds, or is never asked.", "Correct it, or take the case out.")
        }
        Code::LoopWithoutInput => (
            "Nodes lead round without waiting, and nothing on the way changes what decides.",
            "Put a question into the loop.",
        ),
        Code::ButtonWithoutTarget => ("A button does nothing.", "Lead it to a node, or add what hears it."),
        Code::InputWithoutLimit => (
            "A question is asked again and again, without an end.",
            "Limit the attempts, and say what comes after the last.",
        ),
        Code::VariableUnset => ("A variable is asked for that nothing sets.", "Set it, or give it a default."),
        Code::ContextNeverSet => (
            "A trigger waits for a context that nothing sets.",
            "Set the context in an action, or take it out of the trigger.",
        ),
        Code::TriggerShadowed => (
            "Two triggers are the same: one of them never starts its flow.",
            "Take one out, or let it require a context.",
        ),
        Code::JumpStackGrows => (
            "Flows jump with return, round and round, and never come back.",
            "Let the other flow end, or jump without return.",
        ),
        Code::TranslationMissing => ("A text lacks a language of the bot.", "Translate it."),
        Code::TemplateInvalid => ("A text with variables cannot be read.", "Correct what stands in its braces."),
        Code::SensitiveDerived => (
            "A text says a part of a sensitive value, which transcripts would keep.",
            "Keep that part in a sensitive variable of its own, and say that.",
        ),
        Code::PatternInvalid => ("A pattern cannot be read.", "Correct the regular expression."),
        Code::EvidenceMissing => (
            "Your organisation wants something measured before a publish.",
            "Measure what customers would notice, below.",
        ),
        Code::Regression => {
            ("The bot would understand less than it should, or than it does now.", "Look at the examples that collide.")
        }
        Code::BehaviourChange => (
            "Customers would notice: some things are understood otherwise, or conversations go another way.",
            "Nothing, if that is what you want. Else look at the intents that are named.",
        ),
        Code::SessionsAffected => {
            ("Customers are at a step that would be gone.", "Wait until they are done, or keep the step for a while.")
        }
        Code::Untested => (
            "The tests have not passed on exactly what would be published.",
            "Run the tests; add one for each conversation that must never break.",
        ),
        Code::ChannelMissing => ("Nobody can reach live yet: it has no channel.", "Add a web chat or another channel."),
        Code::ReleaseNotesMissing => (
            "There are no release notes.",
            "Say in a line what changes and why; a colleague will be grateful at night.",
        ),
        Code::FewExamples => (
            "An intent has too few examples to be understood well.",
            "Add more, worded as differently as people word them.",
        ),
        Code::DuplicateExample => {
            ("One text is an example of two intents; the bot cannot know which is meant.", "Leave it in one of them.")
        }
        Code::EmptyIntent => ("An intent has no example at all.", "Add examples, or delete the intent."),
        _ => ("", ""),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_of_ours_has_plain_words() {
        for code in Code::ALL {
            let (title, mend) = plain_words(code);
            assert!(!title.is_empty() && !mend.is_empty(), "{code}");
        }
    }
}
