//! Any text as a condition: refused, or a condition that prints as itself and has an answer.
#![no_main]

use std::collections::BTreeMap;

use greenroom_flow::Condition;
use greenroom_model::VariableId;
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|text: &str| {
    let Ok(condition) = text.parse::<Condition>() else { return };
    let printed = condition.to_string();
    let again: Condition = printed.parse().expect("what was printed can be read");
    assert_eq!(again, condition, "`{printed}` means the same as `{text}`");
    assert_eq!(again.to_string(), printed, "printing again changes nothing");

    let language = "en".parse().expect("a language");
    let nothing: BTreeMap<VariableId, Value> = BTreeMap::new();
    let values = [Value::from(1), Value::from("a"), Value::Bool(true), Value::Null];
    let all = condition.variables().into_iter().cloned().zip(values.into_iter().cycle()).collect();
    for variables in [nothing, all] {
        assert_eq!(condition.holds(&variables, &language), again.holds(&variables, &language));
    }
});
