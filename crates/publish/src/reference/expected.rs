//! The reference: every document is looked at; no digest, no index.

use std::collections::BTreeSet;

use greenroom_model::{
    Document, Facts, IntentId, Language, NodeId, PartPath, Scope, Severity, Symbol, SymbolKind, Usage,
};

use super::drawn::{Bot, Drawn, MINIMUM, Trained, candidate_of, carries_model, labels, languages};

pub(super) type Found = BTreeSet<(&'static str, Severity, String)>;

pub(super) fn expected(drawn: &Drawn) -> Found {
    let bot = candidate_of(drawn);
    let (partial, keeps_flows) = (drawn.scope.is_partial(), drawn.scope.keeps_flows_under_new_nlp());
    let mut found = Found::new();
    let mut deny = |code, subject: String| found.insert((code, Severity::Deny, subject));

    let training = |bot: &Bot| bot.get(&PartPath::Training).cloned();
    let examples = |bot: &Bot, language: &Language| -> Bot {
        let of = |path: &PartPath| matches!(path, PartPath::Examples(of, _) if of == language);
        bot.iter().filter(|(path, _)| of(path)).map(|(path, document)| (path.clone(), document.clone())).collect()
    };
    let same_data = |one: &Bot, other: &Bot, language: &Language| {
        examples(one, language) == examples(other, language) && training(one) == training(other)
    };
    let speaks = |bot: &Bot, language: &Language| labels(bot, language).next().is_some();
    // Whether the models in use are those of live, language by language.
    let mut models_are_lives = true;
    for (language, trained) in &drawn.trained {
        let live_speaks = drawn.live.as_ref().is_some_and(|live| speaks(live, language));
        if !speaks(&bot, language) {
            models_are_lives &= !live_speaks;
            continue;
        }
        let as_live = drawn.live.as_ref().is_some_and(|live| live_speaks && same_data(live, &bot, language));
        let subject = format!("language {language}");
        let trained = if carries_model(drawn, language) { trained } else { &Trained::OnLive };
        match trained {
            Trained::OnTheDraft => models_are_lives &= as_live,
            Trained::Unloadable => {
                models_are_lives &= as_live;
                deny("model_unsupported", subject);
            }
            Trained::OnLive if live_speaks => {
                if !as_live {
                    deny("model_stale", subject);
                }
            }
            Trained::OnLive | Trained::Never => {
                models_are_lives &= !live_speaks;
                deny("model_missing", subject);
            }
        }
    }
    match &drawn.live {
        None if partial => drop(deny("never_published", "bot".to_owned())),
        None => {}
        Some(live) => {
            let only = |bot: &Bot, keep: fn(&PartPath) -> bool| -> Bot {
                bot.iter()
                    .filter(|(path, _)| keep(path))
                    .map(|(path, document)| (path.clone(), document.clone()))
                    .collect()
            };
            if drawn.scope.is_nlp_alone()
                && models_are_lives
                && only(live, PartPath::is_nlp) == only(&bot, PartPath::is_nlp)
            {
                deny("nlp_unchanged", "bot".to_owned());
            }
            let no_test = |path: &PartPath| !matches!(path, PartPath::Test(_));
            if models_are_lives && only(live, no_test) == only(&bot, no_test) {
                deny("nothing_to_publish", "bot".to_owned());
            }
        }
    }

    let facts: Vec<(&PartPath, Facts)> =
        bot.iter().map(|(path, document)| (path, Facts::of_structure(path, document))).collect();
    let defined: BTreeSet<&Symbol> = facts.iter().flat_map(|(_, facts)| &facts.defines).collect();
    // What live's flows use, by intent: where NLP alone is published these are the candidate's flows too.
    let uses = |intent: &IntentId| -> BTreeSet<String> {
        let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
        let flows = facts.iter().filter(|(path, _)| path.is_flow());
        let used = flows.flat_map(|(path, facts)| facts.references.iter().map(move |reference| (*path, reference)));
        used.filter(|(_, (of, _))| *of == symbol).map(|(path, (_, node))| place(path, node.as_ref())).collect()
    };
    let mut removed = BTreeSet::new();
    if let (true, Some(live)) = (keeps_flows, &drawn.live) {
        for language in languages() {
            if drawn.in_use && speaks(live, &language) && !speaks(&bot, &language) {
                deny("language_removed", format!("language {language}"));
                continue;
            }
            for intent in labels(live, &language).filter(|intent| !labels(&bot, &language).any(|kept| kept == *intent))
            {
                if !drawn.only_used || !uses(intent).is_empty() {
                    removed.insert(intent.clone());
                    deny("intent_removed", format!("nlp/examples/{language}/{intent}"));
                }
            }
        }
    }
    let had = |symbol: &Symbol| {
        let entity = format!("nlp/entities/{}", symbol.name).parse().unwrap();
        drawn.live.as_ref().is_some_and(|live| live.contains_key(&entity))
    };
    for (path, facts) in &facts {
        for (symbol, node) in facts.references.iter().filter(|(symbol, _)| !defined.contains(symbol)) {
            let code = match symbol.kind {
                SymbolKind::Intent if path.is_flow() && removed.iter().any(|id| id.as_str() == symbol.name) => continue,
                SymbolKind::Intent => "intent_unknown",
                SymbolKind::Entity if keeps_flows && path.is_flow() && !drawn.scope.carries(path) && had(symbol) => {
                    deny("entity_removed", format!("nlp/entities/{}", symbol.name));
                    continue;
                }
                SymbolKind::Entity => "entity_unknown",
                SymbolKind::Context => "context_unknown",
                SymbolKind::Variable => "variable_unknown",
                SymbolKind::Handler => "handler_unknown",
                SymbolKind::Flow | SymbolKind::Node => "target_missing",
            };
            deny(code, place(path, node.as_ref()));
        }
    }

    if let Some(live) = &drawn.live {
        let everywhere: BTreeSet<&PartPath> =
            [live, &bot, &drawn.base].into_iter().chain(&drawn.taken).flat_map(Bot::keys).collect();
        let no_test = |path: &&PartPath| !matches!(path, PartPath::Test(_));
        let differs = |path: &&PartPath| live.get(*path) != bot.get(*path);
        let changed: Vec<&PartPath> = everywhere.into_iter().filter(no_test).filter(differs).collect();
        for path in changed.iter().filter(|path| live.get(*path) != drawn.base.get(*path)) {
            if !(drawn.discard && path.to_string() == "flows/f0") {
                deny("live_drift", path.to_string());
            }
        }
        // The base stands for what the rollback went back to.
        let comes_back = |taken: &Bot| {
            let was_taken = |path: &&&PartPath| taken.get(**path) != drawn.base.get(**path);
            changed.iter().filter(was_taken).any(|path| taken.get(*path) == bot.get(*path))
        };
        if !drawn.reintroduce && drawn.taken.as_ref().is_some_and(comes_back) {
            deny("rolled_back", "bot".to_owned());
        }
    }

    let mut warn = |code, subject: String| found.insert((code, Severity::Warn, subject));
    let tests = bot.keys().filter(|path| matches!(path, PartPath::Test(_))).count() as u32;
    let ran: Vec<_> = drawn.tests.iter().filter(|(.., ours)| *ours).collect();
    let failed = ran.iter().any(|(_, failed, _)| *failed > 0);
    if failed || !ran.iter().any(|(passed, ..)| *passed >= tests.max(1)) {
        warn("untested", "bot".to_owned());
    }
    if drawn.channels == 0 {
        warn("channel_missing", "bot".to_owned());
    }
    if drawn.notes != "notes" && drawn.scope != Scope::Rollback(1) {
        warn("release_notes_missing", "bot".to_owned());
    }
    for (path, document) in &bot {
        match (path, document) {
            (PartPath::Examples(language, _), Document::Examples(own)) => {
                if (1..MINIMUM).contains(&own.examples.len()) {
                    warn("few_examples", path.to_string());
                }
                // The first intent with a text speaks for all that have it.
                let others: Vec<(&PartPath, &Document)> = bot
                    .iter()
                    .filter(|(other, _)| *other != path && matches!(other, PartPath::Examples(of, _) if of == language))
                    .collect();
                let shared = own.examples.iter().any(|example| {
                    let has = |document: &Document| matches!(document, Document::Examples(all) if all.examples.contains(example));
                    let holders: Vec<&PartPath> = others.iter().filter(|(_, all)| has(all)).map(|(path, _)| *path).collect();
                    !holders.is_empty() && holders.iter().all(|other| *other > path)
                });
                if shared {
                    warn("duplicate_example", path.to_string());
                }
            }
            (PartPath::Intent(id), _)
                if !languages().iter().any(|language| labels(&bot, language).any(|label| label == id)) =>
            {
                warn("empty_intent", path.to_string());
            }
            _ => {}
        }
    }
    if drawn.scope == Scope::Rollback(1) {
        // At three in the morning only what could not run stands in the way.
        let demanded =
            |code: &str| code.ends_with("_unknown") || matches!(code, "target_missing" | "model_unsupported");
        let softened = found.into_iter().map(|(code, severity, subject)| {
            (code, if demanded(code) { severity } else { severity.min(Severity::Warn) }, subject)
        });
        return softened.collect();
    }
    found
}

fn place(path: &PartPath, node: Option<&NodeId>) -> String {
    Usage { path: path.clone(), node: node.cloned() }.to_string()
}
