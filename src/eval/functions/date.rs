//! Dates: RFC 3339 timestamps, formatted, moved and compared.

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, never_known};
use crate::value::{Type, Value};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "formatdate",
        parameters: &[Parameter::new("format", Kind::String), Parameter::new("time", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: format_date,
    },
    Function {
        name: "timeadd",
        parameters: &[Parameter::new("timestamp", Kind::String), Parameter::new("duration", Kind::String)],
        rest: None,
        returns: Kind::String,
        run: time_add,
    },
    Function {
        name: "timecmp",
        parameters: &[Parameter::new("timestamp_a", Kind::String), Parameter::new("timestamp_b", Kind::String)],
        rest: None,
        returns: Kind::Number,
        run: compare,
    },
    Function {
        name: "timestamp",
        parameters: &[],
        rest: None,
        returns: Kind::String,
        run: |call| Ok(never_known(Type::String, "`timestamp` is the time of the apply", call)),
    },
    Function {
        name: "plantimestamp",
        parameters: &[],
        rest: None,
        returns: Kind::String,
        run: |call| Ok(never_known(Type::String, "`plantimestamp` is the time of the plan", call)),
    },
];

const NANOSECONDS: i128 = 1_000_000_000;
const SECONDS_A_DAY: i64 = 86_400;
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];
const WEEKDAYS: [&str; 7] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// A moment, and the offset from UTC that it was written with.
struct Moment {
    /// Since 1970, in UTC.
    nanoseconds: i128,
    /// East of Greenwich, in seconds.
    offset: i64,
}

/// A moment as a calendar and a clock show it.
struct Civil {
    year: i64,
    month: i64,
    day: i64,
    /// Days since 1970.
    days: i64,
    hour: i64,
    minute: i64,
    second: i64,
}

