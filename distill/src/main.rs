//! Makes the static word vectors that greenroom ships, the same bytes on every machine.
//!
//! `cargo xtask distill` fetches what it reads and runs it; `docs/vectors.md` tells the method.

mod arithmetic;
mod corpus;
mod embeddings;
mod encoder;
mod inputs;
mod matrix;
mod pack;
mod parallel;
mod principal;
mod random;
mod sentence_means;
mod table;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};

fn main() -> Result<()> {
    let arguments: Vec<PathBuf> = std::env::args_os().skip(1).map(PathBuf::from).collect();
    let [teacher, wordnet, out] = arguments.as_slice() else {
        bail!("call it as greenroom-distill TEACHER-FOLDER WORDNET-FOLDER OUT-FILE");
    };
    let bytes = pack::make(&inputs::read(teacher, &inputs::TEACHER)?, &inputs::read(wordnet, &inputs::WORDNET)?)?;
    std::fs::write(out, &bytes).with_context(|| format!("`{}` cannot be written", out.display()))?;
    println!("{} bytes, BLAKE3 {}", bytes.len(), blake3::hash(&bytes).to_hex());
    Ok(())
}
