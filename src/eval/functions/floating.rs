//! Logarithms and powers of doubles, to the last bit as Go computes them: `ceil(log(8, 2))` is 3
//! or 4 depending on it, and the last bit differs between mathematical libraries.

/// The natural logarithm, by the method and constants of FreeBSD's `log`: the number is
/// `2^k × (1 + f)`, and `log(1 + f)` is a polynomial in `f / (2 + f)`.
pub(super) fn ln(x: f64) -> f64 {
    const LN2_HIGH: f64 = 0.6931471803691238;
    const LN2_LOW: f64 = 1.9082149292705877e-10;
    const ODD: [f64; 4] = [0.6666666666666735, 0.2857142874366239, 0.1818357216161805, 0.14798198605116586];
    const EVEN: [f64; 3] = [0.3999999999940942, 0.22222198432149784, 0.15313837699209373];
    if x.is_nan() || x == f64::INFINITY {
        return x;
    }
    if x <= 0.0 {
        return if x < 0.0 { f64::NAN } else { f64::NEG_INFINITY };
    }
    let (mut fraction, mut exponent) = split(x);
    if fraction < std::f64::consts::FRAC_1_SQRT_2 {
        fraction *= 2.0;
        exponent -= 1;
    }
    let f = fraction - 1.0;
    let k = f64::from(exponent);
    let s = f / (2.0 + f);
    let s2 = s * s;
    let s4 = s2 * s2;
    let polynomial = |terms: &[f64]| terms.iter().rev().fold(0.0, |sum, term| term + s4 * sum);
    let r = s2 * polynomial(&ODD) + s4 * polynomial(&EVEN);
    let half_square = 0.5 * f * f;
    k * LN2_HIGH - ((half_square - (s * (half_square + r) + k * LN2_LOW)) - f)
}

/// `x` to the power of `y`, by squaring the mantissa as often as the whole part of `y` asks for.
pub(super) fn pow(x: f64, y: f64) -> f64 {
    if y == 0.0 || x == 1.0 {
        return 1.0;
    }
    if y == 0.5 || y == -0.5 {
        return if y > 0.0 { x.sqrt() } else { 1.0 / x.sqrt() };
    }
    let mut whole = y.abs().trunc();
    let mut rest = y.abs().fract();
    if x == 0.0 || !x.is_finite() || !y.is_finite() || whole >= 9e18 {
        return x.powf(y);
    }
    if rest != 0.0 && x < 0.0 {
        return f64::NAN;
    }
    let mut result = 1.0;
    let mut exponent: i64 = 0;
    if rest != 0.0 {
        if rest > 0.5 {
            rest -= 1.0;
            whole += 1.0;
        }
        result = (rest * ln(x)).exp();
    }
    let (mut factor, factor_exponent) = split(x);
    let mut factor_exponent = i64::from(factor_exponent);
    // The power has at most 63 bits, for larger ones were sent away above.
    let mut left = whole as u64;
    while left != 0 {
        if factor_exponent.abs() > 1 << 12 {
            // Out of every double's range already.
            exponent += factor_exponent;
            break;
        }
        if left & 1 == 1 {
            result *= factor;
            exponent += factor_exponent;
        }
        factor *= factor;
        factor_exponent *= 2;
        if factor < 0.5 {
            factor += factor;
            factor_exponent -= 1;
        }
        left >>= 1;
    }
    if y < 0.0 {
        result = 1.0 / result;
        exponent = -exponent;
    }
    scale(result, exponent)
}

/// A finite double as a fraction of at least a half and less than one, and a power of two.
fn split(x: f64) -> (f64, i32) {
    if x == 0.0 {
        return (x, 0);
    }
    // Subnormal numbers have no exponent of their own.
    let (x, shift) = if x.abs() < f64::MIN_POSITIVE { (x * 2f64.powi(52), -52) } else { (x, 0) };
    let bits = x.to_bits();
    let exponent = i32::try_from((bits >> 52) & 0x7ff).unwrap_or(0) - 1022 + shift;
    (f64::from_bits((bits & !(0x7ff << 52)) | (1022 << 52)), exponent)
}

/// `x × 2^exponent`, in steps that no intermediate result overflows in.
fn scale(mut x: f64, mut exponent: i64) -> f64 {
    while exponent > 1000 && x.is_finite() {
        x *= 2f64.powi(1000);
        exponent -= 1000;
    }
    while exponent < -1000 && x != 0.0 {
        x *= 2f64.powi(-1000);
        exponent += 1000;
    }
    x * 2f64.powi(i32::try_from(exponent.clamp(-1000, 1000)).unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::{ln, pow};

    #[test]
    fn logarithms_of_powers_are_whole() {
        for (number, base, expected) in [(8.0, 2.0, 3.0), (16.0, 2.0, 4.0), (1024.0, 2.0, 10.0), (100.0, 10.0, 2.0)] {
            assert_eq!(ln(number) / ln(base), expected, "log({number}, {base})");
        }
        assert_eq!(ln(f64::MIN_POSITIVE / 4.0).floor(), -710.0);
        assert!(ln(-1.0).is_nan());
    }

    #[test]
    fn powers() {
        assert_eq!(pow(2.0, 64.0), 18_446_744_073_709_551_616.0);
        assert_eq!(pow(-8.0, 3.0), -512.0);
        assert_eq!(pow(2.0, -1.0), 0.5);
        assert_eq!(pow(10.0, -320.0), 1e-320);
        assert!(pow(2.0, 10_000.0).is_infinite());
        assert!(pow(-1.0, 0.3).is_nan());
    }
}
