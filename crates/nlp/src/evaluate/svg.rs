//! A small writer of SVG pictures: escaped, without scripts, styles or fonts of their own.
//!
//! Pictures bring their own light ground and dark ink, so that they are as readable on a dark page
//! as on a light one, and shown alone as well as in a page.

use std::fmt::Write as _;

/// Names of colours, chosen to be told apart by people who do not see red and green alike, and to
/// have enough contrast on the ground.
pub(super) mod colour {
    pub(in crate::evaluate) const GROUND: &str = "#ffffff";
    pub(in crate::evaluate) const INK: &str = "#14202e";
    pub(in crate::evaluate) const MUTED: &str = "#4a5563";
    pub(in crate::evaluate) const LINE: &str = "#cfd6df";
    pub(in crate::evaluate) const FAINT: &str = "#eef1f5";
    pub(in crate::evaluate) const RIGHT: &str = "#1b6ca8";
    pub(in crate::evaluate) const WRONG: &str = "#c2410c";
    pub(in crate::evaluate) const REFUSED: &str = "#8a94a3";
}

const FONT: &str = "system-ui, 'Segoe UI', 'Liberation Sans', 'DejaVu Sans', Arial, sans-serif";

/// Where a text stands against its point.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

/// A picture that is being drawn; lengths are in CSS pixels at natural size.
pub(super) struct Picture {
    width: f64,
    height: f64,
    title: String,
    body: String,
}

impl Picture {
    /// An empty picture; `title` is its name for people who do not see it.
    pub(super) fn new(width: f64, height: f64, title: &str) -> Self {
        Self { width, height, title: title.to_owned(), body: String::new() }
    }

    pub(super) fn rectangle(&mut self, at: (f64, f64), size: (f64, f64), fill: &str) {
        self.titled_rectangle(at, size, fill, "");
    }

    /// A rectangle that tells what it stands for where a pointer rests on it.
    pub(super) fn titled_rectangle(
        &mut self,
        (x, y): (f64, f64),
        (width, height): (f64, f64),
        fill: &str,
        title: &str,
    ) {
        let (width, height) = (width.max(0.0), height.max(0.0));
        _ = write!(
            self.body,
            "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{fill}\""
        );
        self.close("rect", title);
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.path(&[from, to], stroke, width, false);
    }

    pub(super) fn dashed_line(&mut self, from: (f64, f64), to: (f64, f64), stroke: &str, width: f64) {
        self.path(&[from, to], stroke, width, true);
    }

    /// A line through points.
    pub(super) fn path(&mut self, points: &[(f64, f64)], stroke: &str, width: f64, is_dashed: bool) {
        let dashes = if is_dashed { " stroke-dasharray=\"5 4\"" } else { "" };
        _ = write!(
            self.body,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{stroke}\" stroke-width=\"{width}\" \
             stroke-linejoin=\"round\"{dashes}/>",
            coordinates(points)
        );
    }

    /// A filled area with these corners, see-through by `opacity` from 0 to 1.
    pub(super) fn area(&mut self, corners: &[(f64, f64)], fill: &str, opacity: f64) {
        _ = write!(
            self.body,
            "<polygon points=\"{}\" fill=\"{fill}\" fill-opacity=\"{opacity:.2}\"/>",
            coordinates(corners)
        );
    }

    /// A dot that tells what it stands for where a pointer rests on it.
    pub(super) fn dot(&mut self, (x, y): (f64, f64), radius: f64, fill: &str, title: &str) {
        _ = write!(
            self.body,
            "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\" fill=\"{fill}\" stroke=\"{}\" stroke-width=\"1\"",
            colour::GROUND
        );
        self.close("circle", title);
    }

    pub(super) fn text(&mut self, at: (f64, f64), text: &str, size: f64, anchor: Anchor, fill: &str) {
        self.write_text(at, text, size, anchor, fill, "");
    }

    pub(super) fn heading(&mut self, at: (f64, f64), text: &str) {
        self.write_text(at, text, 16.0, Anchor::Start, colour::INK, " font-weight=\"bold\"");
    }

    /// A text that runs upwards from its point.
    pub(super) fn upright_text(&mut self, (x, y): (f64, f64), text: &str, size: f64, anchor: Anchor, fill: &str) {
        self.write_text((x, y), text, size, anchor, fill, &format!(" transform=\"rotate(-90 {x:.1} {y:.1})\""));
    }

    fn write_text(&mut self, (x, y): (f64, f64), text: &str, size: f64, anchor: Anchor, fill: &str, more: &str) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        _ = write!(
            self.body,
            "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" text-anchor=\"{anchor}\" fill=\"{fill}\"{more}>{}</text>",
            escaped(text)
        );
    }

    fn close(&mut self, element: &str, title: &str) {
        if title.is_empty() {
            self.body.push_str("/>");
        } else {
            _ = write!(self.body, "><title>{}</title></{element}>", escaped(title));
        }
    }

    /// The picture as a document.
    pub(super) fn finish(self) -> String {
        let Self { width, height, title, body } = self;
        let title = escaped(&title);
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" aria-label=\"{title}\" width=\"{width:.0}\" \
             height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" font-family=\"{FONT}\">\
             <title>{title}</title><rect width=\"100%\" height=\"100%\" fill=\"{}\"/>{body}</svg>\n",
            colour::GROUND
        )
    }
}

fn coordinates(points: &[(f64, f64)]) -> String {
    points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" ")
}

/// A colour: red, green, blue.
pub(super) type Rgb = [u8; 3];

/// A mix of two colours: `share` (0 to 1) of the second.
pub(super) fn mixed(one: Rgb, other: Rgb, share: f64) -> Rgb {
    let mut mix = one;
    for (part, other) in mix.iter_mut().zip(other) {
        let value = f64::from(*part) + (f64::from(other) - f64::from(*part)) * share.clamp(0.0, 1.0);
        // A mix of two bytes is one.
        *part = value.round() as u8;
    }
    mix
}

/// A colour as `#rrggbb`.
pub(super) fn hex([red, green, blue]: Rgb) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// The ink that is easier to read on a colour, dark or light: by the contrast ratio of WCAG 2.
pub(super) fn ink_on(ground: Rgb) -> &'static str {
    let ground = luminance(ground);
    let against_light = 1.05 / (ground + 0.05);
    let against_dark = (ground + 0.05) / (luminance([0x14, 0x20, 0x2e]) + 0.05);
    if against_light > against_dark { colour::GROUND } else { colour::INK }
}

/// The relative luminance of WCAG 2, 0 to 1.
fn luminance(colour: Rgb) -> f64 {
    let linear = colour.map(|part| {
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    });
    let [red, green, blue] = linear;
    0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/// A text cut to so many characters.
pub(super) fn shortened(text: &str, most: usize) -> String {
    if text.chars().count() <= most {
        return text.to_owned();
    }
    text.chars().take(most.saturating_sub(1)).chain(std::iter::once('…')).collect()
}

/// A text as XML has it: marks escaped, characters that XML does not know replaced.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            character if character.is_control() || matches!(character, '\u{fffe}' | '\u{ffff}') => {
                escaped.push(char::REPLACEMENT_CHARACTER);
            }
            character => escaped.push(character),
        }
    }
    escaped
}
