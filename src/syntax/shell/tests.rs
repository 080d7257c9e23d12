//! What scripts are read as.

use super::*;
use crate::source::Sources;

fn read(text: &str) -> (Sources, Script) {
    let mut sources = Sources::new();
    let file = sources.add("run.sh", text);
    let script = parse(text, &OffsetMap::verbatim(file, 0));
    (sources, script)
}

fn good(text: &str) -> Script {
    let (_, script) = read(text);
    assert_eq!(script.problems, [], "{text}");
    script
}

/// A word as one line: parameters as `$name`, substitutions as `$(…)`.
fn show(word: &Word) -> String {
    word.parts
        .iter()
        .map(|part| match part {
            Part::Text { text, .. } => text.clone(),
            Part::Parameter(parameter) => format!("${}", parameter.name),
            Part::Substitution(list) => format!("$({})", outline(list).join("; ")),
            Part::Process(_) => "<(…)".into(),
            Part::Arithmetic => "$((…))".into(),
            Part::Expression { text, .. } => format!("${{{{{text}}}}}"),
        })
        .collect()
}

/// The commands of a list, compound ones by their shape.
fn outline(list: &List) -> Vec<String> {
    let pipelines =
        list.items.iter().flat_map(|item| std::iter::once(&item.first).chain(item.rest.iter().map(|(_, p)| p)));
    pipelines
        .flat_map(|pipeline| &pipeline.commands)
        .map(|command| match &command.kind {
            CommandKind::Simple { assignments, words } => {
                let names = assignments.iter().map(|a| match &a.value {
                    AssignedValue::Word(word) => format!("{}={}", a.name, show(word)),
                    AssignedValue::Array(words) => {
                        let words: Vec<_> = words.iter().map(show).collect();
                        format!("{}=({})", a.name, words.join(" "))
                    }
                });
                names.chain(words.iter().map(show)).collect::<Vec<_>>().join(" ")
            }
            CommandKind::Group(list) => format!("{{ {} }}", outline(list).join("; ")),
            CommandKind::Subshell(list) => format!("( {} )", outline(list).join("; ")),
            CommandKind::If { arms, otherwise } => {
                let arms: Vec<_> = arms
                    .iter()
                    .map(|(c, b)| format!("{} ? {}", outline(c).join("; "), outline(b).join("; ")))
                    .collect();
                let otherwise = otherwise.as_ref().map_or(String::new(), |list| outline(list).join("; "));
                format!("if {} else {otherwise}", arms.join(" | "))
            }
            CommandKind::For { variable, words, body } => {
                let words: Vec<_> = words.iter().flatten().map(show).collect();
                format!("for {variable} in {}: {}", words.join(" "), outline(body).join("; "))
            }
            CommandKind::Loop { condition, body } => {
                format!("while {}: {}", outline(condition).join("; "), outline(body).join("; "))
            }
            CommandKind::Case { subject, arms } => {
                let arms: Vec<_> = arms
                    .iter()
                    .map(|arm| {
                        let patterns: Vec<_> = arm.patterns.iter().map(show).collect();
                        format!("{}) {}", patterns.join("|"), outline(&arm.body).join("; "))
                    })
                    .collect();
                format!("case {} {}", show(subject), arms.join(" ;; "))
            }
            CommandKind::Function { name, .. } => format!("{name}()"),
            CommandKind::Test(words) => {
                format!("[[ {} ]]", words.iter().map(show).collect::<Vec<_>>().join(" "))
            }
            CommandKind::Arithmetic => "((…))".into(),
        })
        .collect()
}

fn lines(text: &str) -> Vec<String> {
    outline(&good(text).body)
}

#[test]
fn words_lose_quotes_and_keep_expansions() {
    assert_eq!(
        lines(
            r#"aws lambda "update-$X" --name='a b' \
  --uri ${R:-d}:"${T}"\$ $(date +%s) `id -u` # comment"#
        ),
        ["aws lambda update-$X --name=a b --uri $R:$T$ $(date +%s) $(id -u)"]
    );
    assert_eq!(lines("echo '' \"\" a#b $'x\\ny' $1 $@ $"), ["echo   a#b x\ny $1 $@ $"]);
}

#[test]
fn expressions_are_opaque_wherever_they_stand() {
    assert_eq!(
        lines("deploy '${{ inputs.a }}' \"${{ format('}}{0}', b) }}\" x-${{ c }}"),
        ["deploy ${{ inputs.a }} ${{ format('}}{0}', b) }} x-${{ c }}"]
    );
    assert_eq!(lines("${{ inputs.command }}"), ["${{ inputs.command }}"]);
}

