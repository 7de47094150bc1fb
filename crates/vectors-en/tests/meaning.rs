//! What the shipped vectors must do: hold BERT's pieces in BERT's order, and bring together words
//! that mean the same.
#![allow(clippy::unwrap_used, reason = "a test")]

use std::ops::ControlFlow;

use greenroom_nlp::{Example, PieceBuffers, Scratch, TrainParams, Vectors, train};

#[test]
fn vectors_are_those_of_the_encoders_vocabulary() {
    let vectors = greenroom_vectors_en::vectors().unwrap();
    assert_eq!((vectors.pieces().len(), vectors.dimensions()), (30_522, 256));
    let mut buffers = PieceBuffers::default();
    vectors.pieces().cut("Hello, world! Unaffable.", &mut buffers);
    // As the encoder's own tokenizer numbers them.
    assert_eq!(buffers.numbers(), [7592, 1010, 2088, 999, 14477, 20961, 3468, 1012]);
}

#[test]
fn bytes_are_as_they_are_written() {
    let vectors = greenroom_vectors_en::vectors().unwrap();
    assert_eq!(vectors.to_bytes().unwrap(), greenroom_vectors_en::BYTES);
    assert!(Vectors::from_bytes(&greenroom_vectors_en::BYTES[1..]).is_err());
}

#[test]
fn words_that_no_example_holds_are_understood() {
    let vectors = greenroom_vectors_en::vectors().unwrap();
    let examples = [
        ("my parcel has not arrived", "delivery"),
        ("when will the package come", "delivery"),
        ("track a shipment", "delivery"),
        ("is my order on its way", "delivery"),
        ("i forgot my password", "sign in"),
        ("the login page rejects me", "sign in"),
        ("reset my credentials", "sign in"),
        ("i cannot access the account", "sign in"),
        ("give me my money back", "refund"),
        ("i want a refund", "refund"),
        ("please reimburse me", "refund"),
        ("return the amount that i paid", "refund"),
    ]
    .map(|(text, label)| Example { text, label });
    // No word of these but the most frequent is in an example.
    let questions = [
        ("courier late with freight", "delivery"),
        ("mail carrier", "delivery"),
        ("authentication trouble, username unknown", "sign in"),
        ("cash compensation", "refund"),
    ];
    let params = TrainParams::default().check().unwrap();
    let right = |vectors: Option<&Vectors>| {
        let model = train(&examples, &params, vectors, &mut |_| ControlFlow::Continue(())).unwrap();
        let mut scratch = Scratch::default();
        questions.map(|(text, label)| {
            let answer = model.classify(text, &mut scratch);
            answer.ranking().next().is_some_and(|best| best.label == label)
        })
    };
    assert_eq!(right(Some(&vectors)), [true; 4]);
    assert_ne!(right(None), [true; 4], "the questions can be answered without vectors: they show nothing");
}
