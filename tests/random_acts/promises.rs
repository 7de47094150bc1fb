//! What must hold of whatever is live.

use greenroom::lifecycle::Bot;
use greenroom::model::{Content, MemoryObjects, Record as _, SymbolKind, TrainedModel, TrainingData, index, tree};
use greenroom::store::with_objects;

/// Live refers to nothing that it lacks, and its models are those of its data.
pub(crate) async fn hold(bot: &Bot, running: &Content) {
    let store = bot.lifecycle().store().clone();
    let mut cache = MemoryObjects::new();
    let problems =
        with_objects(&*store, &mut cache, |objects| index::problems(objects, &running.index, 0)).await.unwrap();
    let flows_lack = problems.unknown.iter().filter(|(symbol, usages)| {
        symbol.kind != SymbolKind::Intent || usages.iter().any(|usage| usage.path.is_flow())
    });
    assert_eq!(flows_lack.count(), 0, "live refers to what it lacks: {:?}", problems.unknown);
    for language in ["de", "nl"] {
        let labelled =
            with_objects(&*store, &mut cache, |objects| tree::names(objects, &running.index, &["counts", language]));
        if labelled.await.unwrap().is_empty() {
            continue;
        }
        let model = running.models.get(language).copied().unwrap();
        let bytes = store.objects(&[model]).await.unwrap().remove(0).unwrap();
        let examples = with_objects(&*store, &mut cache, |objects| {
            tree::directory_digest(objects, &running.tree, &["nlp", "examples", language])
        });
        let data = TrainingData { examples: examples.await.unwrap().unwrap(), training: None };
        assert_eq!(TrainedModel::from_bytes(&bytes).unwrap().data, data, "live's model is of live's data");
    }
    bot.load(running).await.unwrap();
}
