//! JSON Schemas of the documents, generated from their types.

use schemars::{Schema, schema_for};

use crate::document::{
    Context, ConversationTest, Entity, Examples, Flow, Handler, Intent, NlpRuntime, Settings, Training, Variable,
};

/// The schema of every kind of document, with the kind's name.
#[must_use]
pub fn schemas() -> Vec<(&'static str, Schema)> {
    vec![
        ("settings", schema_for!(Settings)),
        ("flow", schema_for!(Flow)),
        ("context", schema_for!(Context)),
        ("variable", schema_for!(Variable)),
        ("handler", schema_for!(Handler)),
        ("intent", schema_for!(Intent)),
        ("examples", schema_for!(Examples)),
        ("entity", schema_for!(Entity)),
        ("training", schema_for!(Training)),
        ("runtime", schema_for!(NlpRuntime)),
        ("test", schema_for!(ConversationTest)),
    ]
}
