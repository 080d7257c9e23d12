//! Terraform's numbers: 512-bit binary floating point, rounded half to even.
//!
//! Terraform computes with Go's `big.Float` at a precision of 512 bits, which is why
//! `0.1 + 0.2` is `0.3` there and `pow(2, 64)` keeps every digit. Most numbers in a
//! configuration are small integers, so those have a form of their own.

use std::cmp::Ordering;
use std::fmt;
use std::sync::Arc;

use num_bigint::{BigInt, Sign};

use super::decimal::Decimal;

/// Bits of mantissa that Terraform keeps (`big.ParseFloat(…, 512, …)` in cty).
const PRECISION: u64 = 512;
/// Numbers with decimal exponents beyond this are not computed with: nobody writes them, and they cost memory.
const MAX_DECIMAL_EXPONENT: i64 = 15_000;
/// Numbers with more digits before the point are not computed with.
const MAX_DIGITS: usize = 10_000;
/// Decimal exponents beyond this are no numbers to Terraform either (`big.ParseFloat` fails).
const MAX_READ_EXPONENT: i64 = i32::MAX as i64;
/// Binary exponents beyond this are refused, so that aligning two numbers stays cheap.
const MAX_BINARY_EXPONENT: i64 = 1 << 16;

/// A number with Terraform's precision and rounding.
#[derive(Clone)]
pub struct Number(Repr);

#[derive(Clone)]
enum Repr {
    Int(i64),
    Big(Arc<Big>),
    /// What Terraform computed with doubles: its digits are those of a double. Never a small integer.
    Double(f64),
}

/// `mantissa × 2^exponent`, the mantissa odd (or zero) and at most [`PRECISION`] bits.
#[derive(Clone, PartialEq, Eq)]
struct Big {
    mantissa: BigInt,
    exponent: i64,
}

/// The parts of a decimal literal.
struct Literal<'t> {
    negative: bool,
    whole: &'t str,
    fraction: &'t str,
    exponent: i64,
}

impl<'t> Literal<'t> {
    fn read(text: &'t str) -> Option<Self> {
        let (negative, digits) = match text.as_bytes().first()? {
            b'-' => (true, text.get(1..)?),
            b'+' => (false, text.get(1..)?),
            _ => (false, text),
        };
        let (mantissa, exponent) = match digits.find(['e', 'E']) {
            Some(at) => (digits.get(..at)?, digits.get(at + 1..)?.parse::<i64>().ok()?),
            None => (digits, 0),
        };
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        let is_number = !(whole.is_empty() && fraction.is_empty()) && all_digits(whole) && all_digits(fraction);
        is_number.then_some(Self { negative, whole, fraction, exponent })
    }
}

impl Number {
    /// Why a number is not known that is [beyond](Self::is_beyond) what is computed with.
    pub const BEYOND: &str = "this number is beyond those that trysquare computes with";

    /// Zero.
    pub const ZERO: Self = Self(Repr::Int(0));

