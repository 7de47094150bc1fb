//! What environments run is loaded before the first message, which would wait for it
//! many times as long as for its answer.

use greenroom_lifecycle::Error;
use greenroom_runtime::Runtime;
use tokio::task::JoinSet;

use crate::AppState;

/// Loads what the environments of all bots run, as many as stay loaded. What cannot
/// be loaded is logged, and holds nothing else up.
pub async fn warm_up(app: AppState) {
    let pointers = match pointers(&app).await {
        Ok(pointers) => pointers,
        Err(error) => return tracing::warn!(%error, "nothing could be loaded ahead; first messages will wait for it"),
    };
    let mut loading = JoinSet::new();
    for pointer in pointers {
        let app = app.clone();
        loading.spawn(async move {
            if let Err(error) = app.runtime().load(&pointer).await {
                // Its channels tell customers; this tells the operator before the first of them.
                tracing::error!(%error, version = %pointer.stable, "what an environment runs cannot be loaded");
            }
        });
    }
    while loading.join_next().await.is_some() {}
}

async fn pointers(app: &AppState) -> Result<Vec<greenroom_model::Environment>, Error> {
    let mut pointers = Vec::new();
    for id in app.lifecycle().bots().await? {
        let environments = app.lifecycle().bot(&id).await?.environments().await?;
        pointers.extend(environments.into_iter().map(|(_, pointer)| pointer));
        if pointers.len() >= Runtime::CAPACITY {
            break;
        }
    }
    pointers.truncate(Runtime::CAPACITY);
    Ok(pointers)
}
