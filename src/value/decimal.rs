//! Numbers as decimal digits, as Go's `big.Float` writes them: the shortest digits that read back
//! as the same number, or as many as were asked for.

use num_bigint::{BigInt, BigUint, Sign};

use super::Number;

/// `0.digits × 10^point`; no digits for zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Decimal {
    negative: bool,
    digits: Vec<u8>,
    point: i64,
}

impl Decimal {
    /// Every digit of a number.
    #[must_use]
    pub fn exact(number: &Number) -> Self {
        let (mantissa, exponent) = number.mantissa_exponent();
        let negative = mantissa.sign() == Sign::Minus;
        let magnitude = mantissa.into_parts().1;
        if exponent >= 0 {
            return Self::from_digits(negative, &(magnitude << exponent), 0);
        }
        // m / 2^k is m × 5^k / 10^k.
        let places = exponent.unsigned_abs();
        Self::from_digits(negative, &(magnitude * power_of_five(places)), places)
    }

    /// The fewest digits that read back as the same 512-bit number, or as the same double if it is one.
    #[must_use]
    pub fn shortest(number: &Number) -> Self {
        let (mantissa, exponent) = number.mantissa_exponent();
        let bits = mantissa.magnitude().bits();
        let precision = number.precision();
        if exponent >= 0 && bits.saturating_add_signed(exponent) <= precision || bits == 0 {
            return Self::exact(number);
        }
        let (lower, exact, upper, places) = neighbours(&mantissa, exponent, precision);
        let width = upper.len().max(exact.len());
        let pad = |text: String| format!("{}{text}", "0".repeat(width - text.len())).into_bytes();
        let (lower, exact, upper) = (pad(lower), pad(exact), pad(upper));
        let inclusive = bits < precision || !mantissa.magnitude().bit(0);
        let mut kept = Self {
            negative: mantissa.sign() == Sign::Minus,
            digits: exact,
            point: i64::try_from(width).unwrap_or(0) - places,
        };
        kept.round_between(&lower, &upper, inclusive);
        kept.trimmed()
    }

    fn from_digits(negative: bool, integer: &BigUint, places: u64) -> Self {
        let digits = if integer.bits() == 0 { Vec::new() } else { integer.to_string().into_bytes() };
        let point = i64::try_from(digits.len()).unwrap_or(0) - i64::try_from(places).unwrap_or(0);
        Self { negative, digits, point }.trimmed()
    }

    /// Takes zeros off both ends.
    fn trimmed(mut self) -> Self {
        let leading = self.digits.iter().take_while(|&&digit| digit == b'0').count();
        self.digits.drain(..leading);
        self.point -= i64::try_from(leading).unwrap_or(0);
        let kept = significant(&self.digits);
        self.digits.truncate(kept);
        if self.digits.is_empty() {
            self.point = 0;
        }
        self
    }

