//! The form that starts an evaluation: what an author wishes, and why it was not taken.

use greenroom_format::read_utterances;
use greenroom_lifecycle::{JobWork, OutOfScopeTexts};
use greenroom_model::Language;
use greenroom_web::Problem;

use crate::sent_form::SentForm;

/// How messages name what was pasted.
const PASTED: &str = "pasted texts";

/// The form as its page shows it.
#[derive(Debug, Clone)]
pub(crate) struct EvaluationForm {
    pub(crate) language: String,
    pub(crate) folds: String,
    pub(crate) learning_curve: bool,
    /// Texts that should be refused, as they were pasted.
    pub(crate) out_of_scope: String,
    /// Whether a file was sent, which a page cannot choose again by itself.
    pub(crate) had_file: bool,
    pub(crate) fault: Option<Fault>,
}

/// Why the form was not taken.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    at: Field,
    pub(crate) text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Field {
    Folds,
    OutOfScope,
    File,
}

impl Default for EvaluationForm {
    fn default() -> Self {
        Self {
            language: String::new(),
            folds: "5".to_owned(),
            learning_curve: false,
            out_of_scope: String::new(),
            had_file: false,
            fault: None,
        }
    }
}

impl EvaluationForm {
    /// What was asked for, or the form as it was sent with what is wrong in it.
    pub(crate) fn read(sent: &SentForm) -> Result<Result<JobWork, Self>, Problem> {
        let fields = &sent.fields;
        let language: Language = fields.get("language").parse()?;
        let learning_curve = fields.has("learning_curve");
        let read = folds(&fields.trimmed("folds")).and_then(|folds| Ok((folds, out_of_scope(sent)?)));
        Ok(match read {
            Ok((folds, out_of_scope)) => Ok(JobWork::Evaluate { language, folds, learning_curve, out_of_scope }),
            Err(fault) => Err(Self {
                language: language.to_string(),
                folds: fields.get("folds"),
                learning_curve,
                out_of_scope: fields.get("out_of_scope"),
                had_file: sent.file("out_of_scope_file").is_some(),
                fault: Some(fault),
            }),
        })
    }

    /// How many texts an evaluation takes, in words.
    pub(crate) fn limits(&self) -> String {
        format!("at most {} texts and {} KiB of them", OutOfScopeTexts::MOST, OutOfScopeTexts::MOST_BYTES >> 10)
    }

    pub(crate) fn folds_are_wrong(&self) -> bool {
        self.is_wrong_at(Field::Folds)
    }

    pub(crate) fn texts_are_wrong(&self) -> bool {
        self.is_wrong_at(Field::OutOfScope)
    }

    pub(crate) fn file_is_wrong(&self) -> bool {
        self.is_wrong_at(Field::File)
    }

    /// Whether the texts that should be refused are unfolded.
    pub(crate) fn is_about_texts(&self) -> bool {
        self.had_file || !self.out_of_scope.is_empty()
    }

    fn is_wrong_at(&self, field: Field) -> bool {
        self.fault.as_ref().is_some_and(|fault| fault.at == field)
    }
}

fn folds(text: &str) -> Result<usize, Fault> {
    text.parse().ok().filter(|folds| (2..=20).contains(folds)).ok_or_else(|| Fault {
        at: Field::Folds,
        text: "An evaluation takes 2 to 20 folds; write a whole number from 2 to 20.".to_owned(),
    })
}

/// What was pasted and what the file has, together.
fn out_of_scope(sent: &SentForm) -> Result<OutOfScopeTexts, Fault> {
    let mut texts = texts(PASTED, sent.fields.get("out_of_scope").as_bytes(), Field::OutOfScope)?;
    let mut at = Field::OutOfScope;
    if let Some(file) = sent.file("out_of_scope_file") {
        at = Field::File;
        let own = self::texts(&file.name, &file.content, at)?;
        if own.is_empty() {
            let text = format!("`{}` has no text; write one a line, or choose another file.", file.name);
            return Err(Fault { at, text });
        }
        texts.extend(own);
    }
    OutOfScopeTexts::new(texts).map_err(|error| Fault { at, text: sentence(&error) })
}

fn texts(name: &str, content: &[u8], at: Field) -> Result<Vec<String>, Fault> {
    let read = read_utterances(name, content).map_err(|error| Fault { at, text: sentence(&error) })?;
    Ok(read.into_iter().map(|(text, _)| text).collect())
}

fn sentence(error: &impl std::fmt::Display) -> String {
    format!("{error}.")
}
