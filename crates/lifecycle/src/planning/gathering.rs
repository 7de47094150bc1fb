//! What the rules ask for, read from trees, indexes and records.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{
    Content, Digest, Document, IntentId, Language, PartPath, Scope, Selection, Symbol, SymbolKind, Usage, index, tree,
};
use greenroom_publish::{Candidate, Indexes, Policy, RemovedIntent};

use super::changes::{names_of, training_changes_since};
use super::{Differences, PlanRequest, Running};
use crate::objects::ObjectReader;
use crate::{Bot, Error};

impl Bot {
    /// Everything that the rules look at beside the candidate and the difference.
    pub(super) async fn indexes(
        &self,
        reader: &mut ObjectReader<'_>,
        (request, scope): (&PlanRequest, &Scope),
        policy: &Policy,
        (draft, running): (&Content, Option<&Running>),
        candidate: &Candidate,
        (differences, addition): (&Differences, Option<Selection>),
    ) -> Result<Indexes, Error> {
        let few_below = policy.few_examples_minimum();
        let problems = reader.run(|objects| index::problems(objects, &candidate.index, few_below)).await?;
        let mut training_changes = BTreeMap::new();
        for (language, data) in &candidate.data {
            if let Some(model) = candidate.models.get(language).filter(|model| model.data != *data) {
                let changes = training_changes_since(reader, language, model, data).await?;
                training_changes.insert(language.clone(), changes);
            }
        }
        let removed_intents = match running {
            Some(running) => {
                removed_intents(reader, &running.version.content, candidate, &differences.from_live).await?
            }
            None => BTreeMap::new(),
        };
        let tests = reader.run(|objects| tree::count(objects, &draft.tree, &["tests"])).await?;
        let named = problems
            .unknown
            .values()
            .flatten()
            .chain(removed_intents.values().flat_map(BTreeMap::values).flat_map(|removed| &removed.users));
        let named: BTreeSet<PartPath> = named.map(|usage| usage.path.clone()).collect();
        let names = names_of(reader, &candidate.tree, named).await?;
        let unknown_in_draft = match scope.is_partial() {
            true if draft.index == candidate.index => problems.unknown.clone(),
            true => reader.run(|objects| index::problems(objects, &draft.index, 0)).await?.unknown,
            false => BTreeMap::new(),
        };
        let channels = self.channels(&request.environment).await?;
        let mut languages_in_use = match running {
            Some(running) => languages_of_settings(reader, &running.version.content).await?,
            None => BTreeMap::new(),
        };
        for channel in &channels {
            if let Some(language) = channel.settings().language() {
                languages_in_use.entry(language.clone()).or_default().push(format!("channel `{}`", channel.id));
            }
        }
        Ok(Indexes {
            problems,
            training_changes,
            removed_intents,
            languages_in_use,
            overtaken: Indexes::hotfixed(scope, &differences.since_promoted, &differences.from_live),
            unknown_in_draft,
            hotfixed: Indexes::hotfixed(scope, &differences.from_base_to_live, &differences.from_live),
            brought_back: differences
                .from_taken
                .iter()
                .flat_map(|(away, from_taken)| Indexes::brought_back(&differences.from_live, away, from_taken))
                .collect(),
            addition,
            sessions_at_gone_nodes: self.sessions_at_gone_nodes(request, running, &differences.parts).await?,
            channels: channels.len(),
            tests: usize::try_from(tests).unwrap_or(usize::MAX),
            names,
        })
    }
}

/// The languages that the settings of a content name.
async fn languages_of_settings(
    reader: &mut ObjectReader<'_>,
    content: &Content,
) -> Result<BTreeMap<Language, Vec<String>>, Error> {
    let path = PartPath::Settings;
    let Some(digest) = reader.run(|objects| tree::get(objects, &content.tree, &path.segments())).await? else {
        return Ok(BTreeMap::new());
    };
    let Some(Document::Settings(settings)) = reader.documents(&[(path, digest)]).await?.pop() else {
        return Ok(BTreeMap::new());
    };
    let all = settings.languages.into_iter().chain([settings.default_language]);
    Ok(all.map(|language| (language, vec!["the settings".to_owned()])).collect())
}

/// The labels of live's models that the candidate has no examples for, with
/// their users in the candidate's flows.
async fn removed_intents(
    reader: &mut ObjectReader<'_>,
    live: &Content,
    candidate: &Candidate,
    differences: &[tree::Difference],
) -> Result<BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>>, Error> {
    let mut removed: BTreeMap<Language, BTreeMap<IntentId, RemovedIntent>> = BTreeMap::new();
    for difference in differences {
        let PartPath::Examples(language, intent) = difference.path.parse()? else { continue };
        let Some(before) = difference.before else { continue };
        let path = PartPath::Examples(language.clone(), intent.clone());
        let had = has_examples(reader, &path, before).await?;
        let has = match difference.after {
            Some(after) => has_examples(reader, &path, after).await?,
            None => false,
        };
        if !had || has {
            continue;
        }
        let symbol = Symbol::new(SymbolKind::Intent, intent.as_str());
        let users = reader.run(|objects| index::usages(objects, &candidate.index, &symbol)).await?;
        let users: BTreeSet<Usage> = users.into_iter().filter(|usage| usage.path.is_flow()).collect();
        let intent_path = PartPath::Intent(intent.clone());
        let before = reader.run(|objects| tree::get(objects, &live.tree, &intent_path.segments())).await?;
        let after = reader.run(|objects| tree::get(objects, &candidate.tree, &intent_path.segments())).await?;
        let name = match after.or(before) {
            Some(digest) => match reader.documents(&[(intent_path, digest)]).await?.pop() {
                Some(Document::Intent(document)) => document.name,
                _ => intent.to_string(),
            },
            None => intent.to_string(),
        };
        removed.entry(language).or_default().insert(intent, RemovedIntent { name, emptied: after.is_some(), users });
    }
    Ok(removed)
}

async fn has_examples(reader: &mut ObjectReader<'_>, path: &PartPath, digest: Digest) -> Result<bool, Error> {
    let documents = reader.documents(&[(path.clone(), digest)]).await?;
    Ok(documents.iter().any(|document| matches!(document, Document::Examples(own) if !own.examples.is_empty())))
}
