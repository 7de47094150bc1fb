//! How well a bot's marked entities are learned: five-fold cross-validation, by exact span.
//!
//! `cargo run --release --features train,format --example score_entities -- FOLDER [SEEDS]`, where FOLDER holds a
//! Greenroom bot or a Rasa project.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::Path;

use greenroom::format::{Bundle, RasaOptions, read_folder, read_rasa};
use greenroom::model::{Document, Language, PartPath, document::Example};
use greenroom::nlp::{AnnotatedExample, EntityAnnotation, EntityCounts, EntityEvaluation, cross_validate_entities};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = arguments.next().unwrap_or_else(|| "examples/bots/bike-rental".to_owned());
    let seeds: u64 = arguments.next().map_or(Ok(1), |seeds| seeds.parse())?;
    for (language, examples) in examples_of(&read(Path::new(&folder))?) {
        let annotated: Vec<AnnotatedExample<'_>> = examples.iter().map(|example| annotated(example)).collect();
        let marked = annotated.iter().filter(|example| !example.entities.is_empty()).count();
        println!("{folder}, {language}: {} examples, {marked} with entities", annotated.len());
        let mut all = EntityEvaluation::default();
        for seed in 1..=seeds {
            let evaluation = cross_validate_entities(&annotated, 5, seed, &mut |_done| ControlFlow::Continue(()))?;
            print(&format!("folds of seed {seed}"), &evaluation.total);
            all.merge(&evaluation);
        }
        for (entity, counts) in &all.entities {
            print(entity, counts);
        }
        print("all", &all.total);
    }
    Ok(())
}

fn read(folder: &Path) -> Result<Bundle, greenroom::format::Error> {
    if folder.join("settings.yaml").exists() {
        return read_folder(folder);
    }
    Ok(read_rasa(folder, &RasaOptions::default())?.bundle)
}

fn examples_of(bundle: &Bundle) -> BTreeMap<&Language, Vec<&Example>> {
    let mut examples: BTreeMap<&Language, Vec<&Example>> = BTreeMap::new();
    for (path, document) in &bundle.parts {
        if let (PartPath::Examples(language, _), Document::Examples(own)) = (path, document) {
            examples.entry(language).or_default().extend(&own.examples);
        }
    }
    examples
}

fn annotated(example: &Example) -> AnnotatedExample<'_> {
    let entities = example
        .entities
        .iter()
        .map(|mark| EntityAnnotation { chars: mark.start as usize..mark.end as usize, entity: mark.entity.as_str() });
    AnnotatedExample { text: &example.text, entities: entities.collect() }
}

fn print(name: &str, counts: &EntityCounts) {
    let EntityCounts { correct, found, marked, .. } = counts;
    let (precision, recall, f1) = (counts.precision(), counts.recall(), counts.f1());
    println!("{name:20} P {precision:.3}  R {recall:.3}  F1 {f1:.3}  ({correct} of {marked} marked, {found} found)");
}
