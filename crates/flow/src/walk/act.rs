//! What an action does: variables, the language, contexts, a call or a request.

use std::collections::BTreeMap;

use serde_json::{Number, Value};

use super::{Walk, Way};
use crate::graph::{Action, Node, Requesting, Setting, Target};
use crate::{Awaiting, Effect, HttpAnswer, HttpBody, HttpRequest, TraceStep};

impl Walk<'_> {
    /// All values are computed before the first is set, so their order is no matter.
    pub(super) fn enter_action(&mut self, node: &Node, action: &Action) -> Way {
        let at = Some(&node.position);
        let mut values = Vec::with_capacity(action.set.len());
        for (variable, setting) in &action.set {
            match setting {
                Setting::Value(value) => values.push((variable, value.clone())),
                Setting::Template(template) => match self.value_of(template) {
                    Ok(value) => values.push((variable, value)),
                    Err(reason) => self.fault(at, format!("{reason}; the variable `{variable}` keeps its value")),
                },
            }
        }
        for (variable, value) in values {
            self.set(variable, value, at);
        }
        for (variable, by) in &action.increment {
            match self.counted(self.session.variables.get(variable), *by) {
                Some(value) => self.set(variable, value, at),
                None => {
                    self.fault(at, format!("the variable `{variable}` is no number to count on; it keeps its value"));
                }
            }
        }
        for variable in &action.clear {
            self.clear(variable);
        }
        if let Some(template) = &action.language {
            match self.whole_text_of(template) {
                Ok(tag) => self.speak(tag.trim(), node),
                Err(reason) => self.fault(at, format!("{reason}; the language stays")),
            }
        }
        for (context, turns) in &action.contexts {
            self.set_context(context, *turns);
        }
        match (&action.call, &action.http) {
            (Some(handler), _) => {
                let number = self.next_number();
                self.effects.push(Effect::Call {
                    number,
                    handler: handler.clone(),
                    name: self.graph.handler_name(handler).to_owned(),
                    variables: self.session.variables.clone(),
                    answer: None,
                });
                self.trace.push(TraceStep::Called { handler: handler.clone() });
                self.session.awaiting = Some(Awaiting::Handler(handler.clone()));
                self.wait(node)
            }
            (None, Some(requesting)) => match self.request(requesting) {
                Ok(request) => {
                    let (method, url) = (requesting.method, requesting.source.clone());
                    self.trace.push(TraceStep::Requested { method, url });
                    self.effects.push(Effect::Http(request));
                    self.session.awaiting = Some(Awaiting::Http {});
                    self.wait(node)
                }
                Err(reason) => self.failed_request(node, action, requesting, reason),
            },
            (None, None) => self.way(node, &action.next),
        }
    }

    fn counted(&self, value: Option<&Value>, by: f64) -> Option<Value> {
        let number = match value {
            None => 0.0,
            Some(value) => value.as_f64()?,
        };
        Number::from_f64(number + by).map(Value::Number)
    }

    /// Takes another language, where the bot speaks it.
    fn speak(&mut self, tag: &str, node: &Node) {
        let spoken = tag.to_lowercase().replace('_', "-").parse().ok().and_then(|wanted| self.graph.spoken(&wanted));
        match spoken {
            Some(language) => self.take_language(language),
            None => {
                let shown: String = tag.chars().take(40).collect();
                self.fault(Some(&node.position), format!("the bot does not speak `{shown}`; the language stays"));
            }
        }
    }

    /// A request with its values filled in; one that lacks a value is not sent.
    fn request(&mut self, requesting: &Requesting) -> Result<HttpRequest, String> {
        let url = requesting.url.filled(|template| self.given_text_of(template))?;
        let mut headers = BTreeMap::new();
        for (name, template) in &requesting.headers {
            let value = self.given_text_of(template)?;
            if value.contains(|character: char| character.is_control() && character != '\t') {
                return Err(format!("the header `{name}` has a line break or another control character in it"));
            }
            headers.insert(name.clone(), value.trim().to_owned());
        }
        let body = match &requesting.body {
            None => None,
            Some(shape) => Some(match self.filled(shape)? {
                Value::String(text) => HttpBody::Text(text),
                json => HttpBody::Json(json),
            }),
        };
        let (timeout_ms, retries) = (requesting.timeout_ms, requesting.retries);
        Ok(HttpRequest {
            number: self.next_number(),
            method: requesting.method,
            url,
            headers,
            body,
            timeout_ms,
            retries,
        })
    }

    /// The answer of the request that is awaited.
    pub(super) fn http_result(&mut self, result: &Result<HttpAnswer, String>) {
        let Some((node, action, requesting)) = self.requesting() else {
            return self.ignore("no request is awaited; its answer comes too late");
        };
        let way = match result {
            Ok(answer) => {
                self.trace.push(TraceStep::Answered { status: answer.status });
                self.keep_status(requesting, answer.status, node);
                if (200..=299).contains(&answer.status) {
                    for (variable, pointer) in &requesting.into {
                        let found = answer.body.pointer(pointer).cloned().unwrap_or_default();
                        self.set(variable, found, Some(&node.position));
                    }
                    self.way(node, &action.next)
                } else {
                    self.way(node, action.on_failure())
                }
            }
            Err(reason) => self.failed_request(node, action, requesting, reason.chars().take(1_000).collect()),
        };
        self.run(way);
    }

    fn failed_request(&mut self, node: &Node, action: &Action, requesting: &Requesting, reason: String) -> Way {
        self.trace.push(TraceStep::RequestFailed { reason });
        self.keep_status(requesting, 0, node);
        self.way(node, action.on_failure())
    }

    fn keep_status(&mut self, requesting: &Requesting, status: u16, node: &Node) {
        if let Some(variable) = &requesting.status {
            self.set(variable, status.into(), Some(&node.position));
        }
    }
}

impl Action {
    /// The way on when the call or the request fails.
    pub(super) fn on_failure(&self) -> &Target {
        match &self.on_error {
            Target::Nothing => &self.next,
            on_error => on_error,
        }
    }
}
