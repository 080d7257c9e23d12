//! What walking scripts gives.

use super::*;
use crate::source::Sources;
use crate::syntax::offsets::OffsetMap;
use crate::workflow::expression::Names;
use crate::workflow::possible::{Alternative, ValueKind};

fn scope() -> Scope {
    let choice = |value: &str| Alternative {
        given: Given::that("inputs.app", value),
        ..Alternative::new(Text::known(value), ValueKind::Text)
    };
    Scope {
        inputs: Arc::new(Names::from([("app".to_owned(), Possible::any(vec![choice("api"), choice("web")]))])),
        env: Names::from([
            ("APP".to_owned(), Possible::any(vec![choice("api"), choice("web")])),
            ("FREE".to_owned(), Possible::unknown("inputs.free")),
            ("REGION".to_owned(), Possible::known("eu-west-1")),
        ]),
        ..Scope::default()
    }
}

fn run(text: &str) -> Walked {
    let file = Sources::new().add("run.sh", text);
    let script = shell::parse(text, &OffsetMap::verbatim(file, 0));
    assert_eq!(script.problems, [], "{text}");
    walk(&script, &scope(), &ScriptFiles::new(), &Directories::default(), always(), Vec::new())
}

fn root() -> Directories {
    Directories { working: Some(String::new()), action: None }
}

fn show(possible: &Possible) -> String {
    let all: Vec<_> = possible.distinct().map(ToString::to_string).collect();
    all.join("|")
}

/// The commands whose program is `deploy`, words joined.
fn deploys(text: &str) -> Vec<String> {
    let walked = run(text);
    let found = walked.commands.iter().filter(|command| command.program() == Some("deploy"));
    found
        .map(|command| command.words.iter().skip(1).map(|word| show(&word.value)).collect::<Vec<_>>().join(" "))
        .collect()
}

#[test]
fn variables_and_expressions() {
    assert_eq!(
        deploys("F=\"hh-$APP\"\nexport G=${{ inputs.app }}\ndeploy \"$F\" $G ${H:-none} $GITHUB_SHA ${REGION^^} $FREE"),
        ["hh-api|hh-web api|web none|${env.H} ${github.sha} EU-WEST-1 ${inputs.free}"]
    );
}

#[test]
fn a_case_ties_values_together() {
    let script = "case \"$APP\" in\n  api) F=fn-api; R=1 ;;\n  web) F=fn-web; R=2 ;;\n  *) exit 1 ;;\nesac\ndeploy \"$F-$R-$APP\"";
    assert_eq!(deploys(script), ["fn-api-1-api|fn-web-2-web"]);
    let free =
        "case \"$FREE\" in\n  api) F=fn-api ;;\n  w*) F=fn-web ;;\n  *) exit 1 ;;\nesac\ndeploy \"$F\" \"x-$FREE\"";
    assert_eq!(deploys(free), ["fn-api|fn-web x-${inputs.free}"]);
    assert_eq!(deploys("case \"$FREE\" in api) deploy $FREE ;; esac"), ["api"]);
    assert_eq!(deploys("case \"$APP\" in other) deploy never ;; esac"), Vec::<String>::new());
}

#[test]
fn an_if_ties_values_together() {
    let script =
        "if [ \"$APP\" = api ]; then F=fn-api; elif [[ $APP == web ]]; then F=fn-web; else exit 1; fi\ndeploy $F-$APP";
    assert_eq!(deploys(script), ["fn-api-api|fn-web-web"]);
    assert_eq!(deploys("if [ -z \"$FREE\" ]; then FREE=latest; fi\ndeploy $FREE"), ["latest|${inputs.free}"]);
    assert_eq!(deploys("[ \"$APP\" = api ] && F=one || F=two\ndeploy $F-$APP"), ["one-api|two-web"]);
    assert_eq!(deploys("[ -n \"$REGION\" ] || exit 1\ndeploy a\nfalse || { echo x; exit 1; }\ndeploy b"), ["a", "b"]);
    assert_eq!(deploys("exit 0\ndeploy never"), Vec::<String>::new());
}

#[test]
fn loops_take_every_value() {
    assert_eq!(deploys("for a in api web; do F=hh-$a; deploy $F $F-$a; done"), ["hh-api|hh-web hh-api-api|hh-web-web"]);
    assert_eq!(deploys("A=(x y)\nB=\"p q\"\nfor a in \"${A[@]}\" $B; do deploy $a; done"), ["p|q|x|y"]);
    assert_eq!(deploys("L=\nfor a in x y; do L=\"$L $a\"; done\ndeploy $L"), ["${$L}"]);
    let walked = run("while read -r f; do deploy \"$f\"; done < list\nfor i in 1 2; do deploy b; done");
    assert!(walked.commands.iter().any(|c| c.mentions("b") && c.is_unconditional() && c.in_loop.is_some()));
    assert!(walked.commands.iter().any(|c| c.program() == Some("deploy") && !c.is_unconditional()));
}

#[test]
fn functions_and_substitutions() {
    let script = "name() {\n  case \"$1\" in\n    api) echo fn-api ;;\n    *) echo \"fn-$1\" ;;\n  esac\n}\nF=$(name \"$APP\")\ndeploy \"$F\"\ngo() { deploy \"$1\" \"$2\"; return 0; }\ngo a b\ndeploy $(aws sts get-caller-identity --query x) $(printf '%s-%s' a \"$REGION\")";
    assert_eq!(deploys(script), ["fn-api|fn-web", "a b", "${$(aws sts get-caller-identity --query x)} a-eu-west-1"]);
    assert_eq!(deploys("P=apps/api/Dockerfile\nD=${P%/*}\ndeploy ${D##*/} $(basename $D)"), ["api api"]);
    assert!(run("f() { f; }\nf").notes.iter().any(|note| note.message.contains("too deep")));
}

