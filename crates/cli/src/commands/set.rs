//! `set`: writes one part of the draft.

use std::path::PathBuf;

use clap::Args;
use greenroom_lifecycle::{ExpectedPart, PartEdit};
use greenroom_model::{BotId, Digest, Document, PartPath};
use serde_json::json;

use crate::exit::Exit;
use crate::failure::Failure;
use crate::input_file;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `set`.
#[derive(Debug, Args)]
pub(crate) struct Set {
    /// The bot
    bot: BotId,

    /// The part, such as `flows/order`
    path: PartPath,

    /// The document, JSON or YAML; `-` is stdin
    file: PathBuf,

    /// Only if the part has this digest (as `get --json` says), or is `absent`
    #[arg(long, value_name = "DIGEST", value_parser = expected_part)]
    expect: Option<ExpectedPart>,
}

impl Set {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let document = read_document(&self.path, &self.file)?;
        let digest = Digest::of(&document.to_bytes(&self.path)?);
        let edit = PartEdit::put(self.path.clone(), document).expecting(self.expect.unwrap_or(ExpectedPart::Any));
        let changed = !bot.edit(&[edit]).await?.changed.is_empty();
        let document = json!({ "bot": self.bot, "path": self.path, "digest": digest, "changed": changed });
        output.give(&document, |output| {
            let word = if changed { "wrote" } else { "nothing changes in" };
            output.line(format_args!("{word} `{}` of `{}`", self.path, self.bot))
        })?;
        Ok(Exit::Done)
    }
}

/// How a part must stand, as the command line spells it.
pub(super) fn expected_part(text: &str) -> Result<ExpectedPart, String> {
    match text {
        "absent" => Ok(ExpectedPart::Absent),
        text => text
            .parse()
            .map(ExpectedPart::Digest)
            .map_err(|error: greenroom_model::ParseDigestError| format!("{error}, or `absent`")),
    }
}

fn read_document(path: &PartPath, file: &std::path::Path) -> Result<Document, Failure> {
    Ok(greenroom_format::read_part(path, &input_file::name(file), &input_file::read_bytes(file)?)?)
}
