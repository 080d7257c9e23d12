//! What a page says of environment variables, logs, images, the role and outputs.

use super::functions::inline_code;
use super::page::{Page, Sentence, Table};
use super::{ANY, Leaf, Writer, find, quote};

/// Variables that Lambda itself provides: the page may name them, and nobody has to set them.
const PROVIDED: &[&str] = &["AWS_REGION", "AWS_DEFAULT_REGION"];

pub(super) fn leaves(page: &Page, writer: &mut Writer<'_>, prefix: &str) -> Vec<Leaf> {
    let mut leaves = environment(page, writer);
    let found = [
        log_format(page, writer),
        retention(page, writer),
        image_tag(page, writer),
        ignored(page, writer),
        repositories(page, writer),
        scan_on_push(page, writer),
        lifecycle_policy(page, writer),
        role(page, writer),
        buckets(page, writer, prefix),
        actions(page),
        variable(page, writer),
        outputs(page),
    ];
    leaves.extend(found.into_iter().flatten());
    leaves
}

fn mentions(text: &str, words: &[&str]) -> bool {
    let text = text.to_lowercase();
    words.iter().all(|word| text.contains(word))
}

/// The first sentence that has all these words.
fn sentence<'p>(page: &'p Page, words: &[&str]) -> Option<&'p Sentence> {
    page.sentences.iter().find(|sentence| mentions(page.of(sentence), words))
}

fn is_variable(name: &str) -> bool {
    name.len() > 1 && name.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_')
}

/// Items such as ``- `LOG_LEVEL`: set to "INFO"``, or a table of variables with their values.
fn environment(page: &Page, writer: &mut Writer<'_>) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    let is_of_environment = |sentence: &&Sentence| {
        page.section_at(sentence.range.start).is_some_and(|section| is_environment(&section.name))
    };
    // Other lists of such names, say of secrets in a workflow, are of other things.
    for sentence in page.sentences.iter().filter(is_of_environment) {
        let text = page.of(sentence);
        let Some(name) = find(text, r"^[-*+\s]*`([A-Z][A-Z0-9_]+)`").and_then(|at| text.get(at)) else { continue };
        let is_new = |leaf: &Leaf| leaf.path.last().is_none_or(|known| known != name);
        if !is_variable(name) || !leaves.iter().all(is_new) {
            continue;
        }
        let path = ["environment", name];
        let value = find(text, r#"(?i)(?:set to|is|=|:)\s+["`]([^"`]+)["`]"#);
        if let Some(value) = value {
            leaves.extend(writer.found(sentence, &value, "([^\"`]+)").map(|expression| Leaf::new(&path, expression)));
        } else if mentions(text, &["app", "identifier"]) || mentions(text, &["app", "name of"]) {
            leaves.push(Leaf::new(&path, "\"{app}\"".to_owned()));
        } else if PROVIDED.contains(&name) {
            leaves.push(Leaf::new(&path, ANY.to_owned()).commented("Lambda itself provides it."));
        } else {
            leaves.push(Leaf::new(&path, ANY.to_owned()).commented("Any value."));
        }
    }
    if leaves.is_empty() { environment_table(page).into_iter().collect() } else { leaves }
}

fn is_environment(heading: &str) -> bool {
    mentions(heading, &["environment"]) || mentions(heading, &["variable"])
}

fn environment_table(page: &Page) -> Option<Leaf> {
    let has_variables = |table: &&Table| {
        let variables = table.column(0).flat_map(inline_code).filter(|name| is_variable(name));
        is_environment(&table.name) && table.columns.len() > 1 && variables.count() > 1
    };
    let table = page.tables.iter().find(has_variables)?;
    let name = quote(table.columns.first()?);
    let is_value = |at: &usize| table.column(*at).any(|cell| cell.starts_with('`') && cell.ends_with('`'));
    let value = (1..table.columns.len()).find(is_value)?;
    let value = quote(table.columns.get(value)?);
    let expression = format!(
        "{{\n    for row in local.page.tables[{}] :\n    trim(row[{name}], \"`\") => trim(row[{value}], \"`\")\n    \
         if can(regex(\"^`[A-Z0-9_]+`$\", row[{name}])) && can(regex(\"^`[^`]+`$\", row[{value}]))\n  }}",
        quote(&table.name)
    );
    Some(Leaf::new(&["environment"], expression).commented("The variables whose value stands in the table."))
}

fn log_format(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let at = find(page.of(sentence), r"\b(JSON|Text)\s+(?:log|format)")?;
        let word = page.of(sentence).get(at.clone())?;
        Some(Leaf::new(&["logging", "format"], writer.found(sentence, &at, &format!("({word})"))?))
    })
}