    /// Reads a decimal literal such as `5`, `0.83` or `-1e3`, as HCL and `tonumber` do.
    /// `None` when the text is not one, or [beyond](Number::is_beyond) what is computed with.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let Literal { negative, whole, fraction, exponent } = Literal::read(text)?;
        if exponent == 0
            && fraction.is_empty()
            && let Ok(small) = whole.parse::<i64>()
        {
            return Some(Self(Repr::Int(if negative { -small } else { small })));
        }
        let exponent = exponent.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        if exponent.abs() > MAX_DECIMAL_EXPONENT || whole.len() > MAX_DIGITS {
            return None;
        }
        let joined = format!("{whole}{fraction}");
        let mut value = BigInt::parse_bytes(joined.as_bytes(), 10)?;
        if negative {
            value = -value;
        }
        let power = BigInt::from(10).pow(u32::try_from(exponent.unsigned_abs()).ok()?);
        Some(if exponent >= 0 { Self::from_parts(value * power, 0) } else { Self::quotient(&value, &power, 0) })
    }

    /// Whether the text is a number that Terraform reads, and that is too large or too small to be computed with here.
    #[must_use]
    pub fn is_beyond(text: &str) -> bool {
        let is_read = |literal: Literal<'_>| literal.exponent.abs() <= MAX_READ_EXPONENT;
        Literal::read(text).is_some_and(is_read) && Self::parse(text).is_none()
    }

    /// The number a float stands for; `None` for infinities and NaN.
    #[must_use]
    pub fn from_f64(value: f64) -> Option<Self> {
        if !value.is_finite() {
            return None;
        }
        let bits = value.to_bits();
        let biased = i64::try_from((bits >> 52) & 0x7ff).unwrap_or(0);
        let fraction = bits & ((1 << 52) - 1);
        let (mantissa, exponent) = if biased == 0 { (fraction, -1074) } else { (fraction | (1 << 52), biased - 1075) };
        let mantissa = BigInt::from(mantissa);
        Some(Self::from_parts(if value.is_sign_negative() { -mantissa } else { mantissa }, exponent))
    }

    /// A number that Terraform computes with doubles, as `log` and `pow`, and prints as one.
    /// `None` for infinities and NaN.
    #[must_use]
    pub fn double(value: f64) -> Option<Self> {
        let exact = Self::from_f64(value)?;
        Some(if exact.as_i64().is_some_and(|integer| integer.unsigned_abs() <= 1 << 53) {
            exact
        } else {
            Self(Repr::Double(value))
        })
    }

    /// An integer of any size.
    #[must_use]
    pub fn from_bigint(value: BigInt) -> Self {
        Self::from_parts(value, 0)
    }

    fn from_parts(mantissa: BigInt, exponent: i64) -> Self {
        Self::rounded(mantissa, exponent, false)
    }

    /// Rounds `mantissa × 2^exponent` (plus a little more away from zero when `sticky`) to the precision.
    fn rounded(mantissa: BigInt, mut exponent: i64, sticky: bool) -> Self {
        let (sign, mut magnitude) = mantissa.into_parts();
        if sign == Sign::NoSign {
            return Self::ZERO;
        }
        let bits = magnitude.bits();
        if bits > PRECISION {
            let drop = bits - PRECISION;
            let half = magnitude.bit(drop - 1);
            let rest = sticky || magnitude.trailing_zeros().is_some_and(|zeros| zeros < drop - 1);
            magnitude >>= drop;
            exponent = exponent.saturating_add(i64::try_from(drop).unwrap_or(i64::MAX));
            if half && (rest || magnitude.bit(0)) {
                magnitude += 1u32;
            }
        }
        let zeros = magnitude.trailing_zeros().unwrap_or(0);
        if zeros > 0 {
            magnitude >>= zeros;
            exponent = exponent.saturating_add(i64::try_from(zeros).unwrap_or(i64::MAX));
        }
        let mantissa = BigInt::from_biguint(sign, magnitude);
        if (0..63).contains(&exponent)
            && let Ok(small) = i64::try_from(&mantissa << exponent)
        {
            return Self(Repr::Int(small));
        }
        Self(Repr::Big(Arc::new(Big { mantissa, exponent })))
    }

    /// `numerator / denominator × 2^exponent`, rounded once.
    fn quotient(numerator: &BigInt, denominator: &BigInt, exponent: i64) -> Self {
        let shift = (PRECISION + 2 + denominator.bits()).saturating_sub(numerator.bits());
        let shifted = numerator << shift;
        let quotient = &shifted / denominator;
        let sticky = shifted != &quotient * denominator;
        let shift = i64::try_from(shift).unwrap_or(0);
        Self::rounded(quotient, exponent - shift, sticky)
    }

    fn parts(&self) -> (BigInt, i64) {
        match &self.0 {
            Repr::Int(value) => (BigInt::from(*value), 0),
            Repr::Big(big) => (big.mantissa.clone(), big.exponent),
            Repr::Double(value) => Self::from_f64(*value).map_or((BigInt::ZERO, 0), |exact| exact.parts()),
        }
    }

    fn aligned(&self, other: &Self) -> (BigInt, BigInt, i64) {
        let (left, left_exponent) = self.parts();
        let (right, right_exponent) = other.parts();
        let exponent = left_exponent.min(right_exponent);
        (
            left << (left_exponent - exponent).min(4 * MAX_BINARY_EXPONENT),
            right << (right_exponent - exponent).min(4 * MAX_BINARY_EXPONENT),
            exponent,
        )
    }

    fn checked(self) -> Option<Self> {
        match &self.0 {
            Repr::Big(big) if big.exponent.abs() > MAX_BINARY_EXPONENT => None,
            _ => Some(self),
        }
    }

    /// Sum; `None` when the result is out of every sensible range.
    #[must_use]
    pub fn add(&self, other: &Self) -> Option<Self> {
        if let (Repr::Int(left), Repr::Int(right)) = (&self.0, &other.0)
            && let Some(sum) = left.checked_add(*right)
        {
            return Some(Self(Repr::Int(sum)));
        }
        let (left, right, exponent) = self.aligned(other);
        Self::from_parts(left + right, exponent).checked()
    }

    /// Difference; `None` when the result is out of every sensible range.
    #[must_use]
    pub fn sub(&self, other: &Self) -> Option<Self> {
        self.add(&other.neg())
    }

    /// Product; `None` when the result is out of every sensible range.
    #[must_use]
    pub fn mul(&self, other: &Self) -> Option<Self> {
        if let (Repr::Int(left), Repr::Int(right)) = (&self.0, &other.0)
            && let Some(product) = left.checked_mul(*right)
        {
            return Some(Self(Repr::Int(product)));
        }
        let (left, left_exponent) = self.parts();
        let (right, right_exponent) = other.parts();
        Self::from_parts(left * right, left_exponent + right_exponent).checked()
    }

    /// Quotient; `None` on division by zero.
    #[must_use]
    pub fn div(&self, other: &Self) -> Option<Self> {
        if other.is_zero() {
            return None;
        }
        let (left, left_exponent) = self.parts();
        let (right, right_exponent) = other.parts();
        Self::quotient(&left, &right, left_exponent - right_exponent).checked()
    }

    /// Remainder with the sign of the dividend, rounded where Terraform's `%` rounds. On division by
    /// zero that is the dividend.
    #[must_use]
    pub fn rem(&self, other: &Self) -> Option<Self> {
        if let (Repr::Int(left), Repr::Int(right)) = (&self.0, &other.0) {
            return Some(Self(Repr::Int(left.checked_rem(*right).unwrap_or(if *right == 0 { *left } else { 0 }))));
        }
        match self.div(other) {
            Some(quotient) => self.sub(&other.mul(&quotient.trunc())?),
            None => Some(self.clone()),
        }
    }

    /// The number with its sign turned.
    #[must_use]
    pub fn neg(&self) -> Self {
        match &self.0 {
            Repr::Int(value) => value
                .checked_neg()
                .map_or_else(|| Self::from_parts(-BigInt::from(*value), 0), |value| Self(Repr::Int(value))),
            Repr::Big(big) => Self::from_parts(-big.mantissa.clone(), big.exponent),
            Repr::Double(value) => Self(Repr::Double(-value)),
        }
    }

    /// Whether this is zero.
    #[must_use]
    pub fn is_zero(&self) -> bool {
        matches!(self.0, Repr::Int(0))
    }

    /// Whether this is below zero.
    #[must_use]
    pub fn is_negative(&self) -> bool {
        match &self.0 {
            Repr::Int(value) => *value < 0,
            Repr::Big(big) => big.mantissa.sign() == Sign::Minus,
            Repr::Double(value) => *value < 0.0,
        }
    }

    /// The integer, when it is one and fits.
    #[must_use]
    pub fn as_i64(&self) -> Option<i64> {
        match &self.0 {
            Repr::Int(value) => Some(*value),
            Repr::Big(_) => None,
            Repr::Double(value) => Self::from_f64(*value)?.as_i64(),
        }
    }

    /// The index, when it is a whole number that is not negative.
    #[must_use]
    pub fn as_usize(&self) -> Option<usize> {
        self.as_i64().and_then(|value| usize::try_from(value).ok())
    }

    /// The integer of any size, when there is no fraction.
    #[must_use]
    pub fn to_bigint(&self) -> Option<BigInt> {
        let (mantissa, exponent) = self.parts();
        (exponent >= 0).then(|| mantissa << exponent)
    }

    /// The largest integer that is not above.
    #[must_use]
    pub fn floor(&self) -> Self {
        let (mantissa, exponent) = self.parts();
        if exponent >= 0 {
            return self.clone();
        }
        // Shifting a negative integer right rounds down in num-bigint, as floor wants.
        Self::from_parts(mantissa >> exponent.unsigned_abs(), 0)
    }

    /// The smallest integer that is not below.
    #[must_use]
    pub fn ceil(&self) -> Self {
        self.neg().floor().neg()
    }

    /// The integer part, towards zero.
    #[must_use]
    pub fn trunc(&self) -> Self {
        if self.is_negative() { self.ceil() } else { self.floor() }
    }

    /// How many bits of mantissa the number has room for.
    pub(super) fn precision(&self) -> u64 {
        match self.0 {
            Repr::Double(_) => u64::from(f64::MANTISSA_DIGITS),
            _ => PRECISION,
        }
    }

    /// The mantissa and the power of two it is multiplied by; the mantissa is odd, or the number an integer.
    pub(super) fn mantissa_exponent(&self) -> (BigInt, i64) {
        self.parts()
    }

    /// The nearest double.
    #[must_use]
    pub fn to_f64(&self) -> f64 {
        match &self.0 {
            #[allow(clippy::cast_precision_loss)]
            Repr::Int(value) => *value as f64,
            Repr::Big(_) => self.to_string().parse().unwrap_or(f64::NAN),
            Repr::Double(value) => *value,
        }
    }
}

