//! Differences of trees as changes of parts.

use std::collections::BTreeSet;

use greenroom_model::{Digest, Document, Interrupt, Language, PartPath, TrainingData, tree};
use greenroom_publish::{CandidateModel, PartChange, diff_documents};
use std::collections::BTreeMap;

use crate::Error;
use crate::objects::ObjectReader;

/// The structural change of each part that differs.
pub(crate) async fn part_changes(
    reader: &mut ObjectReader<'_>,
    differences: &[tree::Difference],
) -> Result<Vec<PartChange>, Error> {
    let mut wanted = Vec::new();
    let mut paths = Vec::with_capacity(differences.len());
    for difference in differences {
        let path: PartPath = difference.path.parse()?;
        wanted.extend([difference.before, difference.after].into_iter().flatten().map(|digest| (path.clone(), digest)));
        paths.push(path);
    }
    let mut documents = reader.documents(&wanted).await?.into_iter();
    let mut changes = Vec::with_capacity(differences.len());
    for (difference, path) in differences.iter().zip(paths) {
        let mut document = |digest: Option<Digest>| -> Option<Document> { digest.and_then(|_| documents.next()) };
        let before = document(difference.before);
        let after = document(difference.after);
        changes.push(diff_documents(&path, before.as_ref(), after.as_ref()));
    }
    Ok(changes)
}

/// What changed in a language's training data since its model was trained.
pub(super) async fn training_changes_since(
    reader: &mut ObjectReader<'_>,
    language: &Language,
    model: &CandidateModel,
    data: &TrainingData,
) -> Result<Vec<PartChange>, Error> {
    let differences = reader.run(|objects| tree::diff(objects, &model.data.examples, &data.examples)).await?;
    let mut differences: Vec<tree::Difference> = differences
        .into_iter()
        .map(|difference| tree::Difference {
            path: format!("nlp/examples/{language}/{}", difference.path),
            ..difference
        })
        .collect();
    if model.data.training != data.training {
        let (before, after) = (model.data.training, data.training);
        differences.push(tree::Difference { path: PartPath::Training.to_string(), before, after });
    }
    part_changes(reader, &differences).await
}

/// The names that people know parts by.
pub(super) async fn names_of(
    reader: &mut ObjectReader<'_>,
    tree: &Digest,
    paths: BTreeSet<PartPath>,
) -> Result<BTreeMap<PartPath, String>, Error> {
    let found = reader
        .run(|objects| {
            let mut found = Vec::new();
            let mut need = BTreeSet::new();
            for path in &paths {
                match tree::get(objects, tree, &path.segments()) {
                    Ok(digest) => found.extend(digest.map(|digest| (path.clone(), digest))),
                    Err(Interrupt::Need(more)) => need.extend(more),
                    Err(failed) => return Err(failed),
                }
            }
            if need.is_empty() { Ok(found) } else { Err(Interrupt::Need(need)) }
        })
        .await?;
    let documents = reader.documents(&found).await?;
    Ok(found
        .into_iter()
        .zip(documents)
        .filter_map(|((path, _), document)| Some((path, document.name()?.to_owned())))
        .collect())
}