fn retention(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        let is_of_logs =
            mentions(text, &["log"]) && ["keep", "retain", "retention"].iter().any(|word| mentions(text, &[word]));
        let at = find(text, r"(\d+)\s+days").filter(|_| is_of_logs)?;
        let expression = format!("tonumber({})", writer.found(sentence, &at, r"(\d+)")?);
        Some(Leaf::new(&["logging", "retention_days"], expression))
    })
}

/// A pattern such as `{ECR_REPOSITORY}:{APP_NAME}-{IMAGE_TAG}`, in code.
fn image_tag(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let pattern = r"\$?[{<][\w-]+[}>]:([\w.-]*\$?[{<][\w-]+[}>][\w.{}<>$-]*)";
    let inline = page.sentences.iter().find_map(|sentence| {
        let at = find(page.of(sentence), pattern)?;
        Some(sentence.range.start + at.start..sentence.range.start + at.end)
    });
    let in_code = || {
        page.code.iter().find_map(|code| {
            let at = find(page.slice(code), pattern)?;
            Some(code.start + at.start..code.start + at.end)
        })
    };
    let at = inline.or_else(in_code)?;
    let tag = page.slice(&at).to_owned();
    let mut expression = writer.passage(&at, "([^\\s`]+)")?;
    let mut has_app = false;
    for mark in regex::Regex::new(r"\$?[{<][\w-]+[}>]").ok()?.find_iter(&tag) {
        let name = mark.as_str().to_lowercase().replace(['<', '>', '{', '}', '$'], "");
        let own = super::alarms::placeholder(&name);
        has_app |= own.is_some();
        expression = format!("replace({expression}, {}, \"{}\")", quote(mark.as_str()), own.unwrap_or("*"));
    }
    has_app.then(|| Leaf::new(&["image", "tag"], expression))
}

/// What Terraform leaves to deployments: `image_uri` in code, or "Image URI" in words.
fn ignored(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        if !mentions(text, &["ignore"]) {
            return None;
        }
        let path = ["image", "ignore_changes"];
        let code = inline_code(text)
            .into_iter()
            .find(|code| ["image_uri", "s3_key", "source_code_hash", "filename"].contains(code));
        if let Some(code) = code {
            return Some(Leaf::new(&path, format!("[{}]", writer.code(sentence, code)?)));
        }
        let words = find(text, r"(?i)\b(image uri)\b")?;
        let written = text.get(words.clone())?;
        let expression = writer.found(sentence, &words, &format!("({written})"))?;
        Some(Leaf::new(&path, format!("[replace(lower({expression}), \" \", \"_\")]")))
    })
}

/// Whether a sentence stands in the page, as an expression that is true while it does.
fn stands(page: &Page, writer: &mut Writer<'_>, words: &[&str], pattern: &'static str) -> Option<String> {
    let sentence = sentence(page, words)?;
    let at = find(page.of(sentence), pattern)?;
    let written = page.of(sentence).get(at.clone())?.split_whitespace().collect::<Vec<_>>().join("\\s+");
    let found = writer.found(sentence, &at, &format!("({written})"))?;
    Some(format!("can({found})"))
}

fn repositories(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    page.sentences.iter().find_map(|sentence| {
        let at = find(page.of(sentence), r"ECR\s+repository\s+`([\w./-]+)`")?;
        Some(Leaf::new(&["ecr", "repositories"], format!("[{}]", writer.found(sentence, &at, "([^`]+)")?)))
    })
}

fn scan_on_push(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let expression = stands(page, writer, &["ecr", "scan"], r"(?i)(scan[a-z]*\s+\w+)")?;
    Some(Leaf::new(&["ecr", "scan_on_push"], expression))
}

fn lifecycle_policy(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let by_policy = stands(page, writer, &["lifecycle policy"], r"(?i)(lifecycle\s+policy)");
    let expression = by_policy.or_else(|| stands(page, writer, &["ecr", "lifecycle"], r"(?i)\b(clean\w*)"))?;
    Some(Leaf::new(&["ecr", "lifecycle_policy"], expression))
}

/// The functions' role: in a heading with the name in code, or in a sentence.
fn role(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let path = ["iam", "role"];
    let heading = page.sections.iter().find_map(|section| {
        let line_start = page.text.get(..section.range.start)?.trim_end().rfind('\n').map_or(0, |at| at + 1);
        let at = find(page.slice(&(line_start..section.range.start)), r"(?i)execution role.*`([\w+=,.@-]+)`")?;
        writer.passage(&(line_start + at.start..line_start + at.end), "([^`]+)")
    });
    let prose = || {
        page.sentences.iter().find_map(|sentence| {
            let at = find(page.of(sentence), r"(?i)(?:runs? as|execution role)\s+`([\w+=,.@-]+)`")?;
            writer.found(sentence, &at, "([^`]+)")
        })
    };
    heading.or_else(prose).map(|expression| Leaf::new(&path, expression))
}

