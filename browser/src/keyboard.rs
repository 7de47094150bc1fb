//! The keyboard alone: for people who use no mouse.

use serde_json::json;

use crate::protocol::tell;
use crate::{Error, Person, Role};

/// A key that does something other than write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next element.
    Tab,
    /// To the one before: Shift and Tab.
    BackTab,
    /// Presses what has the focus.
    Enter,
    /// Presses a button, marks a box, opens a select.
    Space,
    /// To the next entry.
    Down,
    /// Removes what is chosen.
    Delete,
    /// Closes what is open.
    Escape,
}

impl Key {
    /// The key's name, the number that Windows gave it, what it writes, and the modifiers held.
    fn parts(self) -> (&'static str, u32, &'static str, u32) {
        match self {
            Self::Tab => ("Tab", 9, "", 0),
            Self::BackTab => ("Tab", 9, "", 8),
            Self::Enter => ("Enter", 13, "\r", 0),
            Self::Space => ("Space", 32, " ", 0),
            Self::Down => ("ArrowDown", 40, "", 0),
            Self::Delete => ("Delete", 46, "", 0),
            Self::Escape => ("Escape", 27, "", 0),
        }
    }
}

/// What has the focus: as text, and whether one sees that it has.
const FOCUSED: &str = "(() => {
    let element = document.activeElement;
    while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
    if (!element || element === document.body) return null;
    const plain = (text) => (text ?? '').replace(/\\s+/g, ' ').trim();
    const label = element.getAttribute('aria-label') ?? [...(element.labels ?? [])].map((l) => l.textContent).join(' ');
    const style = getComputedStyle(element);
    const ring = style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0;
    const box = element.getBoundingClientRect();
    return {
        name: plain(label) || plain(element.textContent),
        tag: element.tagName.toLowerCase(),
        ring: ring || style.boxShadow !== 'none',
        inSight: box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
            && box.top < innerHeight && box.left < innerWidth,
    };
})()";

impl Person {
    /// Presses a key.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn presses(&self, key: Key) -> Result<(), Error> {
        let (name, number, text, modifiers) = key.parts();
        let shown = if name == "Space" { " " } else { name };
        let mut down = json!({
            "type": if text.is_empty() { "rawKeyDown" } else { "keyDown" },
            "key": shown, "code": name, "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        if !text.is_empty() {
            down["text"] = json!(text);
        }
        tell(self.page(), "Input.dispatchKeyEvent", down).await?;
        let up = json!({
            "type": "keyUp", "key": shown, "code": name, "windowsVirtualKeyCode": number, "modifiers": modifiers,
        });
        tell(self.page(), "Input.dispatchKeyEvent", up).await.map(drop)
    }

    /// Goes by Tab from element to element until the one of this role and name has the focus; on the way,
    /// each must be in sight and show that it has the focus.
    ///
    /// # Errors
    /// [`Error::Wrong`] where it cannot be reached, or where the focus is lost to sight.
    pub async fn tabs_to(&self, role: Role, name: &str) -> Result<(), Error> {
        let tags: &[&str] = match role {
            Role::Link => &["a"],
            Role::Button => &["button"],
            Role::Fold => &["summary"],
            _ => &["input", "textarea", "select"],
        };
        let (mut passed, mut rounds) = (Vec::new(), 0);
        for _ in 0..1_000 {
            self.presses(Key::Tab).await?;
            let focused = self.script(FOCUSED).await?;
            let Some(found) = focused["name"].as_str() else { continue };
            for (property, wrong) in [("ring", "does not show that it has the focus"), ("inSight", "is out of sight")] {
                if focused[property] != true {
                    let address = self.address().await?;
                    return Err(Error::Wrong(format!("at {address} `{found}` ({}) {wrong}", focused["tag"])));
                }
            }
            let is_wanted = focused["tag"].as_str().is_some_and(|tag| tags.contains(&tag));
            if is_wanted && found.split(" (").next() == Some(name) {
                return Ok(());
            }
            let label: String = found.chars().take(40).collect();
            if passed.first() == Some(&label) {
                rounds += 1;
            }
            if rounds == 2 {
                break;
            }
            if rounds == 0 {
                passed.push(label);
            }
        }
        let address = self.address().await?;
        Err(Error::Wrong(format!("at {address} Tab does not reach `{name}`; it passes {}", passed.join(" · "))))
    }

    /// Writes where the focus is, in place of what stands there.
    ///
    /// # Errors
    /// [`Error::Protocol`].
    pub async fn writes(&self, text: &str) -> Result<(), Error> {
        tell(self.page(), "Input.insertText", json!({ "text": text })).await.map(drop)
    }

    /// Presses a key that leads to another page, and waits for it.
    ///
    /// # Errors
    /// [`Error::NotSeen`].
    pub async fn leaves_by(&self, key: Key) -> Result<(), Error> {
        self.marks_the_page().await;
        self.presses(key).await?;
        self.waits_for_the_next_page().await
    }
}
