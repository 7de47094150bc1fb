//! Whether a condition can hold and can fail: asked of values that stand for all.
//!
//! A condition tells values apart only by the literals in it: it is enough to try,
//! for each variable, every literal, a value beside and between them, and one of
//! each other type. What an expression matches is taken to be free, so a
//! condition is never called constant by mistake.

use std::collections::{BTreeMap, BTreeSet};

use greenroom_model::{Language, VariableId};
use serde_json::Value;

use super::{Condition, Literal, Operand};

/// With more combinations of values nothing is claimed.
const MOST_COMBINATIONS: usize = 5_000;

impl Condition {
    /// Whether the condition is the same for all values of its variables: then
    /// what it is. `None` also where there are too many to tell.
    ///
    /// # Examples
    /// ```
    /// use greenroom_flow::Condition;
    ///
    /// let constant = |text: &str| text.parse::<Condition>().map(|condition| condition.constant());
    /// assert_eq!(constant("age < 12 and age > 18")?, Some(false));
    /// assert_eq!(constant("known(age) or not known(age)")?, Some(true));
    /// assert_eq!(constant("age < 12 or age > 18")?, None);
    /// # Ok::<(), greenroom_flow::Error>(())
    /// ```
    #[must_use]
    pub fn constant(&self) -> Option<bool> {
        let mut free = Free::default();
        let condition = free.replaced(self);
        let mut asked = Asked::default();
        asked.read(&condition);
        let languages = asked.languages();
        let candidates: Vec<(VariableId, Vec<Value>)> =
            condition.variables().into_iter().map(|variable| (variable.clone(), asked.values(variable))).collect();
        let combinations = candidates.iter().try_fold(languages.len(), |product, (_, values)| {
            product.checked_mul(values.len()).filter(|product| *product <= MOST_COMBINATIONS)
        })?;
        let mut first = None;
        for combination in 0..combinations {
            let mut rest = combination;
            let mut pick = |many: usize| {
                let place = rest % many.max(1);
                rest /= many.max(1);
                place
            };
            let language = languages.get(pick(languages.len()))?;
            let mut variables = BTreeMap::new();
            for (variable, values) in &candidates {
                variables.insert(variable.clone(), values.get(pick(values.len()))?.clone());
            }
            let holds = condition.holds(&variables, language);
            if *first.get_or_insert(holds) != holds {
                return None;
            }
        }
        first
    }
}

/// Each expression that is matched, as a variable that may be true or not.
#[derive(Default)]
struct Free(BTreeMap<(VariableId, String), Option<VariableId>>);

impl Free {
    fn replaced(&mut self, condition: &Condition) -> Condition {
        match condition {
            Condition::Matches(variable, pattern) => {
                let number = self.0.len();
                let key = (variable.clone(), format!("{pattern:?}"));
                let name = self.0.entry(key).or_insert_with(|| VariableId::new(&format!("matches_{number}_free")).ok());
                name.clone().map_or_else(|| condition.clone(), Condition::IsTrue)
            }
            Condition::Not(inner) => Condition::Not(Box::new(self.replaced(inner))),
            Condition::And(parts) => Condition::And(parts.iter().map(|part| self.replaced(part)).collect()),
            Condition::Or(parts) => Condition::Or(parts.iter().map(|part| self.replaced(part)).collect()),
            other => other.clone(),
        }
    }
}

/// What a condition compares.
#[derive(Default)]
struct Asked {
    of_variables: BTreeMap<VariableId, Vec<Literal>>,
    of_language: Vec<Literal>,
    /// How many times variables are compared with each other, or with the language.
    mixed: usize,
    /// Whether it asks for the language at all.
    asks_language: bool,
}

impl Asked {
    fn read(&mut self, condition: &Condition) {
        match condition {
            Condition::Compare(left, _, right) => match (left, right) {
                (Operand::Literal(literal), side) | (side, Operand::Literal(literal)) => {
                    self.compare(side, std::slice::from_ref(literal));
                }
                _ => {
                    self.mixed += 1;
                    self.asks_language |= [left, right].contains(&&Operand::Language);
                }
            },
            Condition::In(side, literals) => self.compare(side, literals),
            Condition::Not(inner) => self.read(inner),
            Condition::And(parts) | Condition::Or(parts) => parts.iter().for_each(|part| self.read(part)),
            Condition::Constant(_) | Condition::IsTrue(_) | Condition::Known(_) | Condition::Matches(..) => {}
        }
    }

    fn compare(&mut self, side: &Operand, literals: &[Literal]) {
        match side {
            Operand::Variable(variable) => {
                self.of_variables.entry(variable.clone()).or_default().extend(literals.iter().cloned());
            }
            Operand::Language => {
                self.asks_language = true;
                self.of_language.extend(literals.iter().cloned());
            }
            Operand::Literal(_) => {}
        }
    }