#[test]
fn control_structure_is_kept() {
    assert_eq!(
        lines("if [ \"$A\" = b ]; then x; elif y\nthen z; else w; fi && ! v || u | t &"),
        ["if [ $A = b ] ? x | y ? z else w", "v", "u", "t"]
    );
    assert_eq!(
        lines(
            "for f in a \"$B\"; do one; two; done\nwhile read -r l; do x; done < f\nfor ((i=0; i<3; i++)); do x; done"
        ),
        ["for f in a $B: one; two", "while read -r l: x", "for  in : x"]
    );
    assert_eq!(
        lines("case \"$APP\" in\n  a|b) F=1 ;;\n  (c) F=2;;\n  *)\n    exit 1\nesac"),
        ["case $APP a|b) F=1 ;; c) F=2 ;; *) exit 1"]
    );
    assert_eq!(
        lines("f() { a; }\nfunction g { b; }\n( c; d )\n{ e; }\n[[ $x =~ ^(a|b)$ && -n y ]]\n((i++))"),
        ["f()", "g()", "( c; d )", "{ e }", "[[ $x =~ ^(a|b)$ && -n y ]]", "((…))"]
    );
    assert_eq!(lines("done_x; iffy; echo done if fi"), ["done_x", "iffy", "echo done if fi"]);
}

#[test]
fn assignments_and_arrays() {
    assert_eq!(
        lines("A=1 B=\"$A\" cmd x=y\nexport C=2 D\nE=(a b\n  c)\ndeclare -A M=([k]=v [\"l\"]=w)\nF+=z\nG="),
        ["A=1 B=$A cmd x=y", "C=2 export D", "E=(a b c)", "M=(v w) declare -A", "F=z", "G="]
    );
}

#[test]
fn parameter_operations() {
    let operation = |text: &str| {
        let script = good(text);
        let CommandKind::Simple { words, .. } = &script.body.items[0].first.commands[0].kind else {
            panic!("{text}");
        };
        let Part::Parameter(parameter) = &words[0].parts[0] else {
            panic!("{text}");
        };
        (parameter.name.clone(), parameter.operation, parameter.argument.as_ref().map(show))
    };
    assert_eq!(operation("${A:-b c}"), ("A".into(), Operation::Default, Some("b c".into())));
    assert_eq!(operation("${A##*/}"), ("A".into(), Operation::TrimPrefix { longest: true }, Some("*/".into())));
    assert_eq!(operation("${A%%-${B}}").1, Operation::TrimSuffix { longest: true });
    assert_eq!(operation("${#A}"), ("A".into(), Operation::Other, None));
    assert_eq!(operation("${A[@]}"), ("A".into(), Operation::Plain, None));
    assert_eq!(operation("${A/x/y}").1, Operation::Other);
    assert_eq!(operation("${A^^}").1, Operation::Upper);
}

#[test]
fn heredocs_and_redirections() {
    let (sources, script) =
        read("cat <<EOF > out.json 2>&1\n{\"a\": \"$X\"}\nEOF\ncat <<-'END'\n\tno $Y ${{ z }}\n\tEND\nnext");
    assert_eq!(script.problems, []);
    assert_eq!(outline(&script.body), ["cat", "cat", "next"]);
    let bodies: Vec<_> = script.heredocs.iter().map(show).collect();
    assert_eq!(bodies, ["{\"a\": \"$X\"}\n", "no $Y ${{ z }}\n"]);
    assert_eq!(sources.slice(script.heredocs[0].span), "{\"a\": \"$X\"}\n");
    let redirects = &script.body.items[0].first.commands[0].redirects;
    assert_eq!(redirects.len(), 3);
    assert_eq!(redirects[1].operator, RedirectOperator::Write);
}

#[test]
fn nested_substitutions_and_their_spans() {
    let (sources, script) = read("X=\"$(aws ecr --q \"$(echo \"a b\")\" | jq '.x')\"\necho $((1 + (2)))");
    assert_eq!(script.problems, []);
    assert_eq!(outline(&script.body), ["X=$(aws ecr --q $(echo a b); jq .x)", "echo $((…))"]);
    assert_eq!(sources.slice(script.body.items[1].first.commands[0].span), "echo $((1 + (2)))");
}

#[test]
fn what_is_broken_leaves_the_rest() {
    let (_, script) = read("one\nfi\ntwo )\nif x; then three\n");
    assert_eq!(script.problems.len(), 3);
    let shown = outline(&script.body);
    assert!(shown.contains(&"one".into()) && shown.contains(&"two".into()));
    assert!(shown.iter().any(|line| line.contains("three")));
    let (_, script) = read(&"$(".repeat(5000));
    assert!(!script.problems.is_empty());
    let (_, script) = read(&"if ".repeat(5000));
    assert!(!script.problems.is_empty());
}

proptest::proptest! {
    #[test]
    fn any_script_parses_without_panic(text in "(if |fi|then |do |done |case |esac|in |[-a=+$(){}\\[\\]|&;<>\"'`\\\\#!*@ \n\té]|\\$\\{\\{|\\}\\}|<<E|E\n){0,40}") {
        let (sources, script) = read(&text);
        for problem in &script.problems {
            assert!(text.get(problem.span.range()).is_some());
        }
        for item in &script.body.items {
            for command in &item.first.commands {
                assert!(sources.text(command.span.file).get(command.span.range()).is_some());
            }
        }
    }
}
