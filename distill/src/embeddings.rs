//! Many sentences through the teacher, on all processors.

use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Result, ensure};

use crate::encoder::{Encoder, Workspace};
use crate::parallel::thread_count;

/// Positions that go through the encoder together: as many as stay in a processor's cache.
const BATCH_POSITIONS: usize = 512;

/// The embedding of each sentence, one after another, each of the encoder's width.
///
/// A sentence's embedding does not depend on the others.
pub(crate) fn embed(encoder: &Encoder, sentences: &[Vec<u32>], what: &str) -> Result<Vec<f32>> {
    for sentence in sentences {
        encoder.check(sentence)?;
    }
    let batches = batches(sentences);
    let next = AtomicUsize::new(0);
    let work = || {
        let mut workspace = Workspace::default();
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(batch) = batches.get(number) else { return done };
            let inputs: Vec<&[u32]> = batch.iter().map(|&place| sentences[place].as_slice()).collect();
            let mut outputs = vec![0.0; batch.len() * encoder.width];
            encoder.encode(&inputs, &mut workspace, &mut outputs);
            done.push((number, outputs));
            if number % 200 == 199 {
                eprintln!("{what}: {} of {} batches", number + 1, batches.len());
            }
        }
    };
    let mut embeddings = vec![0.0; sentences.len() * encoder.width];
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..thread_count()).map(|_| scope.spawn(work)).collect();
        for thread in threads {
            let done = thread.join();
            ensure!(done.is_ok(), "a thread of the encoder ended early");
            for (number, outputs) in done.into_iter().flatten() {
                for (&place, output) in batches[number].iter().zip(outputs.chunks_exact(encoder.width)) {
                    embeddings[place * encoder.width..][..encoder.width].copy_from_slice(output);
                }
            }
        }
        Ok(())
    })?;
    Ok(embeddings)
}

/// Sentences of equal length together, the longest first, so that no processor idles at the end.
fn batches(sentences: &[Vec<u32>]) -> Vec<Vec<usize>> {
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    order.sort_by_key(|&place| (std::cmp::Reverse(sentences[place].len()), place));
    let mut batches: Vec<Vec<usize>> = Vec::new();
    for place in order {
        let length = sentences[place].len();
        match batches.last_mut() {
            Some(batch)
                if sentences[batch[0]].len() == length && (batch.len() + 1) * (length + 2) <= BATCH_POSITIONS =>
            {
                batch.push(place);
            }
            _ => batches.push(vec![place]),
        }
    }
    batches
}