    fn languages(&self) -> Vec<Language> {
        let literals = self.of_language.iter().chain(self.of_variables.values().flatten().filter(|_| self.mixed > 0));
        let named = literals.filter_map(|literal| match literal {
            Literal::Text(text) => Language::new(text).ok(),
            _ => None,
        });
        let others = ["aa", "en", "zu"]
            .into_iter()
            .take(if self.asks_language { 3 } else { 1 })
            .filter_map(|tag| Language::new(tag).ok());
        named.chain(others).collect::<BTreeSet<_>>().into_iter().collect()
    }

    /// Values that stand for all that the variable may have.
    fn values(&self, variable: &VariableId) -> Vec<Value> {
        let mut values = vec![Value::Null, Value::Bool(true), Value::Bool(false)];
        let own = self.of_variables.get(variable).into_iter().flatten();
        // Compared with each other, variables may need each other's literals.
        let others = self.of_variables.values().flatten().chain(&self.of_language).filter(|_| self.mixed > 0);
        let (mut texts, mut numbers) = (BTreeSet::new(), Vec::new());
        for literal in own.chain(others) {
            match literal {
                Literal::Text(text) => {
                    texts.insert(text.clone());
                }
                Literal::Number(number) => numbers.push(*number),
                Literal::Boolean(_) | Literal::Null => {}
            }
        }
        if self.mixed > 0 {
            texts.extend(["", "en"].map(str::to_owned));
            numbers.push(0.0);
        }
        let beside = self.mixed + 1;
        if !texts.is_empty() {
            values.push(Value::from(""));
        }
        for text in texts {
            // The next texts in their order, so that several variables fit between two literals.
            let mut next = text;
            for _ in 0..=beside {
                values.push(Value::from(next.as_str()));
                next.push('\0');
            }
        }
        values.extend(numbers_around(numbers, beside).into_iter().map(Value::from));
        let mut seen = Vec::with_capacity(values.len());
        for value in values {
            if !seen.contains(&value) {
                seen.push(value);
            }
        }
        seen
    }
}

/// The numbers, and so many below, between and above them.
fn numbers_around(mut numbers: Vec<f64>, beside: usize) -> Vec<f64> {
    numbers.sort_by(f64::total_cmp);
    numbers.dedup();
    let (Some(least), Some(greatest)) = (numbers.first().copied(), numbers.last().copied()) else { return numbers };
    let mut around = numbers.clone();
    let step = least.abs().max(greatest.abs()).max(1.0) / 4.0;
    for place in 1..=beside {
        around.push(least - step * place as f64);
        around.push(greatest + step * place as f64);
        for pair in numbers.windows(2) {
            if let [low, high] = pair {
                around.push(low + (high - low) * (place as f64 / (beside + 1) as f64));
            }
        }
    }
    around.retain(|number| number.is_finite());
    around
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constant(text: &str) -> Option<bool> {
        text.parse::<Condition>().unwrap_or_else(|error| panic!("{error}")).constant()
    }

    #[test]
    fn finds_what_never_varies() {
        for (text, expected) in [
            ("true", true),
            ("1 == 2", false),
            (r#""a" != "b""#, true),
            ("x == x", true),
            ("x < x", false),
            ("x and not x", false),
            ("x == 1 and x == 2", false),
            ("x > 3 and x < 3", false),
            ("x > 1 and x <= 1", false),
            (r#"x == 1 and x == "1""#, false),
            (r#"x in ["a", "b"] and x not in ["b", "a"]"#, false),
            ("known(x) or x == null", true),
            (r#"x < "b" and x > 1"#, false),
            (r#"language == "no such language at all""#, false),
            ("a < b and b < a", false),
            (r#"matches(x, "a") and not matches(x, "a")"#, false),
        ] {
            assert_eq!(constant(text), Some(expected), "{text}");
        }
    }

    #[test]
    fn claims_nothing_of_what_varies() {
        for text in [
            "x",
            "not x",
            "x == 1",
            "x > 1 and x < 2",
            "x > 1 and x < 1.0000001",
            r#"x > "a" and x < "b""#,
            r#"x != "a""#,
            "known(x)",
            "a < b",
            "a < b and b < c",
            "1 < a and a < b and b < c and c < 2",
            r#"a == b and a == "x""#,
            r#"language == "nl""#,
            r#"language == home"#,
            r#"matches(x, "a") and x == "b""#,
            r#"matches(x, "a") and matches(x, "b")"#,
        ] {
            assert_eq!(constant(text), None, "{text}");
        }
    }
}
