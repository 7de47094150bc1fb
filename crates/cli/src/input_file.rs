//! Reading a file that an argument names, `-` for stdin.

use std::io::Read;
use std::path::Path;

use greenroom_model::MAX_DOCUMENT_BYTES;
use greenroom_publish::Policy;

use crate::failure::Failure;

/// A policy out of a YAML or JSON file.
pub(crate) fn read_policy(path: &Path) -> Result<Policy, Failure> {
    let text = read_text(path)?;
    Policy::from_yaml(&text).map_err(|error| Failure::failed(format!("{}: {error}", name(path))))
}

/// A text of UTF-8, without the byte-order mark that some editors put before it.
pub(crate) fn read_text(path: &Path) -> Result<String, Failure> {
    let bytes = read_bytes(path)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::failed(format!("{}: byte {at} is not UTF-8; save the file as UTF-8", name(path)))
    })?;
    Ok(text.strip_prefix('\u{feff}').map(ToOwned::to_owned).unwrap_or(text))
}

/// The bytes of a file, at most what a part may have.
pub(crate) fn read_bytes(path: &Path) -> Result<Vec<u8>, Failure> {
    let mut bytes = Vec::new();
    let limit = MAX_DOCUMENT_BYTES as u64;
    let read = if is_stdin(path) {
        std::io::stdin().lock().take(limit + 1).read_to_end(&mut bytes)
    } else {
        std::fs::File::open(path).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes))
    };
    read.map_err(|error| Failure::file("read", path, &error))?;
    if bytes.len() as u64 > limit {
        return Err(Failure::failed(format!(
            "{} is larger than the {limit} bytes that are read; split it",
            name(path)
        )));
    }
    Ok(bytes)
}

/// How messages name the file.
pub(crate) fn name(path: &Path) -> String {
    if is_stdin(path) { "stdin".to_owned() } else { format!("`{}`", path.display()) }
}

fn is_stdin(path: &Path) -> bool {
    path.as_os_str() == "-"
}
