//! What expressions can be.

use super::*;

fn scope() -> Scope {
    let choice = |value: &str| Alternative {
        given: Given::that("inputs.app", value),
        ..Alternative::new(Text::known(value), ValueKind::Text)
    };
    let inputs = Names::from([
        ("app".to_owned(), Possible::any(vec![choice("a"), choice("b")])),
        (
            "dry".to_owned(),
            Possible::any(vec![
                bool_value(true, Given::that("inputs.dry", "true")),
                bool_value(false, Given::that("inputs.dry", "false")),
            ]),
        ),
    ]);
    Scope {
        inputs: Arc::new(inputs),
        env: Names::from([("REGION".to_owned(), Possible::known("eu-west-1"))]),
        ..Scope::default()
    }
}

fn shown(text: &str) -> Vec<String> {
    let possible = scope().text(text);
    assert!(possible.complete);
    possible.known.iter().map(|one| one.text.to_string()).collect()
}

#[test]
fn contexts_and_templates() {
    assert_eq!(shown("x-${{ inputs.App }}-${{ env.REGION }}"), ["x-a-eu-west-1", "x-b-eu-west-1"]);
    assert_eq!(shown("${{ vars.ECR }}/x:${{ github.sha }}"), ["${vars.ECR}/x:${github.sha}"]);
    assert_eq!(shown("${{ github.event.inputs.app }}"), ["a", "b"]);
    assert_eq!(shown("${{ inputs['app'] }}${{ inputs.app }}"), ["aa", "bb"]);
    assert_eq!(shown("a ${{ b"), ["a ${{ b"]);
}

#[test]
fn operators_and_functions() {
    assert_eq!(shown("${{ inputs.dry && 'plan' || 'apply' }}"), ["apply", "plan"]);
    assert_eq!(shown("${{ inputs.missing || 'latest' }}"), ["latest", "${inputs.missing}"]);
    assert_eq!(shown("${{ inputs.app == 'a' && 'first' || 'second' }}"), ["first", "second"]);
    assert_eq!(shown("${{ format('{0}-{{x}}-{1}', inputs.app, 1) }}"), ["a-{x}-1", "b-{x}-1"]);
    assert_eq!(shown("${{ fromJSON('{\"a\":\"fn-a\",\"b\":\"fn-b\"}')[inputs.app] }}"), ["fn-a", "fn-b"]);
    assert_eq!(shown("${{ startsWith(inputs.app, 'A') }}"), ["false", "true"]);
    assert_eq!(shown("${{ hashFiles('x') }}"), ["${hashFiles('x')}"]);
    assert_eq!(shown("${{ ((( }}"), ["${(((}"]);
}

#[test]
fn comparisons_tie_values_to_their_case() {
    let picked = scope().text("${{ inputs.app == 'a' && 'first' || 'second' }}-${{ inputs.app }}");
    let shown: Vec<_> = picked.known.iter().map(|one| one.text.to_string()).collect();
    assert_eq!(shown, ["first-a", "second-b"]);
}

#[test]
fn conditions_say_what_they_suppose() {
    assert_eq!(scope().condition("inputs.app == 'b'"), [Given::that("inputs.app", "b")]);
    assert_eq!(
        scope().condition("${{ github.ref == 'refs/heads/main' }}"),
        [Given::that("github.ref", "refs/heads/main")]
    );
    assert_eq!(scope().condition("always()"), [Given::default()]);
    assert_eq!(scope().condition("false"), []);
    assert_eq!(scope().condition("!inputs.dry"), [Given::that("inputs.dry", "false")]);
}

#[test]
fn long_chains_are_given_up() {
    let chain = vec!["a"; 5000].join("||");
    assert!(scope().expression(&chain).known[0].text.as_unknown().is_some());
}
