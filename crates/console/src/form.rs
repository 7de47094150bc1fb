//! Forms as data: one template renders them all, with labels, hints and faults in place;
//! on live the same data is shown as plain text.

/// A form, or the read-only view of one.
#[derive(Debug, Clone, Default)]
pub(crate) struct Form {
    pub(crate) action: String,
    pub(crate) submit: String,
    pub(crate) groups: Vec<Group>,
    pub(crate) fault: Option<Fault>,
    /// The digest that the part had when the form was made; empty for a part that is not there yet.
    pub(crate) expected: String,
}

/// Why a form was not taken.
#[derive(Debug, Clone)]
pub(crate) struct Fault {
    pub(crate) text: String,
    /// What somebody else saved meanwhile.
    pub(crate) theirs: Option<String>,
}

/// Fields that belong together.
#[derive(Debug, Clone, Default)]
pub(crate) struct Group {
    /// Its heading; none for loose fields.
    pub(crate) legend: String,
    pub(crate) hint: String,
    /// Where more rows may be added: the name of their fields.
    pub(crate) grows: Option<String>,
    pub(crate) rows: Vec<Row>,
}

/// A row of fields.
#[derive(Debug, Clone, Default)]
pub(crate) struct Row {
    pub(crate) number: usize,
    pub(crate) controls: Vec<Control>,
}

/// One field.
#[derive(Debug, Clone)]
pub(crate) struct Control {
    pub(crate) kind: ControlKind,
    pub(crate) name: String,
    pub(crate) label: String,
    pub(crate) hint: String,
    pub(crate) value: String,
    pub(crate) fault: String,
    pub(crate) is_required: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum ControlKind {
    Text,
    Area,
    Number,
    Check(bool),
    Select(Vec<Choice>),
}

/// An entry of a select.
#[derive(Debug, Clone)]
pub(crate) struct Choice {
    pub(crate) value: String,
    pub(crate) label: String,
}

impl Choice {
    pub(crate) fn new(value: impl Into<String>, label: impl Into<String>) -> Self {
        Self { value: value.into(), label: label.into() }
    }
}

impl Control {
    fn of(kind: ControlKind, name: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
            label: label.into(),
            hint: String::new(),
            value: value.into(),
            fault: String::new(),
            is_required: false,
        }
    }

    pub(crate) fn text(name: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(ControlKind::Text, name, label, value)
    }

    pub(crate) fn area(name: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(ControlKind::Area, name, label, value)
    }

    pub(crate) fn number(name: impl Into<String>, label: impl Into<String>, value: impl Into<String>) -> Self {
        Self::of(ControlKind::Number, name, label, value)
    }

    pub(crate) fn check(name: impl Into<String>, label: impl Into<String>, is_checked: bool) -> Self {
        Self::of(ControlKind::Check(is_checked), name, label, "yes")
    }

    /// A select. A value that is not among the choices is added, so that nothing is lost.
    pub(crate) fn select(
        name: impl Into<String>,
        label: impl Into<String>,
        value: impl Into<String>,
        mut choices: Vec<Choice>,
    ) -> Self {
        let value = value.into();
        if !choices.iter().any(|choice| choice.value == value) {
            choices.push(Choice::new(&value, format!("{value} (does not exist)")));
        }
        Self::of(ControlKind::Select(choices), name, label, value)
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    pub(crate) fn required(mut self) -> Self {
        self.is_required = true;
        self
    }

    /// The id of the element: the name, fit for an id.
    pub(crate) fn id(&self) -> String {
        format!("field-{}", self.name)
    }

    /// How many lines a text area shows: what it holds and a little more.
    pub(crate) fn lines(&self) -> usize {
        (self.value.lines().count() + 1).clamp(2, 12)
    }

    pub(crate) fn is_area(&self) -> bool {
        matches!(self.kind, ControlKind::Area)
    }

    pub(crate) fn is_check(&self) -> bool {
        matches!(self.kind, ControlKind::Check(_))
    }

    pub(crate) fn is_checked(&self) -> bool {
        matches!(self.kind, ControlKind::Check(true))
    }

    pub(crate) fn choices(&self) -> Option<&[Choice]> {
        match &self.kind {
            ControlKind::Select(choices) => Some(choices),
            _ => None,
        }
    }

    pub(crate) fn input_type(&self) -> &'static str {
        if matches!(self.kind, ControlKind::Number) { "number" } else { "text" }
    }

