//! What a policy file may say, and what is said of one that says something else.

use proptest::prelude::*;

use super::*;

fn error(yaml: &str) -> String {
    Policy::from_yaml(yaml).unwrap_err().to_string()
}

#[test]
fn an_empty_file_is_the_default_policy() {
    for yaml in ["", "# nothing yet", "rules:", "rules: {}\ncustom: {}", "rules: { untested: }", "{}"] {
        assert_eq!(Policy::from_yaml(yaml), Ok(Policy::default()), "{yaml}");
    }
}

#[test]
fn reads_severities_and_parameters() {
    let policy = Policy::from_yaml(
        "rules:\n  untested: deny\n  channel_missing: allow\n  few_examples: { severity: warn, minimum: 7 }\n  \
         intent_removed: { severity: deny, only_used: true }\ncustom:\n  ticket_missing: warn\n",
    )
    .unwrap();
    assert_eq!(policy.severity(&Code::Untested), Some(Severity::Deny));
    assert_eq!(policy.severity(&Code::ChannelMissing), Some(Severity::Allow));
    assert_eq!(policy.severity(&Code::FewExamples), Some(Severity::Warn));
    assert_eq!(policy.severity(&Code::IntentRemoved), Some(Severity::Deny));
    assert_eq!(policy.severity(&Code::EmptyIntent), None);
    assert_eq!(policy.severity(&Code::Custom("ticket_missing".into())), Some(Severity::Warn));
    assert_eq!(policy.few_examples_minimum(), 7);
    assert!(policy.intent_removed_only_used());
}

#[test]
fn json_is_read_alike() {
    let json = br#"{"rules":{"untested":"deny","few_examples":{"minimum":7}}}"#;
    let yaml = "rules: { few_examples: { minimum: 7 }, untested: { severity: deny } }";
    let (json, yaml) = (Policy::from_json(json).unwrap(), Policy::from_yaml(yaml).unwrap());
    assert_eq!(json, yaml);
    assert_eq!(json.digest(), yaml.digest());
}

#[test]
fn a_fault_is_named_with_its_place() {
    let cases = [
        ("rule: {}", "policy: at `rule`: a policy has `rules` and `custom`"),
        ("[]", "policy: it takes a mapping, such as `rules: { untested: deny }`"),
        ("rules: deny", "policy: at `rules`: it takes a mapping, such as `rules: { untested: deny }`"),
        ("rules: { untested: often }", "policy: at `rules.untested`: it takes `allow`, `warn` or `deny`"),
        (
            "rules: { untested: 3 }",
            "policy: at `rules.untested`: it takes `allow`, `warn` or `deny`, or a mapping with `severity`",
        ),
        (
            "rules: { untested: { severity: 1 } }",
            "policy: at `rules.untested.severity`: it takes `allow`, `warn` or `deny`",
        ),
        (
            "rules: { untested: { minimum: 1 } }",
            "policy: at `rules.untested.minimum`: `untested` has no such setting; it has `severity`",
        ),
        (
            "rules: { few_examples: { only_used: true } }",
            "policy: at `rules.few_examples.only_used`: `few_examples` has no such setting; it has `severity` and `minimum`",
        ),
        (
            "rules: { intent_removed: { minimum: 2 } }",
            "policy: at `rules.intent_removed.minimum`: `intent_removed` has no such setting; it has `severity` and `only_used`",
        ),
        (
            "rules: { intent_removed: { only_used: 1 } }",
            "policy: at `rules.intent_removed.only_used`: it takes `true` or `false`",
        ),
        (
            "custom: { untested: deny }",
            "policy: at `custom.untested`: this code is not of a rule of your own; write it under `rules`",
        ),
        (
            "custom: { Ticket: deny }",
            "policy: at `custom.Ticket`: a code is lower-case words joined by `_`, such as `ticket_missing`",
        ),
        (
            "custom: { 1st: deny }",
            "policy: at `custom.1st`: a code is lower-case words joined by `_`, such as `ticket_missing`",
        ),
        (
            "custom: { a-b: deny }",
            "policy: at `custom.a-b`: a code is lower-case words joined by `_`, such as `ticket_missing`",
        ),
        ("custom: { ticket: often }", "policy: at `custom.ticket`: it takes `allow`, `warn` or `deny`"),
    ];
    for (yaml, expected) in cases {
        assert_eq!(error(yaml), expected, "{yaml}");
    }
    for minimum in ["0", "1001", "-1", "2.5", "many", "~"] {
        assert_eq!(
            error(&format!("rules: {{ few_examples: {{ minimum: {minimum} }} }}")),
            "policy: at `rules.few_examples.minimum`: it takes a whole number from 1 to 1000"
        );
    }
    for minimum in [1, 1_000] {
        let policy = Policy::from_yaml(&format!("rules: {{ few_examples: {{ minimum: {minimum} }} }}")).unwrap();
        assert_eq!(policy.few_examples_minimum(), minimum);
    }
}

#[test]
fn an_unknown_code_names_the_known_ones() {
    let error = error("rules: { untestd: deny }");
    for code in Code::ALL {
        assert!(error.contains(&format!("`{code}`")), "{error}");
    }
}

