//! What the shell makes of one unquoted word: `{a,b}` becomes two, `*` becomes the names of files.

use super::MAX_ITEMS;
use crate::workflow::possible::{Alternative, Possible, ValueKind};
use crate::workflow::text::Text;

/// Characters that make a pattern of file names.
const WILD: [char; 3] = ['*', '?', '['];

/// Everything that unquoted text becomes; the names of files are not known.
pub(super) fn spread(text: &str) -> Possible {
    let mut words = vec![text.to_owned()];
    // Every turn takes one pair of braces away, of each word.
    while let Some(at) = words.iter().position(|word| braces(word).is_some()) {
        let word = words.remove(at);
        let Some((before, choices, after)) = braces(&word) else {
            break;
        };
        let made: Vec<String> = choices.iter().map(|choice| format!("{before}{choice}{after}")).collect();
        words.splice(at..at, made);
        if words.len() > MAX_ITEMS {
            return Possible::unknown(text);
        }
    }
    Possible::any(words.iter().map(|word| Alternative::new(files(word), ValueKind::Text)).collect())
}

/// Whether the shell makes anything of this text.
pub(super) fn is_spread(text: &str) -> bool {
    text.contains(WILD) || braces(text).is_some()
}

/// The innermost first pair of braces with a comma in it: what stands before, the choices, what stands after.
fn braces(text: &str) -> Option<(&str, Vec<&str>, &str)> {
    let mut from = 0;
    while let Some(close) = text.get(from..)?.find('}').map(|close| from + close) {
        let open = text.get(..close)?.rfind('{')?;
        let choices: Vec<&str> = text.get(open + 1..close)?.split(',').collect();
        if choices.len() > 1 {
            return Some((text.get(..open)?, choices, text.get(close + 1..)?));
        }
        from = close + 1;
    }
    None
}

/// A pattern of file names: known up to its first wild character and from its last.
fn files(pattern: &str) -> Text {
    let (Some(first), Some(last)) = (pattern.find(WILD), pattern.rfind(['*', '?', ']'])) else {
        return Text::known(pattern);
    };
    let mut text = Text::known(pattern.get(..first).unwrap_or(""));
    text.append(&Text::unknown(pattern));
    text.push(pattern.get(last.max(first) + 1..).unwrap_or(""));
    text
}

#[cfg(test)]
mod tests {
    use super::spread;

    fn shown(text: &str) -> Vec<String> {
        spread(text).known.iter().map(|one| one.text.to_string()).collect()
    }

    #[test]
    fn words_are_spread_as_the_shell_does() {
        assert_eq!(shown("apps/{api,worker}-{1,2}").len(), 4);
        assert_eq!(shown("{a,b{c,d}}"), ["a", "bc", "bd"]);
        assert_eq!(shown("apps/*/"), ["apps/${apps/*/}/"]);
        assert_eq!(shown("{x}"), ["{x}"]);
        assert_eq!(shown(&"{a,b}".repeat(12)).len(), 1);
    }
}
