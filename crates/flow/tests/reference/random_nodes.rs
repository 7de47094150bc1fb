//! Random nodes of every kind, with what they say, ask, set, send and where they lead.

use serde_json::{Map, Value, json};

use crate::chance::Chance;
use crate::random_bots::{CONTEXTS, EVENTS, INTENTS, PAYLOADS, TAGS, VARIABLES};

/// Makes the nodes of a flow; `node` is the one under way.
pub(crate) struct Nodes<'c> {
    pub(crate) chance: &'c mut Chance,
    pub(crate) flow: usize,
    pub(crate) flows: usize,
    pub(crate) node: usize,
    pub(crate) size: usize,
}

impl Nodes<'_> {
    pub(crate) fn node(&mut self) -> Value {
        match self.chance.below(100) {
            0..26 => json!({ "message": self.message() }),
            26..47 => json!({ "input": self.input() }),
            // The last node has none to branch on to.
            47..58 if self.node + 1 < self.size || self.chance.percent(5) => self.branch(),
            47..77 => json!({ "action": self.action() }),
            // The last flow has none to jump on to.
            77..87 if self.flow + 1 < self.flows || self.chance.percent(10) => self.jump(),
            77..87 => json!({ "message": self.message() }),
            87..90 => {
                let (text, to, next) = (self.text(), self.template(), self.way());
                json!({ "handover": { "text": text, "to": to, "note": self.template(), "next": next } })
            }
            90..95 => self.wait(),
            95..98 => {
                let (event, data) = (self.chance.pick(&["told", "ev"]), self.value());
                json!({ "event": { "event": event, "data": { "key": data, "plain": [1] }, "next": self.way() } })
            }
            _ => json!({ "end": {} }),
        }
    }

    /// A node that something outside leads to; now and then one that is not there.
    fn target(&mut self) -> String {
        if self.chance.percent(97) { format!("n{}", self.chance.below(self.size)) } else { "gone".to_owned() }
    }

    /// What follows: mostly a node further on, so that few flows go in circles without a question.
    fn next(&mut self) -> String {
        let further = self.size - self.node - 1;
        match further > 0 && self.chance.percent(99) {
            true => format!("n{}", self.node + 1 + self.chance.below(further)),
            false => self.target(),
        }
    }

    fn way(&mut self) -> Option<String> {
        let is_last = self.node + 1 == self.size;
        self.chance.percent(if is_last { 3 } else { 88 }).then(|| self.next())
    }

    fn template(&mut self) -> &'static str {
        self.chance.pick(&[
            "hi",
            "so {{ x }}.",
            "{{ n }} of {{ t }}",
            "{{ n + 1 }} more",
            "{{ n | times(2) }}",
            "{{ x | upper }}!",
            "{{ t | default(\"you\") }}",
            "{{ y }}{{ blob }}",
            "{{ language }}: {{ list }}",
            "{% if ok %}yes{% else %}no{% endif %}",
            "{% for one in list %}{{ one }}; {% endfor %}",
            "{{ ghost }} and {{ t }}",
            "{{ target }}",
            "",
        ])
    }

    /// By language, with alternatives.
    fn text(&mut self) -> Value {
        let mut text = Map::new();
        for tag in self.chance.some(&TAGS, 3) {
            let one = self.template();
            let value = if self.chance.percent(20) { json!([one, self.template()]) } else { json!(one) };
            text.insert(tag.to_owned(), value);
        }
        if text.is_empty() && self.chance.percent(85) {
            text.insert("en".to_owned(), json!(self.template()));
        }
        Value::Object(text)
    }

    fn buttons(&mut self) -> Vec<Value> {
        let count = if self.chance.percent(60) { 0 } else { 1 + self.chance.below(2) };
        (0..count).map(|_| self.button()).collect()
    }

    fn button(&mut self) -> Value {
        let action = match self.chance.below(10) {
            0..4 => json!({ "goto": self.target() }),
            4 => json!({ "intent": { "intent": self.chance.pick(&INTENTS) } }),
            5 | 6 => {
                json!({ "intent": { "intent": self.chance.pick(&INTENTS), "entities": { "e": "a \"b\"", "g": "3" } } })
            }
            7 | 8 => json!({ "payload": self.chance.pick(&PAYLOADS) }),
            _ => {
                json!({ "url": self.chance.pick(&["https://x.example/", "/a/{{ t }}?n={{ n }}", "{{ x }}", "tel:{{ n }}"]) })
            }
        };
        let mut title = Map::new();
        for tag in self.chance.some(&TAGS, 2) {
            title.insert(tag.to_owned(), json!(self.template()));
        }
        json!({ "title": title, "action": action })
    }

    fn shown_address(&mut self) -> &'static str {
        self.chance.pick(&[
            "https://x.example/a.png",
            "https://x.example/{{ t }}/{{ n + 1 }}.png",
            "{{ x }}",
            "https://x.example/{{ ghost }}",
            "https://x.example/{{ x }}?l={{ language }}",
        ])
    }

    fn message(&mut self) -> Value {
        let mut message = json!({ "text": self.text(), "buttons": self.buttons(), "next": self.way() });
        if self.chance.percent(30) {
            let count = 1 + self.chance.below(2);
            message["content"] = (0..count).map(|_| self.content()).collect();
        }
        if self.chance.percent(15) {
            message["quick_replies"] = json!(self.buttons());
        }
        message
    }

    fn content(&mut self) -> Value {
        match self.chance.below(8) {
            0 => json!({ "text": { "text": self.text(), "buttons": self.buttons() } }),
            1 => json!({ "card": self.card() }),
            2 => json!({ "carousel": { "cards": [self.card(), self.card()] } }),
            3 => json!({ "image": { "url": self.shown_address(), "text": self.text() } }),
            4 => json!({ "video": { "url": self.shown_address(), "text": self.text() } }),
            5 => json!({ "file": { "url": self.shown_address(), "name": self.text() } }),
            6 => {
                let mut item = json!({ "title": self.text(), "subtitle": self.text(), "image": self.shown_address() });
                if self.chance.percent(50) {
                    item["button"] = self.button();
                }
                json!({ "list": { "title": self.text(), "items": [item, { "title": self.text() }], "buttons": self.buttons() } })
            }
            _ => {
                let json = self.body();
                json!({ "raw": { "channel": "web_chat", "json": json } })
            }
        }
    }

    fn card(&mut self) -> Value {
        let mut card = json!({ "title": self.text(), "subtitle": self.text(), "buttons": self.buttons() });
        if self.chance.percent(50) {
            card["image"] = json!(self.shown_address());
        }
        card
    }

    fn input(&mut self) -> Value {
        let mut input = json!({
            "variable": self.chance.pick(&["x", "n", "t", "list", "ok", "y", "x", "n", "t", "ghost"]),
            "accept": (0..self.chance.below(3)).map(|_| self.accept()).collect::<Vec<_>>(),
            "skip_when_known": self.chance.percent(15),
            "next": if self.chance.percent(80) { self.way() } else { Some(self.target()) },
        });
        if self.chance.percent(85) {
            input["ask"] = json!({ "text": self.text(), "buttons": self.buttons() });
            if self.chance.percent(15) {
                input["ask"]["quick_replies"] = json!(self.buttons());
            }
        }
        match self.chance.below(3) {
            0 => input["retry"] = self.text(),
            1 => input["retry"] = json!([self.text(), self.text()]),
            _ => {}
        }
        if self.chance.percent(50) {
            input["attempts"] = json!(1 + self.chance.below(3));
            input["otherwise"] = json!(self.way());
        }
        match self.chance.below(6) {
            0 => input["interruptions"] = json!("none"),
            1 => input["interruptions"] = json!({ "intents": self.filter() }),
            _ => {}
        }
        input
    }

    fn filter(&mut self) -> Value {
        json!({ "only": self.chance.some(&INTENTS, 2), "except": self.chance.some(&INTENTS, 1) })
    }

    fn accept(&mut self) -> Value {
        match self.chance.below(12) {
            0 => json!({ "text": self.filter() }),
            1 => json!({ "entity": { "entity": self.chance.pick(&["e", "g", "day"]) } }),
            2 => json!({ "entity": { "entity": self.chance.pick(&["e", "g"]), "intents": self.filter() } }),
            3 => {
                json!({ "intent": { "intent": self.chance.pick(&INTENTS), "value": self.chance.pick(&[json!(1), json!("yes"), json!(true), json!(null)]) } })
            }
            4 => json!({ "number": { "min": 1 } }),
            5 => json!({ "number": { "max": 3.5 } }),
            6 => {
                json!({ "date": { "min": self.chance.pick(&[json!(null), json!("2026-02-01")]), "max": "2026-12-31" } })
            }
            7 => json!({ "email": {} }),
            8 => json!({ "phone": {} }),
            9 => json!({ "regex": { "pattern": self.chance.pick(&["[a-z]{4,}", "^[0-9]+$", "("]) } }),
            10 => json!({ "options": { "values": { "small": ["little", "Very Small"], "large": ["big"], "12": [] } } }),
            _ => json!({ "handler": { "handler": self.chance.pick(&["h", "k"]), "intents": self.filter() } }),
        }
    }

    fn branch(&mut self) -> Value {
        let count = 1 + self.chance.below(3);
        let cases: Vec<Value> = (0..count).map(|_| json!({ "when": self.condition(), "goto": self.next() })).collect();
        json!({ "branch": { "cases": cases, "else": self.way() } })
    }

    fn condition(&mut self) -> &'static str {
        self.chance.pick(&[
            "x == 1",
            "x != \"a\"",
            "n > 3",
            "n <= 2.5 or language == \"nl\"",
            "known(x)",
            "not known(t) and not ok",
            "t in [\"small\", \"large\", null]",
            "matches(t, \"^[a-z]+$\")",
            "ok",
            "n >= 1 and (known(y) or x != null)",
            "x < \"m\" or t >= \"s\"",
            "blob == list",
            "t not in [\"nl\"]",
            "language < \"f\"",
            "false",
            "(",
        ])
    }

    /// A value as an author sets it.
    fn value(&mut self) -> Value {
        self.chance.pick(&[
            json!("{{ n + 1 }}"),
            json!("{{ x }}"),
            json!("{{ t | upper }}"),
            json!("f2/n1"),
            json!("f3"),
            json!("{{ n }}"),
            json!("{{ ghost }}"),
            json!("nl"),
            json!(".."),
            json!(3),
            json!(2.0),
            json!(true),
            json!(null),
        ])
    }

    fn action(&mut self) -> Value {
        let mut action = json!({ "next": self.way() });
        if self.chance.percent(60) {
            let mut set = Map::new();
            for variable in self.chance.some(&["x", "n", "t", "ok", "target", "y", "y", "ghost"], 3) {
                // What grows by itself would grow without end.
                let value = self.value();
                set.insert(variable.to_owned(), value);
            }
            if self.chance.percent(20) {
                set.insert("list".to_owned(), self.chance.pick(&[json!(["b", 2]), json!("one"), json!(null)]));
            }
            action["set"] = Value::Object(set);
        }
        if self.chance.percent(20) {
            action["increment"] =
                json!({ self.chance.pick(&["n", "n", "x", "t"]): self.chance.pick(&[1.0, -0.5, 1e308]) });
        }
        if self.chance.percent(15) {
            action["clear"] = json!(self.chance.some(&VARIABLES, 2));
        }
        if self.chance.percent(15) {
            action["language"] = json!(self.chance.pick(&["nl", "{{ t }}", "xx", "PT_br", "{{ ghost }}", "de"]));
        }
        if self.chance.percent(35) {
            let mut contexts = Map::new();
            for context in self.chance.some(&CONTEXTS, 2) {
                contexts.insert(context.to_owned(), json!(self.chance.below(4)));
            }
            action["contexts"] = Value::Object(contexts);
        }
        match self.chance.below(10) {
            0 | 1 => action["call"] = json!(self.chance.pick(&["h", "k"])),
            2 | 3 => action["http"] = self.http(),
            _ => return action,
        }
        if self.chance.percent(60) {
            action["on_error"] = json!(self.way());
        }
        action
    }

    fn body(&mut self) -> Value {
        self.chance.pick(&[
            json!({ "x": "{{ x }}", "deep": ["{{ n + 1 }}", 1, "plain"] }),
            json!("text {{ t }}"),
            json!("{{ list }}"),
            json!({ "ghost": "{{ ghost }}" }),
            json!({ "list": "{{ list }}", "name": "{{ t }} {{ x }}" }),
        ])
    }

    fn http(&mut self) -> Value {
        let url = self.chance.pick(&[
            "https://api.example/a",
            "https://api.example/{{ x }}/{{ n }}",
            "https://api.example/a?q={{ t | default(\"\") }}&n={{ n + 1 }}",
            "https://api.example/{{ t }}",
            "https://api.example/{{ ghost }}",
        ]);
        let mut http = json!({ "url": url, "method": self.chance.pick(&["get", "post", "put", "patch", "delete"]) });
        if self.chance.percent(30) {
            http["headers"] = json!({ "x-key": self.chance.pick(&["k {{ t }} ", "{{ x }} {{ n + 1 }}", "{{ n | times(2) }}", "a\nb"]) });
        }
        if self.chance.percent(50) {
            http["body"] = self.body();
        }
        if self.chance.percent(70) {
            let mut into = Map::new();
            for (variable, pointer) in self.chance.some(
                &[
                    ("x", "/b"),
                    ("x", "/a/0"),
                    ("list", "/a"),
                    ("list", "/b"),
                    ("t", "/c"),
                    ("t", "/a"),
                    ("n", "/b"),
                    ("n", "/c"),
                    ("blob", ""),
                    ("y", "/none"),
                ],
                3,
            ) {
                into.insert(variable.to_owned(), json!(pointer));
            }
            http["into"] = Value::Object(into);
        }
        if self.chance.percent(50) {
            http["status"] = json!(self.chance.pick(&["n", "x", "t", "ok"]));
        }
        if self.chance.percent(20) {
            http["timeout_ms"] = json!(500);
            http["retries"] = json!(2);
        }
        http
    }

    fn jump(&mut self) -> Value {
        let to = match self.chance.below(10) {
            0..9 => {
                // Mostly a later flow, so that few jumps go in circles.
                let further = self.flows - self.flow - 1;
                let to = match further > 0 && self.chance.percent(95) {
                    true => format!("f{}", self.flow + 1 + self.chance.below(further)),
                    false => self.chance.pick(&["f0", "f1", "f2", "nowhere"]).to_owned(),
                };
                let mut to = json!({ "flow": to });
                if self.chance.percent(40) {
                    to["node"] = json!(self.target());
                }
                to
            }
            _ => json!({ "variable": self.chance.pick(&["target", "target", "x", "ghost"]) }),
        };
        json!({ "jump": { "to": to, "return": self.chance.percent(60), "next": self.way() } })
    }

    fn wait(&mut self) -> Value {
        let mut events = Map::new();
        for event in self.chance.some(&EVENTS[..2], 2) {
            events.insert(event.to_owned(), json!(self.target()));
        }
        let mut wait = json!({});
        if events.is_empty() || self.chance.percent(60) {
            wait["seconds"] = json!(1 + self.chance.below(90));
            wait["on_timeout"] = json!(self.way());
        }
        wait["events"] = Value::Object(events);
        json!({ "wait": wait })
    }
}
