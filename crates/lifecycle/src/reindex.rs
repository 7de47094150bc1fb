//! From one tree and its index to another tree: the index follows the difference.

use greenroom_flow::{FACTS_VERSION, derive};
use greenroom_model::index::{self, FactChange};
use greenroom_model::tree::{self, Difference};
use greenroom_model::{Digest, Document, Facts, PartPath, Written};

use crate::Error;
use crate::objects::ObjectReader;

/// The index of the tree `after`, given that of the tree `before`. An index of
/// older facts is put together anew.
pub(crate) async fn reindex(
    reader: &mut ObjectReader<'_>,
    (before, index): (Digest, Digest),
    after: Digest,
) -> Result<(Digest, Written), Error> {
    let current = reader.run(|objects| index::is_of_version(objects, &index, FACTS_VERSION)).await?;
    let (start, start_index, mut written) = if current {
        (before, index, Written::default())
    } else {
        let (nothing, mut written) = tree::empty();
        let (empty_index, more) = index::empty(FACTS_VERSION);
        written.0.extend(more.0);
        reader.keep(&written.0);
        (nothing, empty_index, written)
    };
    let differences = reader.run(|objects| tree::diff(objects, &start, &after)).await?;
    let changes = fact_changes(reader, &differences).await?;
    let (updated, more) = reader.run(|objects| index::update(objects, &start_index, &changes)).await?;
    reader.keep(&more.0);
    written.0.extend(more.0);
    Ok((updated, written))
}

async fn fact_changes(reader: &mut ObjectReader<'_>, differences: &[Difference]) -> Result<Vec<FactChange>, Error> {
    let mut wanted = Vec::new();
    for difference in differences {
        let path: PartPath = difference.path.parse()?;
        wanted.extend([difference.before, difference.after].into_iter().flatten().map(|digest| (path.clone(), digest)));
    }
    let mut documents = reader.documents(&wanted).await?.into_iter();
    let mut changes = Vec::with_capacity(differences.len());
    for difference in differences {
        let path: PartPath = difference.path.parse()?;
        let mut facts = |digest: Option<Digest>| -> Option<Facts> {
            let document: Document = digest.and_then(|_| documents.next())?;
            Some(derive(&path, &document))
        };
        let before = facts(difference.before);
        let after = facts(difference.after);
        changes.push(FactChange { path, before, after });
    }
    Ok(changes)
}