#[test]
fn broken_text_is_told_in_one_line_with_its_place() {
    assert_eq!(
        error("rules:\n  untested: deny\n  untested: warn\n"),
        "policy: line 3, column 3: `untested` is given twice; keep one"
    );
    for text in ["rules: {", "rules: *nowhere", "a: b: c", "- -\n  {", "a: 1\n---\nb: 1", "\t{"] {
        let error = error(text);
        assert!(error.starts_with("policy: line ") && error.lines().count() == 1, "{text}: {error}");
    }
    let json = br#"{"rules":{"untested":"deny","untested":"warn"}}"#;
    assert_eq!(
        Policy::from_json(json).unwrap_err().to_string(),
        "policy: `untested` is given twice; keep one at line 1 column 46"
    );
}

#[test]
fn what_holds_live_together_cannot_be_lowered() {
    for code in Code::ALL {
        for severity in ["allow", "warn"] {
            let lowered = Policy::from_yaml(&format!("rules: {{ {code}: {severity} }}"));
            assert_eq!(lowered.is_ok(), Policy::may_lower(code), "{code}");
        }
        assert!(Policy::from_yaml(&format!("rules: {{ {code}: deny }}")).is_ok(), "{code}");
    }
    let fixed: Vec<&str> = Code::ALL.iter().filter(|code| !Policy::may_lower(code)).map(Code::as_str).collect();
    assert_eq!(
        fixed,
        [
            "never_published",
            "model_missing",
            "model_stale",
            "model_unsupported",
            "nlp_unchanged",
            "intent_removed",
            "entity_removed",
            "language_removed",
            "nothing_to_publish",
            "live_drift",
            "rolled_back",
            "intent_unknown",
            "entity_unknown",
            "context_unknown",
            "variable_unknown",
            "target_missing",
        ]
    );
    assert_eq!(
        error("rules: { model_stale: { severity: warn } }"),
        "policy: at `rules.model_stale.severity`: `model_stale` always denies, since live would not hold together \
         otherwise; delete the line"
    );
}

#[test]
fn policies_that_differ_have_other_digests() {
    let files = [
        "",
        "rules: { untested: deny }",
        "rules: { untested: allow }",
        "rules: { few_examples: { minimum: 9 } }",
        "rules: { intent_removed: { only_used: true } }",
        "custom: { ticket_missing: deny }",
    ];
    let digests: std::collections::BTreeSet<Digest> =
        files.iter().map(|yaml| Policy::from_yaml(yaml).unwrap().digest()).collect();
    assert_eq!(digests.len(), files.len());
}

proptest! {
    #[test]
    fn what_a_policy_writes_reads_back(
        chosen in prop::collection::btree_map(0..Code::ALL.len(), 0..3_u8, 0..6),
        custom in prop::collection::btree_map("[a-z][a-z0-9_]{0,8}x", 0..3_u8, 0..3),
        minimum in 1..=1_000_usize,
        only_used: bool,
    ) {
        let severity = |choice| [Severity::Deny, Severity::Warn, Severity::Allow][usize::from(choice)];
        let mut policy = Policy {
            few_examples_minimum: minimum,
            intent_removed_only_used: only_used,
            ..Policy::default()
        };
        for (index, choice) in chosen {
            let code = Code::ALL[index].clone();
            let lowest = if Policy::may_lower(&code) { Severity::Allow } else { Severity::Deny };
            policy.rules.insert(code, severity(choice).max(lowest));
        }
        policy.custom = custom.iter().map(|(code, choice)| (Code::from(code.as_str()), severity(*choice))).collect();
        prop_assert_eq!(Policy::from_json(&policy.to_bytes()), Ok(policy.clone()));
        prop_assert_eq!(Policy::from_yaml(&String::from_utf8(policy.to_bytes()).unwrap()), Ok(policy));
    }

    #[test]
    fn no_text_panics(text in ".{0,80}") {
        let _ = Policy::from_yaml(&text);
        let _ = Policy::from_json(text.as_bytes());
    }
}

#[test]
fn what_is_to_be_measured_and_its_floors_are_read_and_written_back() {
    let yaml = "rules: { evidence_missing: { scores: true }, regression: { severity: deny, accuracy: 0.85, drop: 0 } }";
    let policy = Policy::from_yaml(yaml).unwrap();
    let wanted = policy.wanted_evidence();
    assert_eq!((wanted.tests, wanted.scores, wanted.behaviour), (false, true, false));
    let limits = policy.regression_limits();
    assert_eq!((limits.accuracy, limits.macro_f1, limits.intent_f1, limits.drop), (0.85, 0.0, 0.0, 0.0));
    assert_eq!(Policy::from_json(&policy.to_bytes()).unwrap(), policy);
    assert_eq!(
        error("rules: { regression: { accuracy: 85 } }"),
        "policy: at `rules.regression.accuracy`: it takes a share from 0 to 1, such as 0.85"
    );
    assert_eq!(
        error("rules: { evidence_missing: { score: true } }"),
        "policy: at `rules.evidence_missing.score`: `evidence_missing` has no such setting; it has `severity`, `tests`, \
         `scores` and `behaviour`"
    );
}
