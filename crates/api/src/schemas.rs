//! How the document describes what other crates serialise.
//!
//! The types with `Schema` in their names are never made: they say in the
//! document what the values of the library look like.

mod identities;
mod jobs;
mod publishing;
mod reach;

pub(crate) use identities::{GrantsSchema, InvitationSchema, RoleSchema, TokenSchema, UserSchema};
pub(crate) use jobs::JobSchema;
pub(crate) use publishing::{
    DecisionSchema, DiffSchema, DriftStateSchema, FindingSchema, ImportedSchema, MergedSchema, PlanSchema,
    PublishedSchema, RolledBackSchema, ScopeSchema, SideSchema,
};
pub(crate) use reach::{
    ChannelSchema, ChannelSettingsSchema, DraftPreviewSchema, EnvironmentSettingsSchema, PersonSchema, TurnSchema,
};
use utoipa::ToSchema;
use utoipa::openapi::{Ref, RefOr, Schema};

use crate::document_schemas::{ANY_DOCUMENT, document_schemas};

/// The document of a part: stands in for the schema of the model.
pub(crate) struct DocumentSchema;

impl utoipa::PartialSchema for DocumentSchema {
    fn schema() -> RefOr<Schema> {
        let any = document_schemas().into_iter().find(|(name, _)| name == ANY_DOCUMENT);
        any.map_or_else(|| Ref::from_schema_name(ANY_DOCUMENT).into(), |(_, schema)| schema)
    }
}

impl ToSchema for DocumentSchema {
    fn name() -> std::borrow::Cow<'static, str> {
        ANY_DOCUMENT.into()
    }
}
