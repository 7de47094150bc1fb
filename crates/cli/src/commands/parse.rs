//! `parse`: says what the bot makes of a text.

use clap::Args;
use greenroom_model::{BotId, Language};

use crate::exit::Exit;
use crate::failure::Failure;
use crate::options::StateOptions;
use crate::output::Output;
use crate::store_access::StoreAccess;

/// The arguments of `parse`.
#[derive(Debug, Args)]
pub(crate) struct Parse {
    /// The bot
    bot: BotId,

    /// What somebody says
    #[arg(allow_hyphen_values = true)]
    text: String,

    #[command(flatten)]
    state: StateOptions,

    /// The language of the text [default: the bot's]
    #[arg(long)]
    language: Option<Language>,
}

impl Parse {
    pub(crate) async fn run(self, access: &StoreAccess, output: &Output) -> Result<Exit, Failure> {
        let bot = access.bot(&self.bot).await?;
        let loaded = bot.load(&self.state.content(&bot).await?).await?;
        let language = self.language.as_ref().unwrap_or(&loaded.settings().default_language);
        let now = jiff::Zoned::now().datetime();
        let understanding = loaded.understand(&self.text, language, Some(now));
        if !loaded.models().contains_key(&understanding.language) {
            output.note(format_args!(
                "note: there is no model for language `{}`; `greenroom train {}` makes one",
                understanding.language, self.bot
            ));
        }
        output.give(&understanding, |output| {
            match &understanding.intent {
                Some(intent) => output.line(format_args!("intent    {} ({:.3})", intent.id, intent.confidence))?,
                None => output.line("intent    not understood")?,
            }
            for entity in &understanding.entities {
                let place = format!("{}-{}", entity.start, entity.end);
                output.line(format_args!("entity    {} = {} ({place})", entity.entity, entity.value))?;
            }
            let rows = understanding
                .intent_ranking
                .iter()
                .map(|ranked| [ranked.id.to_string(), ranked.name.clone(), format!("{:.3}", ranked.confidence)]);
            output.table(["intent", "name", "confidence"], rows.collect())
        })?;
        Ok(Exit::Done)
    }
}
