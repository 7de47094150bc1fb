//! Pictures are well-formed, hold no script, and name intents as people do.

use proptest::prelude::*;

use super::*;
use crate::evaluate::{
    Evaluation, Interval, LearningCurve, LearningPoint, Names, Prediction, ThresholdCurve, WrongAnswerCost,
};

fn predictions(labels: usize) -> Vec<Prediction> {
    (0..labels * 6)
        .map(|n| {
            let expected = n / 6;
            let predicted = if n % 5 == 0 { (expected + 1) % labels } else { expected };
            Prediction {
                text: format!("text {n}"),
                expected: format!("i{expected:03}"),
                predicted: (n % 17 != 3).then(|| format!("i{predicted:03}")),
                confidence: (n % 97) as f32 / 97.0,
                expected_probability: 0.5,
            }
        })
        .collect()
}

fn names(labels: usize) -> Names {
    Names::new(
        (0..labels).map(|n| (format!("i{n:03}"), format!("<script>{n}</script> & \"a\" \u{1} long name indeed"))),
    )
}

fn pictures(predictions: &[Prediction], names: &Names) -> Vec<String> {
    let evaluation = Evaluation::of(predictions);
    let curve = ThresholdCurve::of(predictions, &[0.2, 0.8]);
    let interval = Interval { low: 0.6, high: 0.9 };
    let point = |share: f64| LearningPoint { share, examples: (share * 50.0) as usize, accuracy: share, interval };
    vec![
        confusion_matrix(&evaluation, names),
        calibration(&evaluation),
        confidence_histogram(&evaluation),
        thresholds(&curve, curve.advise(WrongAnswerCost::default()).as_ref(), Some(0.97)),
        learning_curve(&LearningCurve { points: [0.6, 0.8].map(point).to_vec() }),
        learning_curve(&LearningCurve { points: Vec::new() }),
    ]
}

#[test]
fn pictures_are_well_formed_and_run_nothing() {
    for labels in [1, 2, 30, 31, 150] {
        for svg in pictures(&predictions(labels), &names(labels)) {
            let document = roxmltree::Document::parse(&svg).unwrap();
            assert_eq!(document.root_element().attribute("role"), Some("img"));
            for element in document.descendants().filter(roxmltree::Node::is_element) {
                let name = element.tag_name().name();
                assert!(!["script", "style", "image", "use", "a", "foreignObject"].contains(&name), "{name}");
                assert!(element.attributes().all(|attribute| !attribute.name().starts_with("on")));
                assert!(element.attributes().all(|attribute| !attribute.value().contains("NaN")), "{svg}");
            }
        }
    }
    for svg in pictures(&[], &Names::none()) {
        roxmltree::Document::parse(&svg).unwrap();
    }
}

#[test]
fn the_matrix_names_intents_and_says_what_it_leaves_out() {
    let few = confusion_matrix(&Evaluation::of(&predictions(3)), &Names::new([("i001", "Order a taxi")]));
    assert!(few.contains(">Order a taxi<") && !few.contains(">i001<"), "{few}");
    assert!(few.contains("3 intents, 18 texts"), "{few}");
    let many = confusion_matrix(&Evaluation::of(&predictions(150)), &Names::none());
    assert!(many.contains("The 30 most confused of 150 intents"), "{many}");
    let rows = roxmltree::Document::parse(&many).unwrap();
    let names = rows.descendants().filter(|node| node.attribute("text-anchor") == Some("end")).count();
    assert_eq!(names, 30);
}

#[test]
fn each_row_of_the_matrix_holds_all_texts_of_its_intent() {
    for labels in [3, 150] {
        let predictions = predictions(labels);
        let svg = confusion_matrix(&Evaluation::of(&predictions), &Names::none());
        let document = roxmltree::Document::parse(&svg).unwrap();
        let cells = document.descendants().filter(|node| node.attribute("font-size").is_some_and(|size| size == "12"));
        let sum: usize = cells.filter_map(|cell| cell.text()?.parse::<usize>().ok()).sum();
        assert_eq!(sum, labels.min(30) * 6);
    }
}

#[test]
fn no_text_leaves_its_picture() {
    for labels in [1, 3, 30, 150] {
        for svg in pictures(&predictions(labels), &Names::none()) {
            let document = roxmltree::Document::parse(&svg).unwrap();
            let number =
                |node: roxmltree::Node<'_, '_>, name: &str| node.attribute(name).unwrap().parse::<f64>().unwrap();
            let width = number(document.root_element(), "width");
            for text in document.descendants().filter(|node| node.has_tag_name(("http://www.w3.org/2000/svg", "text")))
            {
                if text.attribute("transform").is_some() {
                    continue;
                }
                // Half the size of the letters is a little less than a letter takes in the mean.
                let length = text.text().unwrap_or_default().chars().count() as f64 * number(text, "font-size") * 0.5;
                let begin = match text.attribute("text-anchor") {
                    Some("start") => number(text, "x"),
                    Some("middle") => number(text, "x") - length / 2.0,
                    _ => number(text, "x") - length,
                };
                assert!(begin >= 0.0 && begin + length <= width, "{:?} in a width of {width}", text.text());
            }
        }
    }
}

proptest! {
    #[test]
    fn whatever_an_intent_is_called_the_picture_is_well_formed(name in any::<String>()) {
        let svg = confusion_matrix(&Evaluation::of(&predictions(2)), &Names::new([("i001", name)]));
        prop_assert!(roxmltree::Document::parse(&svg).is_ok(), "{}", svg);
    }
}
