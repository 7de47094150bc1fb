//! Exact decimal numbers, as texts write them.

use std::fmt;

/// A number: `units` / 10^`scale`. No trailing zeros in the fraction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Decimal {
    units: i64,
    scale: u32,
}

/// The most digits that a number may have.
pub(super) const MAX_DIGITS: usize = 15;

impl Decimal {
    pub(super) const ONE: Self = Self { units: 1, scale: 0 };
    pub(super) const HALF: Self = Self { units: 5, scale: 1 };
    pub(super) const QUARTER: Self = Self { units: 25, scale: 2 };

    pub(super) fn of(units: u64) -> Option<Self> {
        Some(Self { units: i64::try_from(units).ok()?, scale: 0 })
    }

    /// Of digits before and after the point.
    pub(super) fn of_digits(whole: &str, fraction: &str) -> Option<Self> {
        let fraction = fraction.trim_end_matches('0');
        if whole.len() + fraction.len() > MAX_DIGITS {
            return None;
        }
        let units = format!("{whole}{fraction}").parse().ok()?;
        Some(Self { units, scale: fraction.len() as u32 })
    }

    pub(super) fn negative(self) -> Self {
        Self { units: -self.units, ..self }
    }

    pub(super) fn is_negative(self) -> bool {
        self.units < 0
    }

    /// The whole number that it is, if it is one.
    pub(super) fn whole(self) -> Option<i64> {
        (self.scale == 0).then_some(self.units)
    }

    pub(super) fn checked_add(self, other: Self) -> Option<Self> {
        let scale = self.scale.max(other.scale);
        let units = |number: Self| number.units.checked_mul(10_i64.checked_pow(scale - number.scale)?);
        Some(Self { units: units(self)?.checked_add(units(other)?)?, scale }.reduced())
    }

    pub(super) fn checked_mul(self, factor: i64) -> Option<Self> {
        Some(Self { units: self.units.checked_mul(factor)?, ..self }.reduced())
    }

    /// With two decimals where there are any: `12`, `12.50`, `12.345`.
    pub(super) fn as_money(self) -> String {
        let text = self.to_string();
        if self.scale == 1 { format!("{text}0") } else { text }
    }

    fn reduced(mut self) -> Self {
        while self.scale > 0 && self.units % 10 == 0 {
            self.units /= 10;
            self.scale -= 1;
        }
        self
    }
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = self.scale as usize;
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        if fraction.is_empty() { write!(f, "{sign}{whole}") } else { write!(f, "{sign}{whole}.{fraction}") }
    }
}