    /// Whether the number is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        self.negative
    }

    /// Cuts at the first digit where the number is told apart from both its neighbours.
    fn round_between(&mut self, lower: &[u8], upper: &[u8], inclusive: bool) {
        let (lower_len, exact_len, upper_len) = (significant(lower), significant(&self.digits), significant(upper));
        let mut differs = false;
        let mut cut = None;
        for (at, ((&low, &mid), &high)) in lower.iter().zip(&self.digits).zip(upper).enumerate().take(exact_len) {
            let down = low != mid || (inclusive && at + 1 == lower_len) || differs;
            differs |= low != mid;
            let up = mid != high && (inclusive || mid + 1 < high || at + 1 < upper_len);
            if down || up {
                cut = Some((at + 1, down, up));
                break;
            }
        }
        match cut {
            Some((keep, true, true)) => self.round_to(keep),
            Some((keep, true, false)) => self.digits.truncate(keep),
            Some((keep, _, _)) => self.round_up(keep),
            None => {}
        }
    }

    /// Keeps `count` digits, rounding half to even.
    fn round_to(&mut self, count: usize) {
        let Some(&next) = self.digits.get(count) else {
            return;
        };
        let half = next == b'5' && count + 1 >= significant(&self.digits);
        let odd = count > 0 && self.digits.get(count - 1).is_some_and(|digit| digit % 2 == 1);
        if next > b'5' || (next == b'5' && (!half || odd)) {
            self.round_up(count);
        } else {
            self.digits.truncate(count);
        }
    }

    fn round_up(&mut self, count: usize) {
        self.digits.truncate(count);
        while let Some(last) = self.digits.pop() {
            if last < b'9' {
                self.digits.push(last + 1);
                return;
            }
        }
        self.digits.push(b'1');
        self.point += 1;
    }

    /// With `places` digits after the point, as `%f`; all that there are for `None`.
    #[must_use]
    pub fn fixed(mut self, places: Option<usize>) -> String {
        if let Some(places) = places {
            let keep = self.point.saturating_add(i64::try_from(places).unwrap_or(i64::MAX));
            match usize::try_from(keep) {
                Ok(keep) => self.round_to(keep),
                Err(_) => self.digits.clear(),
            }
            self = self.trimmed();
        }
        let whole = usize::try_from(self.point.max(0)).unwrap_or(0);
        let digit = |at: usize| self.digits.get(at).map_or('0', |&digit| char::from(digit));
        let mut out: String = if whole == 0 { "0".to_owned() } else { (0..whole).map(digit).collect() };
        let places = places.unwrap_or_else(|| {
            usize::try_from(i64::try_from(self.digits.len()).unwrap_or(0) - self.point).unwrap_or(0)
        });
        if places > 0 {
            out.push('.');
            let leading = usize::try_from(-self.point.min(0)).unwrap_or(0);
            out.extend((0..places).map(|at| if at < leading { '0' } else { digit(whole + at - leading) }));
        }
        out
    }

    /// With one digit before the point and `places` after it, as `%e`; all that there are for `None`.
    #[must_use]
    pub fn exponential(mut self, places: Option<usize>) -> String {
        if let Some(places) = places {
            self.round_to(places + 1);
        }
        let places = places.unwrap_or_else(|| self.digits.len().saturating_sub(1));
        let digit = |at: usize| self.digits.get(at).map_or('0', |&digit| char::from(digit));
        let mut out = String::from(digit(0));
        if places > 0 {
            out.push('.');
            out.extend((1..=places).map(digit));
        }
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        let sign = if exponent < 0 { '-' } else { '+' };
        out.push_str(&format!("e{sign}{:02}", exponent.unsigned_abs()));
        out
    }

    /// Whichever of the two is shorter, as `%g` with `precision` significant digits; as many as needed for `None`.
    #[must_use]
    pub fn general(mut self, precision: Option<usize>) -> String {
        if let Some(precision) = precision {
            self.round_to(precision.max(1));
            self = self.trimmed();
        }
        let count = i64::try_from(self.digits.len()).unwrap_or(i64::MAX);
        // Go decides as if for six digits where it was to find the number of digits itself.
        let wanted = precision.map_or(6, |precision| i64::try_from(precision.max(1)).unwrap_or(i64::MAX));
        let limit = if precision.is_some() && wanted > count && count >= self.point { count } else { wanted };
        let exponent = if self.digits.is_empty() { 0 } else { self.point - 1 };
        if exponent < -4 || exponent >= limit { self.exponential(None) } else { self.fixed(None) }
    }
}

fn power_of_five(exponent: u64) -> BigUint {
    BigUint::from(5u32).pow(u32::try_from(exponent).unwrap_or(u32::MAX))
}

/// The number as an integer of decimal digits, with the two points halfway to the next numbers of
/// the precision, and how many of the digits come after the point. As in Go the next number below
/// a power of two is taken to be as far as the one above.
fn neighbours(mantissa: &BigInt, exponent: i64, precision: u64) -> (String, String, String, i64) {
    let magnitude = mantissa.magnitude();
    let spare = precision.saturating_sub(magnitude.bits());
    // One more bit makes room for half a unit.
    let unit = (magnitude << spare) << 1u32;
    let exponent = exponent - i64::try_from(spare).unwrap_or(0) - 1;
    let places = exponent.min(0).unsigned_abs();
    let scale = power_of_five(places) << exponent.max(0);
    let digits = |value: BigUint| (value * &scale).to_string();
    (digits(&unit - 1u32), digits(unit.clone()), digits(&unit + 1u32), i64::try_from(places).unwrap_or(0))
}

/// How many digits are left when the zeros at the end are taken off.
fn significant(digits: &[u8]) -> usize {
    digits.iter().rposition(|&digit| digit != b'0').map_or(0, |at| at + 1)
}