/// Buckets: a table of them, names in code that begin as the functions' do, or a list in brackets.
fn buckets(page: &Page, writer: &mut Writer<'_>, prefix: &str) -> Option<Leaf> {
    let path = ["iam", "buckets"];
    if prefix.is_empty() {
        return None;
    }
    let pattern = format!("`({}[a-z0-9-]+)`", prefix);
    let named = regex::Regex::new(&pattern).ok()?;
    let of_buckets = page.sections.iter().find(|section| mentions(&section.name, &["bucket"]));
    if let Some(section) = of_buckets.filter(|section| named.is_match(page.slice(&section.range))) {
        let text = writer.text_at(section.range.start)?;
        let expression = format!("{{ for name in regexall({}, {text}) : name[0] => \"readwrite\" }}", quote(&pattern));
        return Some(Leaf::new(&path, expression).commented("Names in code, each for reading and writing."));
    }
    let sentence = page.sentences.iter().find(|sentence| {
        mentions(page.of(sentence), &["bucket"])
            && find(page.of(sentence), r"buckets?\s+\(([a-z][a-z0-9, -]+)\)").is_some()
    })?;
    let at = find(page.of(sentence), r"buckets?\s+\(([a-z][a-z0-9, -]+)\)")?;
    let list = writer.found(sentence, &at, "([^)]+)")?;
    let access = if mentions(page.of(sentence), &["write"]) { "readwrite" } else { "read" };
    let expression = format!(
        "{{ for name in split(\", \", {list}) : \"{}${{name}}\" => \"{access}\" }}",
        quote(prefix).trim_matches('"')
    );
    Some(Leaf::new(&path, expression).commented("Their names are taken to begin as the functions' do: is that so?"))
}

/// A table whose cells name actions of AWS.
fn actions(page: &Page) -> Option<Leaf> {
    let is_action = |code: &str| {
        let parts: Vec<&str> = code.split(':').collect();
        matches!(parts.as_slice(), [service, action]
            if service.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
                && action.starts_with(|c: char| c.is_ascii_uppercase()))
    };
    // What the workflow's role may do is another matter.
    let is_of_functions =
        |table: &&Table| !["deploy", "github", "workflow"].iter().any(|word| mentions(&table.name, &[word]));
    page.tables.iter().filter(is_of_functions).find_map(|table| {
        let all_actions = |at: &usize| table.column(*at).all(|cell| inline_code(cell).into_iter().any(is_action));
        let column = (0..table.columns.len()).find(all_actions)?;
        let column = quote(table.columns.get(column)?);
        let table = quote(&table.name);
        let expression = format!(
            "flatten([for row in local.page.tables[{table}] : regexall(\"[a-z0-9-]+:[A-Za-z]+\", row[{column}])])"
        );
        Some(Leaf::new(&["iam", "actions"], expression).commented("All that the role may do."))
    })
}

/// The variable with the functions' figures: told in prose, or shown in a block of code.
fn variable(page: &Page, writer: &mut Writer<'_>) -> Option<Leaf> {
    let path = ["variables", "functions"];
    let prose = page.sentences.iter().find_map(|sentence| {
        let text = page.of(sentence);
        let at = find(text, r"variable\s+`(\w+)`")
            .filter(|_| mentions(text, &["figure"]) || mentions(text, &["function"]))?;
        writer.found(sentence, &at, "([^`]+)")
    });
    let code = || {
        page.code.iter().find_map(|code| {
            let at = find(page.slice(code), r#"variable "(\w*(?:lambda|function)\w*)""#)?;
            writer.passage(&(code.start + at.start..code.start + at.end), "(\\w+)")
        })
    };
    prose.or_else(code).map(|expression| Leaf::new(&path, expression))
}

fn outputs(page: &Page) -> Option<Leaf> {
    let is_of_outputs = |table: &&Table| {
        let is_output =
            |cell: &str| cell.trim_matches('`').chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
        let is_titled = table.columns.first().is_some_and(|column| column.to_lowercase() == "output");
        is_titled && table.column(0).all(is_output)
    };
    let table = page.tables.iter().find(is_of_outputs)?;
    let (name, column) = (quote(&table.name), quote(table.columns.first()?));
    Some(Leaf::new(&["outputs"], format!("[for row in local.page.tables[{name}] : trim(row[{column}], \"`\")]")))
}
