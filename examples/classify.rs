//! Train a classifier on a handful of labelled texts and ask it what a text means.

use std::ops::ControlFlow;

use greenroom::nlp::{Example, Scratch, Threshold, TrainParams, train};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let examples = [
        ("where is my parcel", "track"),
        ("has my order shipped yet", "track"),
        ("track my parcel please", "track"),
        ("I want my money back", "refund"),
        ("please refund my order", "refund"),
        ("can I get a refund", "refund"),
    ]
    .map(|(text, label)| Example { text, label });
    let model = train(&examples, &TrainParams::default().check()?, None, &mut |_| ControlFlow::Continue(()))?;

    let mut scratch = Scratch::default();
    let answer = model.classify("could you refund me", &mut scratch);
    for ranked in answer.ranking() {
        println!("{:>6}  {:.2}", ranked.label, ranked.confidence);
    }
    assert_eq!(answer.best(Threshold::new(0.5)?).map(|best| best.label), Some("refund"));
    Ok(())
}
