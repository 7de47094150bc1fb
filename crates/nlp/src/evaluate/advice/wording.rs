//! How advice says numbers, lists and texts.

/// A text longer than this is cut, in characters.
const LONGEST: usize = 120;

/// A text in quotation marks, on one line and cut where it is long.
pub(in crate::evaluate) fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST {
        return format!("“{line}”");
    }
    let cut: String = line.chars().take(LONGEST - 1).collect();
    format!("“{cut}…”")
}

/// A share in whole percent; one that is not quite all or nothing is not rounded to it.
pub(in crate::evaluate) fn percent(share: f64) -> String {
    match share * 100.0 {
        percent if percent > 99.0 && percent < 100.0 => "over 99 %".to_owned(),
        percent if percent > 0.0 && percent < 1.0 => "under 1 %".to_owned(),
        percent => format!("{percent:.0} %"),
    }
}

/// `a, b and c`.
pub(in crate::evaluate) fn listed(items: impl IntoIterator<Item = String>) -> String {
    let mut items: Vec<String> = items.into_iter().collect();
    match items.pop() {
        Some(last) if items.is_empty() => last,
        Some(last) => format!("{} and {last}", items.join(", ")),
        None => String::new(),
    }
}

/// `1 text`, `2 texts`.
pub(in crate::evaluate) fn counted(count: usize, thing: &str) -> String {
    if count == 1 { format!("1 {thing}") } else { format!("{count} {thing}s") }
}
