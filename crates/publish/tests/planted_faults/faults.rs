//! Faults: each makes exactly one kind of mistake in a random sound bot, somewhere,
//! and says what must be found where.

mod asked;
mod nlp;
mod said;
mod started;
mod ways;

use greenroom_model::{Code, Severity};

use crate::bot::Bot;
use crate::chance::Chance;
use crate::checked::Found;
use crate::generator::Needs;

/// A kind of fault.
pub(crate) struct Fault {
    pub(crate) code: Code,
    pub(crate) needs: Needs,
    /// Plants it, and says what must be found.
    pub(crate) plant: fn(&mut Bot, &mut Chance) -> Vec<Found>,
}

const ANY: Needs = Needs { closed: false, languages: false };
const CLOSED: Needs = Needs { closed: true, languages: false };
const LANGUAGES: Needs = Needs { closed: false, languages: true };

macro_rules! faults {
    ($($code:ident $needs:ident $plant:path;)*) => {
        &[$(Fault { code: Code::$code, needs: $needs, plant: $plant },)*]
    };
}

/// Every fault that a bot can have by itself, whatever is live and whoever publishes.
pub(crate) const FAULTS: &[Fault] = faults! {
    UnreachableNode ANY ways::unreachable_node;
    NoWayOut ANY ways::no_way_out;
    LoopWithoutInput ANY ways::loop_without_input;
    TargetMissing ANY ways::target_missing;
    JumpStackGrows ANY ways::jump_stack_grows;
    ConditionConstant ANY asked::condition_constant;
    ConditionInvalid ANY asked::condition_invalid;
    VariableUnknown ANY asked::variable_unknown;
    VariableUnset CLOSED asked::variable_unset;
    InputWithoutLimit ANY asked::input_without_limit;
    PatternInvalid ANY asked::pattern_invalid;
    EntityUnknown ANY asked::entity_unknown;
    HandlerUnknown ANY asked::handler_unknown;
    TranslationMissing LANGUAGES said::translation_missing;
    ButtonWithoutTarget ANY said::button_without_target;
    TemplateInvalid ANY said::template_invalid;
    SensitiveDerived ANY said::sensitive_derived;
    TriggerShadowed ANY started::trigger_shadowed;
    ContextNeverSet ANY started::context_never_set;
    ContextUnknown ANY started::context_unknown;
    IntentUnknown ANY started::intent_unknown;
    FewExamples ANY nlp::few_examples;
    DuplicateExample ANY nlp::duplicate_example;
    EmptyIntent ANY nlp::empty_intent;
};

/// What must be found at a node.
fn at(code: Code, severity: Severity, flow: &str, node: &str) -> Found {
    (code, severity, format!("flows/{flow}#{node}"))
}

/// What must be found of a part.
fn of_part(code: Code, severity: Severity, path: &str) -> Found {
    (code, severity, path.to_owned())
}
