//! The files that the vectors are made from, known by their digests: others would give other
//! vectors.

use std::path::Path;

use anyhow::{Context as _, Result, ensure};

/// The teacher's weights and tokenizer.
pub(crate) const TEACHER: [Input; 2] = [
    Input { name: "model.safetensors", digest: "8087e9bf97c265f8435ed268733ecf3791825ad24850fd5d84d89e32ee3a589a" },
    Input { name: "tokenizer.json", digest: "82483bb4f0bdb81779f295ecc5a93285d2156834e994a2169f9800e4c8f250c1" },
];

/// The data files of WordNet 3.0 as Debian packs it.
pub(crate) const WORDNET: [Input; 4] = [
    Input { name: "data.noun", digest: "8ebb62ff40b4fbcd77c96f9ce26e278912ae185524c87612d8b797e74c3d99a9" },
    Input { name: "data.verb", digest: "e43653f3310e935d91699d78bb8ceb85cf6a4517895877d24eb44e071be25a1e" },
    Input { name: "data.adj", digest: "9f7ae70bff3115852641ed2ac0d386e689d4469553fc90fe8a8a3634dc25c0e1" },
    Input { name: "data.adv", digest: "06746a39f3461380079348914c49d71c073e2847848d806ba336c3bb1796ba02" },
];

/// A file and what it must hold.
pub(crate) struct Input {
    name: &'static str,
    /// BLAKE3, in hexadecimal.
    digest: &'static str,
}

/// Reads files of a folder, each of which must be the very one that is meant.
pub(crate) fn read<const COUNT: usize>(folder: &Path, inputs: &[Input; COUNT]) -> Result<[Vec<u8>; COUNT]> {
    let mut contents = [const { Vec::new() }; COUNT];
    for (input, content) in inputs.iter().zip(&mut contents) {
        let path = folder.join(input.name);
        *content = std::fs::read(&path).with_context(|| format!("`{}` cannot be read", path.display()))?;
        let digest = blake3::hash(content).to_hex();
        let (path, expected) = (path.display(), input.digest);
        ensure!(digest.as_str() == expected, "`{path}` has the digest {digest} and not {expected}: fetch it anew");
    }
    Ok(contents)
}

#[cfg(test)]
mod tests {
    use super::{Input, read};

    #[test]
    fn refuses_another_file() -> anyhow::Result<()> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join("text"), "abc")?;
        // BLAKE3's own test vector of `abc`.
        let right = "6437b3ac38465133ffb63b75273a8db548c558465d79db03fd359c6cd5bd9d85";
        assert_eq!(read(folder.path(), &[Input { name: "text", digest: right }])?, [b"abc"]);
        let refused = read(folder.path(), &[Input { name: "text", digest: "00" }]).unwrap_err().to_string();
        assert!(refused.contains("text` has the digest 6437b3ac"), "{refused}");
        assert!(read(folder.path(), &[Input { name: "nothing", digest: "00" }]).is_err());
        Ok(())
    }
}