impl From<i64> for Number {
    fn from(value: i64) -> Self {
        Self(Repr::Int(value))
    }
}

impl From<usize> for Number {
    fn from(value: usize) -> Self {
        i64::try_from(value).map_or_else(|_| Self::from_bigint(BigInt::from(value)), Self::from)
    }
}

impl PartialEq for Number {
    fn eq(&self, other: &Self) -> bool {
        match (&self.0, &other.0) {
            (Repr::Int(left), Repr::Int(right)) => left == right,
            (Repr::Big(left), Repr::Big(right)) => left == right,
            (Repr::Double(_), _) | (_, Repr::Double(_)) => self.cmp(other) == Ordering::Equal,
            // Every number has one form, so a small integer is never equal to a big one.
            _ => false,
        }
    }
}

impl Eq for Number {}

impl PartialOrd for Number {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Number {
    fn cmp(&self, other: &Self) -> Ordering {
        if let (Repr::Int(left), Repr::Int(right)) = (&self.0, &other.0) {
            return left.cmp(right);
        }
        let (left, right, _) = self.aligned(other);
        left.cmp(&right)
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Repr::Int(value) => write!(f, "{value}"),
            Repr::Big(_) | Repr::Double(_) => {
                let digits = Decimal::shortest(self);
                let sign = if digits.is_negative() { "-" } else { "" };
                write!(f, "{sign}{}", digits.fixed(None))
            }
        }
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::Number;

