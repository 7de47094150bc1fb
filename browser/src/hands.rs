//! What hands do: press, type, choose, give a file.

use serde_json::{Value, json};

use crate::protocol::tell;
use crate::{Error, Named, Person, Role};

impl Person {
    /// Presses an element with the mouse, where the mouse would hit it.
    ///
    /// # Errors
    /// [`Error::NotSeen`] where there is none, or something lies over it.
    pub async fn clicks(&self, role: Role, name: &str) -> Result<(), Error> {
        self.waits_for(&format!("a {role:?} named `{name}` that can be pressed"), async || {
            let Some(named) = self.named(role, name).await.unwrap_or_default().into_iter().next() else {
                return Ok(None);
            };
            Ok(self.presses_element(&named).await.is_ok().then_some(()))
        })
        .await
    }

    /// Presses something that leads to another page, and waits for it.
    ///
    /// # Errors
    /// [`Error::NotSeen`].
    pub async fn follows(&self, role: Role, name: &str) -> Result<(), Error> {
        self.marks_the_page().await;
        self.clicks(role, name).await?;
        self.waits_for_the_next_page().await
    }

    /// Fills in the field with this label; what stood there goes.
    ///
    /// # Errors
    /// [`Error::NotSeen`] where there is no such field.
    pub async fn types(&self, label: &str, text: &str) -> Result<(), Error> {
        let field = self.finds(Role::Field, label).await?;
        self.fills(&field, text).await
    }

    /// Fills in a field that was found.
    ///
    /// # Errors
    /// [`Error::NotSeen`] where it cannot be reached.
    pub async fn fills(&self, field: &Named, text: &str) -> Result<(), Error> {
        self.waits_for(&format!("a way to the field `{}`", field.name), async || {
            Ok(self.presses_element(field).await.is_ok().then_some(()))
        })
        .await?;
        self.on_element(field, "function () { this.select?.(); return true; }", &[]).await?;
        if text.is_empty() {
            self.presses(crate::Key::Delete).await
        } else {
            tell(self.page(), "Input.insertText", json!({ "text": text })).await.map(drop)
        }
    }

    /// Chooses an entry of a select, by what it says.
    ///
    /// # Errors
    /// [`Error::NotSeen`] where there is no such field or entry.
    pub async fn chooses(&self, label: &str, entry: &str) -> Result<(), Error> {
        // The list that a select opens is the system's, out of a page's reach: the entry is set, and told as by hand.
        let choose = "function (entry) {
            const plain = (text) => text.replace(/\\s+/g, ' ').trim();
            const options = [...(this.options ?? [])];
            const found = options.find((option) => plain(option.text) === entry)
                ?? options.find((option) => plain(option.text).includes(entry));
            if (!found) return false;
            this.focus();
            this.value = found.value;
            this.dispatchEvent(new Event('input', { bubbles: true }));
            this.dispatchEvent(new Event('change', { bubbles: true }));
            return true;
        }";
        self.waits_for(&format!("the entry `{entry}` of the field `{label}`"), async || {
            let Some(field) = self.named(Role::Field, label).await.unwrap_or_default().into_iter().next() else {
                return Ok(None);
            };
            let done = self.on_element(&field, choose, &[json!(entry)]).await.unwrap_or_default();
            Ok((done == json!(true)).then_some(()))
        })
        .await
    }

    /// Gives files to the first file field of the page.
    ///
    /// # Errors
    /// [`Error::Protocol`] where there is none.
    pub async fn gives_file(&self, path: &std::path::Path) -> Result<(), Error> {
        let document = tell(self.page(), "DOM.getDocument", json!({ "depth": 0 })).await?;
        let query = json!({ "nodeId": document["root"]["nodeId"], "selector": "input[type=file]" });
        let field = tell(self.page(), "DOM.querySelector", query).await?;
        let files = json!({ "files": [path.to_string_lossy()], "nodeId": field["nodeId"] });
        tell(self.page(), "DOM.setFileInputFiles", files).await.map(drop)
    }

    /// Presses an element that was found, in its middle.
    pub(crate) async fn presses_element(&self, named: &Named) -> Result<(), Error> {
        let node = json!({ "backendNodeId": named.node });
        tell(self.page(), "DOM.scrollIntoViewIfNeeded", node.clone()).await?;
        let quads = tell(self.page(), "DOM.getContentQuads", node).await?;
        let quad: Vec<f64> = quads["quads"][0].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
        let [left, top, _, _, right, bottom, ..] = quad[..] else {
            return Err(Error::Wrong(format!("`{}` has no place on the page", named.name)));
        };
        let (x, y) = ((left + right) / 2.0, (top + bottom) / 2.0);
        let hit = "function (x, y) {
            let hit = document.elementFromPoint(x, y);
            while (hit && hit.shadowRoot && hit.shadowRoot.elementFromPoint(x, y) !== hit && hit !== this) {
                const inner = hit.shadowRoot.elementFromPoint(x, y);
                if (!inner) break;
                hit = inner;
            }
            const root = this.getRootNode();
            if (root !== document && root.elementFromPoint) hit = root.elementFromPoint(x, y);
            return !!hit && (hit === this || this.contains(hit) || [...(this.labels ?? [])].some((l) => l.contains(hit)));
        }";
        if self.on_element(named, hit, &[json!(x), json!(y)]).await? != json!(true) {
            return Err(Error::Wrong(format!("something lies over `{}`", named.name)));
        }
        for (kind, button, count) in
            [("mouseMoved", "none", 0), ("mousePressed", "left", 1), ("mouseReleased", "left", 1)]
        {
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "clickCount": count });
            tell(self.page(), "Input.dispatchMouseEvent", event).await?;
        }
        Ok(())
    }

    /// What a function says of an element, which it knows as `this`.
    pub(crate) async fn on_element(&self, named: &Named, function: &str, arguments: &[Value]) -> Result<Value, Error> {
        let resolved = tell(self.page(), "DOM.resolveNode", json!({ "backendNodeId": named.node })).await?;
        let arguments: Vec<Value> = arguments.iter().map(|argument| json!({ "value": argument })).collect();
        let call = json!({
            "functionDeclaration": function,
            "objectId": resolved["object"]["objectId"],
            "arguments": arguments,
            "returnByValue": true,
        });
        let mut answer = tell(self.page(), "Runtime.callFunctionOn", call).await?;
        Ok(answer["result"]["value"].take())
    }
}
