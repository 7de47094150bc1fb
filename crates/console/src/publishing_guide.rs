//! The guide of publishing, as a page: what findings link to.

use std::sync::LazyLock;

use askama::Template;
use axum::response::{IntoResponse, Response};
use greenroom_web::Caller;
use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};

use crate::frame::Frame;
use crate::page::Page;

/// The guide as its file has it.
const GUIDE: &str = include_str!("../../../docs/publishing.md");

/// The guide as HTML. The text is ours, and carried in the binary.
static RENDERED: LazyLock<String> = LazyLock::new(|| {
    let mut rendered = String::new();
    html::push_html(&mut rendered, with_anchors(Parser::new_ext(GUIDE, pulldown_cmark::Options::ENABLE_TABLES)));
    rendered
});

#[derive(Template)]
#[template(path = "publishing_guide.html")]
struct GuidePage {
    frame: Frame,
    guide: &'static str,
}

/// `GET /docs/publishing`
pub(crate) async fn page(caller: Caller) -> Response {
    Page(GuidePage { frame: Frame::new("Publishing", Some(&caller)), guide: &RENDERED }).into_response()
}

/// The events with an id on each heading, made of its text.
fn with_anchors<'a>(parser: Parser<'a>) -> impl Iterator<Item = Event<'a>> {
    let mut events: Vec<Event<'a>> = parser.collect();
    let mut begun: Option<usize> = None;
    let mut text = String::new();
    for position in 0..events.len() {
        match events.get(position) {
            Some(Event::Start(Tag::Heading { .. })) => {
                begun = Some(position);
                text.clear();
            }
            Some(Event::Text(part) | Event::Code(part)) if begun.is_some() => text.push_str(part),
            Some(Event::End(TagEnd::Heading(_))) => {
                let start = begun.take().and_then(|start| events.get_mut(start));
                if let Some(Event::Start(Tag::Heading { id, .. })) = start {
                    *id = Some(CowStr::from(anchor(&text)));
                }
            }
            _ => {}
        }
    }
    events.into_iter()
}

fn anchor(text: &str) -> String {
    text.to_lowercase()
        .chars()
        .filter_map(|character| match character {
            ' ' => Some('-'),
            character if character.is_alphanumeric() || matches!(character, '_' | '-') => Some(character),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_has_its_anchor() {
        for code in greenroom_model::Code::ALL {
            assert!(RENDERED.contains(&format!("<h3 id=\"{code}\">")), "{code}");
        }
    }
}
