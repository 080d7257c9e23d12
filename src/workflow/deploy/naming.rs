//! What names say: of images their repository and tag, of functions the name itself.

use super::super::commands::Argument;
use super::super::possible::{Alternative, Possible};
use super::super::text::{Piece, Text};

/// The tag of `imageTag=T`, as one of `--image-ids`.
pub(super) fn tag_of(word: &Argument) -> Option<Argument> {
    let each = word.value.known.iter().map(|one| {
        let (name, tag) = one.text.split_once('=')?;
        (name.as_known() == Some("imageTag")).then(|| Alternative { text: tag, ..one.clone() })
    });
    let mut value = Possible::any(each.collect::<Option<Vec<_>>>()?);
    value.complete = word.value.complete;
    value.why_incomplete.clone_from(&word.value.why_incomplete);
    Some(Argument { span: word.span, value })
}

/// The lines of a list such as `tags:`, each with everything it can be.
pub(super) fn split_list(list: &Possible) -> Vec<Possible> {
    let mut columns: Vec<Vec<Alternative>> = Vec::new();
    for one in &list.known {
        let mut rest = Some(one.text.clone());
        let mut number = 0;
        while let Some(text) = rest {
            let (line, more) = match text.split_once('\n') {
                Some((line, more)) => (line, Some(more)),
                None => (text, None),
            };
            rest = more;
            if line.pieces().is_empty() {
                continue;
            }
            if columns.len() == number {
                columns.push(Vec::new());
            }
            if let Some(column) = columns.get_mut(number) {
                column.push(Alternative { text: line, ..one.clone() });
            }
            number += 1;
        }
    }
    columns.into_iter().map(Possible::any).collect()
}

/// The repository and the tag of an image, `registry/repository:tag`; a digest is no tag.
#[must_use]
pub fn split_image(image: &Text) -> (Text, Option<Text>) {
    let named = image.split_once('@').map_or_else(|| image.clone(), |(name, _)| name);
    match named.rsplit_once(':') {
        // The colon of `localhost:5000/x` is that of a port.
        Some((repository, tag)) if !tag.contains("/") => (repository, Some(tag)),
        _ => (named, None),
    }
}

/// The name in what `--function-name` takes: a name, or an ARN, either with a version or alias
/// (<https://docs.aws.amazon.com/lambda/latest/api/API_UpdateFunctionCode.html>).
#[must_use]
pub fn function_name(text: &Text) -> Text {
    let mut name = text.clone();
    if name.prefix().starts_with("arn:") || text.contains(":function:") {
        // Piece by piece up to `:function:`, which is in a known one.
        let mut after = None;
        let mut pieces = text.pieces().iter();
        for piece in pieces.by_ref() {
            if let Piece::Known(known) = piece
                && let Some((_, rest)) = known.split_once(":function:")
            {
                after = Some(Text::known(rest));
                break;
            }
        }
        if let Some(mut after) = after {
            for piece in pieces {
                after.append(&match piece {
                    Piece::Known(known) => Text::known(known),
                    Piece::Unknown(symbol) => Text::unknown(symbol),
                });
            }
            name = after;
        }
    }
    match name.split_once(':') {
        Some((bare, _)) => bare,
        None => name,
    }
}