    /// As a text, for pages that nobody can change.
    pub(crate) fn shown(&self) -> &str {
        match &self.kind {
            ControlKind::Select(choices) => {
                choices.iter().find(|choice| choice.value == self.value).map_or("", |choice| &choice.label)
            }
            ControlKind::Check(is_checked) => {
                if *is_checked {
                    "yes"
                } else {
                    "no"
                }
            }
            _ => &self.value,
        }
    }
}

impl Group {
    /// Loose fields.
    pub(crate) fn loose(controls: Vec<Control>) -> Self {
        Self { rows: vec![Row { number: 0, controls }], ..Self::default() }
    }

    /// Fields under a heading.
    pub(crate) fn titled(legend: impl Into<String>, controls: Vec<Control>) -> Self {
        Self { legend: legend.into(), ..Self::loose(controls) }
    }

    /// Rows under a heading, of which there may be more: those with the numbers in `rows`, filled by `row`.
    pub(crate) fn growing(
        legend: impl Into<String>,
        name: &str,
        rows: Vec<usize>,
        row: impl Fn(usize) -> Vec<Control>,
    ) -> Self {
        let rows = rows.into_iter().map(|number| Row { number, controls: row(number) }).collect();
        Self { legend: legend.into(), hint: String::new(), grows: Some(name.to_owned()), rows }
    }

    pub(crate) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = hint.into();
        self
    }

    /// Whether anything in it is worth showing where nobody can change it.
    pub(crate) fn says_something(&self) -> bool {
        self.shown_rows().next().is_some()
    }

    /// The rows that say something; of rows that may grow, not the empty one for more.
    pub(crate) fn shown_rows(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| {
            row.controls.iter().any(|control| {
                if self.grows.is_some() {
                    !control.is_check() && !control.value.is_empty()
                } else {
                    !control.shown().is_empty()
                }
            })
        })
    }
}

impl Form {
    pub(crate) fn new(action: impl Into<String>, submit: impl Into<String>, groups: Vec<Group>) -> Self {
        Self { action: action.into(), submit: submit.into(), groups, fault: None, expected: String::new() }
    }

    pub(crate) fn expecting(mut self, expected: impl ToString) -> Self {
        self.expected = expected.to_string();
        self
    }

    /// The form with what was typed, so that a refusal costs nobody their words.
    pub(crate) fn filled(mut self, fields: &crate::fields::Fields) -> Self {
        let controls = self.groups.iter_mut().flat_map(|group| &mut group.rows).flat_map(|row| &mut row.controls);
        for control in controls {
            match &mut control.kind {
                ControlKind::Check(is_checked) => *is_checked = fields.has(&control.name),
                ControlKind::Select(choices) if fields.has(&control.name) => {
                    control.value = fields.get(&control.name);
                    if !choices.iter().any(|choice| choice.value == control.value) {
                        choices.push(Choice::new(&control.value, format!("{} (does not exist)", control.value)));
                    }
                }
                _ if fields.has(&control.name) => control.value = fields.get(&control.name),
                _ => {}
            }
        }
        self
    }

    /// The form again, saying why it was not taken; where the fault names a field, there too.
    pub(crate) fn refused(mut self, fault: Fault) -> Self {
        let named = fault.text.split_once("at `").and_then(|(_, rest)| rest.split_once('`')).map(|(name, _)| name);
        let field = named.and_then(|named| {
            let controls = self.groups.iter_mut().flat_map(|group| &mut group.rows).flat_map(|row| &mut row.controls);
            controls.into_iter().find(|control| named.ends_with(&control.name))
        });
        if let Some(field) = field {
            field.fault.clone_from(&fault.text);
        }
        self.fault = Some(fault);
        self
    }
}