#[test]
fn outputs_and_environment_are_followed() {
    let walked = run(
        "echo \"fn=hh-$APP\" >> $GITHUB_OUTPUT\n{ echo \"a=1\"; echo \"b=2\"; } >> \"$GITHUB_OUTPUT\"\necho \"KEY=v\" | tee -a $GITHUB_ENV\ncat <<EOF >> $GITHUB_OUTPUT\nc=$REGION\nm<<END\nx\ny\nEND\nEOF\nif [ x = y ]; then echo d=1 >> $GITHUB_OUTPUT; exit 0; fi\necho d=2 >> ${GITHUB_OUTPUT}",
    );
    let shown: Vec<_> = walked.outputs.iter().map(|(name, value)| format!("{name}={}", show(value))).collect();
    assert_eq!(shown, ["a=1", "b=2", "c=eu-west-1", "d=2", "fn=hh-api|hh-web", "m=x\ny"]);
    assert_eq!(show(&walked.env["KEY"]), "v");
}

#[test]
fn conditions_are_kept() {
    let walked = run("a && deploy x\nif y; then deploy z; else deploy w; fi\ncurl -s x | bash");
    let kinds: Vec<Vec<ConditionKind>> = walked
        .commands
        .iter()
        .filter(|command| command.program() == Some("deploy"))
        .map(|command| command.conditions.iter().map(|condition| condition.kind).collect())
        .collect();
    assert_eq!(kinds, [vec![ConditionKind::And], vec![ConditionKind::If], vec![ConditionKind::Else]]);
    assert!(walked.commands.iter().any(|command| command.program() == Some("curl") && command.piped));
}

#[test]
fn wrappers_and_aws_options() {
    let walked = run(
        "sudo -u x env A=b timeout 60 aws --region \"$REGION\" lambda update-function-code --function-name=hh-$APP --publish --image-uri a b",
    );
    let call = super::super::aws_call(&walked.commands[0]).unwrap();
    assert!(call.is(&["lambda", "update-function-code"]));
    assert_eq!(show(&call.option("--function-name").unwrap().value), "hh-api|hh-web");
    assert_eq!(show(&call.option("--region").unwrap().value), "eu-west-1");
    assert!(call.option("--publish").is_none());
    assert_eq!(call.options.last().unwrap().values.len(), 2);
    let walked = run("aws --region \"$REGION\" lambda wait function-active --function-name hh-api");
    let call = super::super::aws_call(&walked.commands[0]).unwrap();
    assert!(call.is(&["lambda", "wait", "function-active"]));
    assert_eq!(show(&call.option("--region").unwrap().value), "eu-west-1");
}

#[test]
fn what_is_left_early_does_not_reach_the_end_of_a_turn() {
    let walked = run(
        "for d in apps/*; do\ncase \"$d\" in\napps/a) n=a ;;\napps/b) n=b ;;\n*) echo no; continue ;;\nesac\ndeploy \"$n\"\ndone\nafter \"$n\"\nwhile true; do m=x; break; m=y; done\nlast \"$m\"",
    );
    let argument = |program: &str| {
        let command = walked.commands.iter().find(|command| command.program() == Some(program)).unwrap();
        show(&command.words[1].value)
    };
    assert_eq!(argument("deploy"), "a|b");
    assert_eq!(argument("after"), "a|b|${env.n}");
    assert_eq!(argument("last"), "x|${env.m}");
}

#[test]
fn what_is_said_before_leaving_does_not_keep_the_script_going() {
    let walked = run("case \"$D\" in\na) n=a ;;\n*) echo no && exit 1 ;;\nesac\ndeploy \"$n\"");
    let command = walked.commands.iter().find(|command| command.program() == Some("deploy")).unwrap();
    assert_eq!(show(&command.words[1].value), "a");
    let walked = run("n=a\nmaybe && exit 1\ndeploy \"$n\"");
    assert!(walked.commands.iter().any(|command| command.program() == Some("deploy")));
}

#[test]
fn scripts_of_the_workspace_are_followed() {
    let text = "deploy \"$1\"\necho \"o=$1\" >> $GITHUB_OUTPUT";
    let file = Sources::new().add("scripts/d.sh", text);
    let inner = Arc::new(shell::parse(text, &OffsetMap::verbatim(file, 0)));
    let files = ScriptFiles::from([("scripts/d.sh".to_owned(), inner)]);
    let text = "./scripts/d.sh \"$APP\"\nbash $GITHUB_WORKSPACE/scripts/d.sh x\nbash gone.sh";
    let script = shell::parse(text, &OffsetMap::verbatim(file, 0));
    let walked = walk(&script, &scope(), &files, &root(), always(), Vec::new());
    let words: Vec<_> =
        walked.commands.iter().filter(|c| c.program() == Some("deploy")).map(|c| show(&c.words[1].value)).collect();
    assert_eq!(words, ["api|web", "x"]);
    assert_eq!(walked.notes.len(), 1);
}

proptest::proptest! {
    #[test]
    fn any_script_is_walked_without_panic(text in "(if |fi;|then |do |done;|case |esac;|in |f\\(\\) |f |for x |A=|echo |>>\\$GITHUB_OUTPUT |[-a=+$(){}|&;\"'#*@ \n\té]|\\$\\{A%|\\$A){0,40}") {
        let file = Sources::new().add("run.sh", text.as_str());
        let script = shell::parse(&text, &OffsetMap::verbatim(file, 0));
        let walked = walk(&script, &scope(), &ScriptFiles::new(), &Directories::default(), always(), Vec::new());
        for command in &walked.commands {
            assert!(text.get(command.span.range()).is_some());
        }
    }
}
