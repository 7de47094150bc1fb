//! `schema`: prints the JSON Schema of the parts.

use clap::Args;
use greenroom_model::schema::schemas;
use serde_json::{Map, Value};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `schema`.
#[derive(Debug, Args)]
pub(crate) struct Schema {
    /// The kind of part, such as `flow`; all kinds where none is named
    kind: Option<String>,
}

impl Schema {
    pub(crate) async fn run(self, _access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let mut all: Map<String, Value> =
            schemas().into_iter().map(|(kind, schema)| (kind.to_owned(), schema.into())).collect();
        match &self.kind {
            None => output.document(&all)?,
            Some(kind) => match all.remove(kind) {
                Some(schema) => output.document(&schema)?,
                None => {
                    let kinds: Vec<String> = all.keys().map(|kind| format!("`{kind}`")).collect();
                    return Err(Failure::not_found(format!(
                        "there is no kind of part `{kind}`; the kinds are {}",
                        kinds.join(", ")
                    )));
                }
            },
        }
        Ok(Exit::Done)
    }
}