    fn number(text: &str) -> Number {
        Number::parse(text).unwrap()
    }

    #[test]
    fn decimals_print_as_they_were_written() {
        for text in ["0", "5", "-3", "0.1", "0.83", "249000.5", "1000000000000000000000", "-0.001", "123.456"] {
            assert_eq!(number(text).to_string(), text);
        }
        assert_eq!(number("1e3").to_string(), "1000");
        assert_eq!(number("1.50").to_string(), "1.5");
    }

    #[test]
    fn arithmetic_is_terraforms() {
        assert_eq!(number("0.1").add(&number("0.2")).unwrap().to_string(), "0.3");
        assert_eq!(number("300").mul(&number("1000")).unwrap().mul(&number("0.83")).unwrap(), number("249000"));
        assert_eq!(number("18446744073709551616").to_string(), "18446744073709551616");
        assert_eq!(number("7").rem(&number("3")).unwrap(), number("1"));
        assert_eq!(number("-7").rem(&number("3")).unwrap(), number("-1"));
        assert!(number("1").div(&Number::ZERO).is_none());
        assert_eq!(number("10").div(&number("4")).unwrap().to_string(), "2.5");
    }

    #[test]
    fn a_third_has_as_many_digits_as_terraform_prints() {
        let third = number("1").div(&number("3")).unwrap().to_string();
        assert_eq!(third.len(), "0.".len() + 155, "{third}");
        assert!(third.starts_with("0.33333333"));
    }

    #[test]
    fn what_is_beyond_is_still_a_number() {
        for text in ["1e15001", "-2.5E-20000", "1e2147483647", &"9".repeat(20_000)] {
            assert!(Number::parse(text).is_none() && Number::is_beyond(text), "{text}");
        }
        for text in ["1e15000", "1e99999999999", "e5", "x", "1e", "1.2.3"] {
            assert!(!Number::is_beyond(text), "{text}");
        }
        assert_eq!(number("1e6000").to_string().len(), 6_001);
        assert!(number("1e-15000") > Number::ZERO);
    }

    #[test]
    fn order_and_rounding() {
        assert!(number("0.5") < number("1"));
        assert!(number("-0.5") < number("0"));
        assert_eq!(number("-0.5").floor(), number("-1"));
        assert_eq!(number("-0.5").ceil(), number("0"));
        assert_eq!(number("2.7").trunc(), number("2"));
        assert_eq!(Number::from_f64(0.25), Some(number("0.25")));
    }
}