impl Moment {
    fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize, low: i64, high: i64| -> Option<i64> {
            let digits = text.get(from..to).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))?;
            digits.parse().ok().filter(|number| (low..=high).contains(number))
        };
        let separator = |at: usize, wanted: u8| text.as_bytes().get(at) == Some(&wanted);
        let separators = [(4, b'-'), (7, b'-'), (10, b'T'), (13, b':'), (16, b':')];
        if !separators.iter().all(|&(at, wanted)| separator(at, wanted)) {
            return None;
        }
        let (year, month) = (number(0, 4, 0, 9999)?, number(5, 7, 1, 12)?);
        let day = number(8, 10, 1, days_in(year, month))?;
        let clock = (number(11, 13, 0, 23)? * 60 + number(14, 16, 0, 59)?) * 60 + number(17, 19, 0, 59)?;
        let mut zone = 19;
        let mut fraction = 0;
        if separator(19, b'.') {
            let digits: String = text.get(20..)?.chars().take_while(char::is_ascii_digit).collect();
            if digits.is_empty() {
                return None;
            }
            zone += 1 + digits.len();
            fraction = format!("{:0<9.9}", digits).parse().ok()?;
        }
        let offset = if text.get(zone..)? == "Z" {
            0
        } else {
            if text.len() != zone + 6 || !separator(zone + 3, b':') {
                return None;
            }
            let seconds = (number(zone + 1, zone + 3, 0, 23)? * 60 + number(zone + 4, zone + 6, 0, 59)?) * 60;
            match text.as_bytes().get(zone)? {
                b'+' => seconds,
                b'-' => -seconds,
                _ => return None,
            }
        };
        Some(Self::at((year, month, day), clock, fraction, offset))
    }

    /// From what a calendar and a clock showed at an offset from UTC.
    fn at(date: (i64, i64, i64), clock: i64, fraction: i128, offset: i64) -> Self {
        let seconds = days_from_civil(date.0, date.1, date.2) * SECONDS_A_DAY + clock - offset;
        Self { nanoseconds: i128::from(seconds) * NANOSECONDS + fraction, offset }
    }

    /// As RFC 3339, to the second.
    fn text(&self) -> String {
        let civil = self.civil();
        let zone = if self.offset == 0 { "Z".to_owned() } else { self.zone(":") };
        format!(
            "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}{zone}",
            civil.year, civil.month, civil.day, civil.hour, civil.minute, civil.second
        )
    }

    fn civil(&self) -> Civil {
        let seconds = i64::try_from(self.nanoseconds.div_euclid(NANOSECONDS)).unwrap_or(0) + self.offset;
        let days = seconds.div_euclid(SECONDS_A_DAY);
        let clock = seconds.rem_euclid(SECONDS_A_DAY);
        let (year, month, day) = civil_from_days(days);
        Civil { year, month, day, days, hour: clock / 3600, minute: clock / 60 % 60, second: clock % 60 }
    }

    /// The offset, such as `+02:00`.
    fn zone(&self, colon: &str) -> String {
        let minutes = self.offset.abs() / 60;
        let sign = if self.offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{colon}{:02}", minutes / 60, minutes % 60)
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    match month {
        2 => 28 + i64::from(leap),
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Days since 1970, counting years from March so that the leap day comes last.
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = year - i64::from(month <= 2);
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let march_month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * march_month + 2) / 5 + 1;
    let month = if march_month < 10 { march_month + 3 } else { march_month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

fn moment(call: &Call<'_>, at: usize) -> Result<Moment, Refusal> {
    Moment::parse(call.text(at))
        .ok_or_else(|| Refusal::argument(at, "this is not an RFC 3339 timestamp, such as \"2025-03-01T12:30:00Z\""))
}

fn format_date(call: &Call<'_>) -> Outcome {
    let moment = moment(call, 1)?;
    let civil = moment.civil();
    let format = call.text(0);
    let mut out = String::new();
    let mut rest = format;
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (literal, after) =
                quoted(rest).ok_or_else(|| Refusal::argument(0, "a quoted part of the format is never closed"))?;
            out.push_str(&literal);
            rest = after;
            continue;
        }
        let length = rest.find(|c| c != first).unwrap_or(rest.len());
        let (verb, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if first.is_ascii_alphabetic() {
            let written = verb_text(verb, &moment, &civil)
                .ok_or_else(|| Refusal::argument(0, format!("{verb:?} is not a part of a date's format")))?;
            out.push_str(&written);
        } else {
            out.push_str(verb);
        }
        rest = after;
    }
    Ok(Value::string(out))
}

/// `'…'` with doubled quotes inside; `''` alone is a quote.
fn quoted(text: &str) -> Option<(String, &str)> {
    let inner = text.strip_prefix('\'')?;
    if let Some(after) = inner.strip_prefix('\'') {
        return Some(("'".to_owned(), after));
    }
    let mut literal = String::new();
    let mut rest = inner;
    loop {
        let at = rest.find('\'')?;
        literal.push_str(rest.get(..at)?);
        rest = rest.get(at + 1..)?;
        match rest.strip_prefix('\'') {
            Some(after) => {
                literal.push('\'');
                rest = after;
            }
            None => return Some((literal, rest)),
        }
    }
}

fn verb_text(verb: &str, moment: &Moment, civil: &Civil) -> Option<String> {
    let name =
        |names: &[&str], at: i64| usize::try_from(at).ok().and_then(|at| names.get(at).map(|name| (*name).to_owned()));
    let short = |name: String| name.get(..3).map(str::to_owned);
    let month = || name(&MONTHS, civil.month - 1);
    // The first of January 1970 was a Thursday.
    let weekday = || name(&WEEKDAYS, (civil.days + 3).rem_euclid(7));
    let half = if civil.hour < 12 { "AM" } else { "PM" };
    let hour = if civil.hour % 12 == 0 { 12 } else { civil.hour % 12 };
    Some(match verb {
        "YYYY" => format!("{:04}", civil.year),
        "YY" => format!("{:02}", civil.year % 100),
        "MMMM" => month()?,
        "MMM" => month().and_then(short)?,
        "MM" => format!("{:02}", civil.month),
        "M" => civil.month.to_string(),
        "DD" => format!("{:02}", civil.day),
        "D" => civil.day.to_string(),
        "EEEE" => weekday()?,
        "EEE" => weekday().and_then(short)?,
        "hh" => format!("{:02}", civil.hour),
        "h" => civil.hour.to_string(),
        "HH" => format!("{hour:02}"),
        "H" => hour.to_string(),
        "AA" => half.to_owned(),
        "aa" => half.to_lowercase(),
        "mm" => format!("{:02}", civil.minute),
        "m" => civil.minute.to_string(),
        "ss" => format!("{:02}", civil.second),
        "s" => civil.second.to_string(),
        "Z" if moment.offset == 0 => "Z".to_owned(),
        "ZZZ" if moment.offset == 0 => "UTC".to_owned(),
        "Z" | "ZZZZZ" => moment.zone(":"),
        "ZZZ" | "ZZZZ" => moment.zone(""),
        _ => return None,
    })
}

fn time_add(call: &Call<'_>) -> Outcome {
    let start = moment(call, 0)?;
    let duration = parse_duration(call.text(1))
        .ok_or_else(|| Refusal::argument(1, "this is not a duration, such as \"1h30m\""))?;
    Ok(Value::string(Moment { nanoseconds: start.nanoseconds + duration, offset: start.offset }.text()))
}

/// A timestamp as YAML 1.1 has it, with single digits and without a time or a zone, as RFC 3339.
pub(super) fn yaml_timestamp(text: &str) -> Option<String> {
    let number = |digits: &str, lengths: std::ops::RangeInclusive<usize>| -> Option<i64> {
        let fits = lengths.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
        if fits { digits.parse().ok() } else { None }
    };
    let (date, time) = match text.split_once(['T', 't', ' ']) {
        Some((date, time)) => (date, Some(time)),
        None => (text, None),
    };
    let mut parts = date.splitn(3, '-');
    let year = number(parts.next()?, 4..=4)?;
    let month = number(parts.next()?, 1..=2).filter(|month| (1..=12).contains(month))?;
    let day = number(parts.next()?, 1..=2).filter(|day| (1..=days_in(year, month)).contains(day))?;
    let Some(time) = time else {
        return Some(Moment::at((year, month, day), 0, 0, 0).text());
    };
    // After a blank there is no zone, and after a `T` there must be one.
    let (time, offset) = if text.contains(' ') {
        (time, 0)
    } else if let Some(time) = time.strip_suffix('Z') {
        (time, 0)
    } else {
        let (time, zone) = time.split_at_checked(time.len().checked_sub(6)?)?;
        let sign = match zone.chars().next()? {
            '+' => 1,
            '-' => -1,
            _ => return None,
        };
        let (hours, minutes) = zone.get(1..)?.split_once(':')?;
        (time, sign * (number(hours, 2..=2)? * 60 + number(minutes, 2..=2)?) * 60)
    };
    let mut parts = time.splitn(3, ':');
    let hour = number(parts.next()?, 1..=2).filter(|hour| *hour < 24)?;
    let minute = number(parts.next()?, 1..=2).filter(|minute| *minute < 60)?;
    let seconds = parts.next()?;
    let (second, fraction) = seconds.split_once('.').unwrap_or((seconds, "0"));
    let second = number(second, 1..=2).filter(|second| *second < 60)?;
    if fraction.is_empty() || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    Some(Moment::at((year, month, day), (hour * 60 + minute) * 60 + second, 0, offset).text())
}

/// Numbers with units, such as `-1.5h2m`, in nanoseconds; at most what 64 bits hold, as in Go.
fn parse_duration(text: &str) -> Option<i128> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    if rest == "0" {
        return Some(0);
    }
    if rest.is_empty() {
        return None;
    }
    let mut total: i128 = 0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(rest.len());
        let (number, after) = rest.split_at_checked(digits)?;
        let letters = after.find(|c: char| c.is_ascii_digit() || c == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at_checked(letters)?;
        let unit: i128 = match unit {
            "ns" => 1,
            "us" | "µs" | "μs" => 1_000,
            "ms" => 1_000_000,
            "s" => NANOSECONDS,
            "m" => 60 * NANOSECONDS,
            "h" => 3_600 * NANOSECONDS,
            _ => return None,
        };
        let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
        if (whole.is_empty() && fraction.is_empty()) || fraction.contains('.') {
            return None;
        }
        let whole: i128 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
        let fraction = fraction.get(..fraction.len().min(18))?;
        let scale = 10i128.checked_pow(u32::try_from(fraction.len()).ok()?)?;
        let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
        total = total.checked_add(whole.checked_mul(unit)?)?.checked_add(fraction.checked_mul(unit)? / scale)?;
        if total > i128::from(i64::MAX) {
            return None;
        }
        rest = after;
    }
    Some(if negative { -total } else { total })
}

fn compare(call: &Call<'_>) -> Outcome {
    let (a, b) = (moment(call, 0)?, moment(call, 1)?);
    Ok(Value::from(match a.nanoseconds.cmp(&b.nanoseconds) {
        std::cmp::Ordering::Less => -1i64,
        std::cmp::Ordering::Equal => 0,
        std::cmp::Ordering::Greater => 1,
    }))
}
