//! Whole workflows: what they are read as, followed to, and deploy.

use super::*;
use crate::source::{MemoryProvider, Sources, Span};

struct Read {
    sources: Sources,
    workflow: Workflow,
    facts: DeployFacts,
}

impl Read {
    fn slice(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    fn steps(&self) -> Vec<&'static str> {
        self.facts.steps.iter().map(|step| step.kind.name()).collect()
    }

    fn place(&self, kind: StepKind) -> Place {
        self.facts.steps.iter().find(|step| step.kind == kind).unwrap().place
    }
}

/// Reads the first of these files with the others around it.
fn read(files: &[(&str, &str)]) -> Read {
    let provider: MemoryProvider = files.iter().copied().collect();
    let reader = Reader::new(&provider, Sources::new());
    let path = files[0].0.to_owned();
    let workflow = read_all(&reader, &[path]).remove(0);
    assert_eq!(workflow.problems, []);
    let facts = deploy_facts(&workflow);
    Read { sources: reader.into_sources(), workflow, facts }
}

fn show(possible: &Possible) -> String {
    let all: Vec<_> = possible.distinct().map(ToString::to_string).collect();
    all.join("|")
}

const DEPLOY: &str = r#"name: Deploy
on:
  push:
    branches: [main]
    paths: ['apps/**']
  workflow_dispatch:
    inputs:
      application:
        description: Which one
        type: choice
        required: true
        options: [orders-api, stock-sync]
      image_tag:
        type: string
        default: latest
      dry_run:
        type: boolean
permissions:
  contents: read
  id-token: write
env:
  AWS_REGION: eu-west-1
  PREFIX: shop
concurrency: deploy-${{ github.ref }}
jobs:
  changes:
    runs-on: ubuntu-latest
    timeout-minutes: 5
    outputs:
      apps: ${{ steps.find.outputs.apps }}
    steps:
      - uses: actions/checkout@v4
      - id: find
        run: |
          if [ "${{ github.event_name }}" = "workflow_dispatch" ]; then
            echo "apps=[\"${{ inputs.application }}\"]" >> "$GITHUB_OUTPUT"
          else
            git diff --name-only HEAD^ | cut -d/ -f2
            echo 'apps=["orders-api","stock-sync"]' >> "$GITHUB_OUTPUT"
          fi
  deploy:
    needs: changes
    runs-on: ubuntu-latest
    if: needs.changes.outputs.apps != '[]'
    environment:
      name: prod
    strategy:
      matrix:
        include:
          - { app: orders-api, fn: shop-orders-api }
          - { app: stock-sync, fn: shop-stock-sync }
    steps:
      - uses: aws-actions/configure-aws-credentials@v4
        with:
          role-to-assume: ${{ vars.ROLE }}
          aws-region: ${{ env.AWS_REGION }}
      - name: Is the image there?
        env:
          TAG: ${{ matrix.app }}-${{ inputs.image_tag || github.sha }}
        run: aws ecr describe-images --repository-name shop/prod --image-ids imageTag="$TAG"
      - name: Update
        id: update
        run: |
          IMAGE="${{ vars.ECR }}/shop/prod:${{ matrix.app }}-${GITHUB_SHA}"
          aws lambda update-function-code \
            --function-name "${{ matrix.fn }}" \
            --image-uri "$IMAGE"
          aws lambda wait function-updated-v2 --function-name ${{ matrix.fn }}
  check:
    needs: [deploy]
    runs-on: ubuntu-latest
    steps:
      - name: Smoke test
        run: curl -fsS "https://api.example.com/health" | jq .status
"#;

#[test]
fn a_workflow_is_read_with_its_places() {
    let read = read(&[(".github/workflows/deploy.yml", DEPLOY)]);
    let parsed = &read.workflow.parsed;
    assert_eq!(parsed.name.as_ref().unwrap().text(), "Deploy");
    let push = parsed.trigger("push").unwrap();
    assert_eq!(push.filters[1].1[0].value, "apps/**");
    let inputs = &parsed.trigger("workflow_dispatch").unwrap().inputs;
    assert_eq!(inputs[0].options.len(), 2);
    assert_eq!(read.slice(inputs[0].options[1].span), "stock-sync");
    assert!(inputs[0].required.as_ref().unwrap().value);
    let jobs = &read.workflow.jobs;
    let ids: Vec<_> = jobs.iter().map(|job| job.id.as_str()).collect();
    assert_eq!(ids, ["changes", "deploy", "check"]);
    assert_eq!(read.slice(jobs[0].job.timeout_minutes.as_ref().unwrap().span), "5");
    assert!(jobs[1].job.timeout_minutes.is_none());
    assert_eq!(jobs[1].job.environment.as_ref().unwrap().name.as_ref().unwrap().text(), "prod");
    assert!(jobs[1].has_id_token());
    assert_eq!(jobs[1].access("contents"), Access::Read(parsed.permissions.as_ref().unwrap().scopes[0].1.span));
    assert_eq!(read.workflow.notes, []);
}

#[test]
fn deployments_pair_functions_with_their_images() {
    let read = read(&[(".github/workflows/deploy.yml", DEPLOY)]);
    let [deployment] = read.facts.deployments.as_slice() else {
        panic!("{:?}", read.facts.deployments);
    };
    let pairs: Vec<_> = deployment.pairs.iter().map(|(a, b)| format!("{} {}", a.text, b.text)).collect();
    assert_eq!(
        pairs,
        [
            "shop-orders-api ${vars.ECR}/shop/prod:orders-api-${github.sha}",
            "shop-stock-sync ${vars.ECR}/shop/prod:stock-sync-${github.sha}",
        ]
    );
    let function = deployment.function.as_ref().unwrap();
    assert_eq!(read.slice(function.span), "\"${{ matrix.fn }}\"");
    assert_eq!(read.slice(deployment.pairs[1].0.origin.unwrap()), "shop-stock-sync");
    assert!(read.slice(deployment.span).starts_with("aws lambda update-function-code \\\n"));
    assert!(deployment.unconditional);
    assert_eq!(
        show(&read.facts.image_queries[0].tags[0].value),
        "orders-api-${github.sha}|orders-api-${inputs.image_tag}|orders-api-latest|stock-sync-${github.sha}|stock-sync-${inputs.image_tag}|stock-sync-latest"
    );
    let regions: Vec<_> =
        read.facts.regions.iter().map(|region| format!("{}={}", region.by, show(&region.value))).collect();
    assert_eq!(regions, ["AWS_REGION=eu-west-1", "aws-region=eu-west-1"]);
    assert!(read.facts.credentials[0].is_oidc());
    assert_eq!(show(&read.facts.credentials[0].role.as_ref().unwrap().value), "${vars.ROLE}");
}

#[test]
fn documented_steps_are_found_in_their_order() {
    let read = read(&[(".github/workflows/deploy.yml", DEPLOY)]);
    assert_eq!(read.steps(), ["detect-changes", "verify-image", "update-function", "wait-active", "health-check"]);
    let precedes = |a, b| read.workflow.precedes(read.place(a), read.place(b));
    assert_eq!(precedes(StepKind::VerifyImage, StepKind::UpdateFunction), Some(true));
    assert_eq!(precedes(StepKind::HealthCheck, StepKind::WaitActive), Some(false));
    assert_eq!(precedes(StepKind::DetectChanges, StepKind::HealthCheck), Some(true));
    assert!(!read.facts.steps[0].unconditional);
}

#[test]
fn outputs_and_inputs_follow_their_events() {
    let read = read(&[(".github/workflows/deploy.yml", DEPLOY)]);
    let apps = read.workflow.jobs[1].scope.expression("needs.changes.outputs.apps");
    assert_eq!(show(&apps), "[\"orders-api\",\"stock-sync\"]|[\"orders-api\"]|[\"stock-sync\"]");
    let tag = read.workflow.jobs[1].scope.text("${{ inputs.image_tag }}");
    let pushed = tag.under(&[Given::that("github.event_name", "push")]);
    assert_eq!(show(&pushed), "");
}

#[test]
fn side_by_side_jobs_have_no_order() {
    let read = read(&[(
        "w.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps: [{run: git diff}]\n  b:\n    runs-on: x\n    steps: [{run: aws lambda invoke --function-name f out}]\n",
    )]);
    assert_eq!(read.workflow.precedes(read.place(StepKind::DetectChanges), read.place(StepKind::HealthCheck)), None);
}

#[test]
fn reusable_workflows_are_followed_with_their_inputs() {
    let read = read(&[
        (
            "w.yml",
            "on: push\npermissions: {id-token: write}\njobs:\n  build:\n    runs-on: x\n    outputs: {tag: '${{ steps.t.outputs.tag }}'}\n    steps: [{id: t, run: 'echo tag=v1 >> $GITHUB_OUTPUT'}]\n  ship:\n    needs: build\n    uses: ./.github/workflows/ship.yml\n    with: {fn: shop-api, tag: '${{ needs.build.outputs.tag }}'}\n    secrets: inherit\n  after:\n    needs: ship\n    runs-on: x\n    steps: [{run: 'aws lambda wait function-updated --function-name ${{ needs.ship.outputs.done }}'}]\n  far:\n    uses: o/r/.github/workflows/x.yml@main\n",
        ),
        (
            ".github/workflows/ship.yml",
            "on:\n  workflow_call:\n    inputs:\n      fn: {type: string, required: true}\n      tag: {type: string}\n      region: {type: string, default: eu-north-1}\n    outputs:\n      done: {value: '${{ jobs.go.outputs.done }}'}\njobs:\n  go:\n    runs-on: x\n    permissions: {contents: read}\n    outputs: {done: '${{ inputs.fn }}'}\n    steps: [{run: 'aws lambda update-function-code --region ${{ inputs.region }} --function-name ${{ inputs.fn }} --image-uri r:${{ inputs.tag }}'}]\n",
        ),
    ]);
    let ids: Vec<_> = read.workflow.jobs.iter().map(|job| job.id.as_str()).collect();
    assert_eq!(ids, ["build", "far", "ship / go", "after"]);
    let ship = &read.workflow.jobs[2];
    assert!(ship.called_from.is_some());
    assert!(!ship.has_id_token());
    assert!(read.workflow.jobs[0].has_id_token());
    let deployment = &read.facts.deployments[0];
    assert_eq!(show(&deployment.function.as_ref().unwrap().value), "shop-api");
    assert_eq!(show(&deployment.image.as_ref().unwrap().value), "r:v1");
    assert_eq!(show(&deployment.region.as_ref().unwrap().value), "eu-north-1");
    let wait = &read.workflow.jobs[3].events[0];
    assert_eq!(show(&wait.command().unwrap().words[5].value), "shop-api");
    assert_eq!(read.workflow.precedes(deployment.place, Place { job: 3, event: 0 }), Some(true));
    assert_eq!(read.workflow.notes.len(), 1);
    assert!(read.workflow.notes[0].message.contains("another repository"));
}

#[test]
fn composite_actions_are_followed() {
    let read = read(&[
        (
            "w.yml",
            "on: push\njobs:\n  a:\n    runs-on: x\n    env: {STAGE: prod}\n    steps:\n      - id: s\n        name: health-check\n        uses: ./.github/actions/ship\n        with: {App: api}\n      - run: aws lambda get-function --function-name ${{ steps.s.outputs.name }} --zone $ZONE\n      - uses: ./gone\n",
        ),
        (
            ".github/actions/ship/action.yml",
            "name: ship\ninputs:\n  app: {required: true}\noutputs:\n  name: {value: '${{ steps.n.outputs.n }}'}\nruns:\n  using: composite\n  steps:\n    - id: n\n      shell: bash\n      run: |\n        echo \"n=fn-${{ inputs.app }}-$STAGE\" >> $GITHUB_OUTPUT\n        echo ZONE=a >> $GITHUB_ENV\n        ${{ github.action_path }}/go.sh \"$STAGE\"\n",
        ),
        (".github/actions/ship/go.sh", "aws lambda update-function-code --function-name=fn-$1 --image-uri x\n"),
    ]);
    let job = &read.workflow.jobs[0];
    assert_eq!(job.steps.len(), 4);
    assert_eq!(job.steps[1].within, Some(0));
    assert_eq!(show(&read.facts.deployments[0].function.as_ref().unwrap().value), "fn-prod");
    let last = job.events.iter().filter_map(Event::command).next_back().unwrap();
    assert_eq!(show(&last.words[4].value), "fn-api-prod");
    assert_eq!(show(&last.words[6].value), "a");
    assert!(read.steps().contains(&"health-check"));
    assert!(read.workflow.notes.iter().any(|note| note.message.contains("./gone")));
}

#[test]
fn circles_end() {
    let read = read(&[(
        ".github/workflows/w.yml",
        "on: workflow_call\njobs:\n  a: {uses: ./.github/workflows/w.yml}\n  b: {runs-on: x, needs: c, steps: []}\n  c: {runs-on: x, needs: b, steps: []}\n",
    )]);
    let messages: Vec<_> = read.workflow.notes.iter().map(|note| note.message.as_str()).collect();
    assert!(messages.iter().any(|message| message.contains("circle or too deep")));
    assert!(messages.iter().any(|message| message.contains("need each other")));
}

#[test]
fn static_credentials_are_found_wherever_they_are() {
    let read = read(&[(
        "w.yml",
        "on: push\nenv: {AWS_ACCESS_KEY_ID: AKIAXXXX}\njobs:\n  a:\n    runs-on: x\n    env: {AWS_SECRET_ACCESS_KEY: '${{ secrets.KEY }}'}\n    steps:\n      - uses: aws-actions/configure-aws-credentials@v4\n        with: {aws-access-key-id: '${{ secrets.ID }}', aws-region: x}\n      - id: c\n        run: |\n          export AWS_SECRET_ACCESS_KEY=\"$KEY\"\n          aws configure set aws_access_key_id ${{ secrets.ID }}\n          echo AWS_ACCESS_KEY_ID=$(vault read x) >> $GITHUB_ENV\n      - run: x\n        env: {AWS_ACCESS_KEY_ID: '${{ steps.c.outputs.id }}'}\n",
    )]);
    let found: Vec<_> =
        read.facts.static_credentials.iter().map(|one| format!("{}={}", one.name, show(&one.value))).collect();
    assert_eq!(
        found,
        [
            "AWS_ACCESS_KEY_ID=AKIAXXXX",
            "AWS_SECRET_ACCESS_KEY=${secrets.KEY}",
            "AWS_SECRET_ACCESS_KEY=${env.KEY}",
            "aws-access-key-id=${secrets.ID}",
            "AWS_ACCESS_KEY_ID=${secrets.ID}",
        ]
    );
    assert!(!read.facts.credentials[0].is_oidc());
}

/// The kinds found in one script.
fn kinds(script: &str) -> Vec<&'static str> {
    let indented = script.replace('\n', "\n          ");
    let text = format!(
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-latest\n    steps:\n      - run: |\n          {indented}\n"
    );
    read(&[("w.yml", &text)]).steps()
}

#[test]
fn the_table_of_steps() {
    assert_eq!(kinds("git -C x diff --name-only"), ["detect-changes"]);
    assert_eq!(kinds("gh api repos/o/r/pulls/1/files"), ["detect-changes"]);
    assert_eq!(
        kinds("docker buildx imagetools inspect x:y\ndocker manifest inspect z"),
        ["verify-image", "verify-image"]
    );
    assert_eq!(kinds("if ! aws ecr describe-images --repository-name r; then exit 1; fi"), ["verify-image"]);
    assert_eq!(
        kinds("docker build . -t x\nskopeo copy a b\naws lambda get-function --function-name f"),
        Vec::<&str>::new()
    );
    assert_eq!(kinds("aws --region x lambda invoke --function-name f out.json"), ["health-check"]);
    assert_eq!(kinds("docker run --rm img python -c 'import app'"), ["health-check"]);
    assert_eq!(kinds("curl -f \"$URL/health\"\nwget -qO- https://x.example/health"), ["health-check", "health-check"]);
    assert_eq!(
        kinds(
            "curl -fsSL https://x.example/i | bash\ncurl -sSLo t.tgz https://x.example/t\ncurl -X POST $SLACK_WEBHOOK"
        ),
        Vec::<&str>::new()
    );
    assert_eq!(
        kinds(
            "for i in 1 2 3; do\n  S=$(aws lambda get-function-configuration --function-name f --query State)\n  [ \"$S\" = Active ] && break\ndone"
        ),
        ["wait-active"]
    );
    assert_eq!(kinds("aws lambda wait function-exists --function-name f"), Vec::<&str>::new());
}

#[test]
fn terraform_variables_and_images() {
    let read = read(&[(
        "w.yml",
        "on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - run: |\n          terraform -chdir=i plan -var=\"cfg.a.timeout=600\" -var 'b=2' -out p\n          terraform fmt -var x\n          docker tag api:1 \"$ECR/api:1\"\n          docker push \"$ECR/api:1\"\n          docker build -t x/y:z .\n      - uses: docker/build-push-action@v6\n        with:\n          tags: |\n            a/b:c\n            a/b:d\n",
    )]);
    let variables: Vec<_> = read
        .facts
        .terraform_variables
        .iter()
        .map(|one| format!("{} {}={} {}", one.command, one.name, one.value, one.dotted))
        .collect();
    assert_eq!(variables, ["plan cfg.a.timeout=600 true", "plan b=2 false"]);
    assert_eq!(read.slice(read.facts.terraform_variables[0].span), "-var=\"cfg.a.timeout=600\"");
    let images: Vec<_> = read.facts.images.iter().map(|one| format!("{}: {}", one.by, show(&one.value))).collect();
    assert_eq!(
        images,
        [
            "docker tag: api:1",
            "docker tag: ${env.ECR}/api:1",
            "docker push: ${env.ECR}/api:1",
            "docker build: x/y:z",
            "docker/build-push-action: a/b:c",
            "docker/build-push-action: a/b:d",
        ]
    );
    let (repository, tag) = split_image(&read.facts.images[1].value.known[0].text);
    assert_eq!((repository.to_string(), tag.unwrap().to_string()), ("${env.ECR}/api".into(), "1".into()));
    assert_eq!(function_name(&Text::known("arn:aws:lambda:eu-west-1:1:function:f:live")).as_known(), Some("f"));
}

#[test]
fn other_shells_are_noted_and_not_read() {
    let read = read(&[(
        "w.yml",
        "on: push\ndefaults: {run: {shell: pwsh}}\njobs:\n  a:\n    runs-on: x\n    steps: [{run: aws lambda invoke}, {run: git diff, shell: bash}]\n  b:\n    runs-on: windows-latest\n    defaults: {run: {shell: bash}}\n    steps: [{run: git diff}]\n",
    )]);
    assert_eq!(read.steps(), ["detect-changes", "detect-changes"]);
    assert_eq!(read.workflow.notes.len(), 1);
}

#[test]
fn what_is_no_workflow_is_a_problem() {
    let provider: MemoryProvider =
        [("w.yml", "on: [push\n"), ("e.yml", ""), ("l.yml", "- a\n"), ("j.yml", "on: push\njobs: {a: 1}\n")]
            .into_iter()
            .collect();
    let reader = Reader::new(&provider, Sources::new());
    for (path, expected) in [("w.yml", 1), ("e.yml", 1), ("l.yml", 1), ("j.yml", 1)] {
        let workflow = read_all(&reader, &[path.to_owned()]).remove(0);
        assert_eq!(workflow.problems.len(), expected, "{path}");
    }
    let gone = read_all(&reader, &["gone.yml".to_owned()]).remove(0);
    assert_eq!(gone.problems[0].message, "the file cannot be read: no such file");
    assert_eq!(unseen(&gone).len(), 1);
}

#[test]
fn what_may_hide_a_step_is_told_from_what_cannot() {
    let seen = |step: &str| {
        let text = format!("on: push\njobs:\n  a:\n    runs-on: x\n    steps:\n      - {step}\n");
        unseen(&read(&[("w.yml", &text)]).workflow).is_empty()
    };
    let plain = [
        "uses: actions/checkout@v4",
        "uses: snok/install-poetry@v1",
        "uses: 8398a7/action-slack@v3",
        "run: pip install -r requirements.txt",
        "run: python3 -m pytest",
        "run: npm ci",
        "run: uv run ruff check .",
        "run: echo make deploy",
        "run: source .venv/bin/activate",
        "run: \"curl -s x | python3 -c 'import json, sys'\"",
    ];
    assert_eq!(plain.iter().filter(|step| !seen(step)).collect::<Vec<_>>(), Vec::<&&str>::new());
    let hiding = [
        "uses: actions/github-script@v7",
        "uses: octo-org/deploy@v1",
        "uses: docker://alpine:3",
        "run: make deploy",
        "run: python scripts/deploy.py",
        "run: npm run deploy",
        "run: npx sst deploy",
        "run: ./deploy.sh",
        "run: eval \"$X\"",
        "run: python3 -c 'import boto3'",
    ];
    assert_eq!(hiding.iter().filter(|step| seen(step)).collect::<Vec<_>>(), Vec::<&&str>::new());
}

proptest::proptest! {
    #[test]
    fn any_workflow_is_read_without_panic(text in "(on: |jobs:|\n  |\n    |\n      |- |run: |uses: |./w.yml|needs: |a|b|steps:|\\$\\{\\{ |\\}\\}|inputs\\.|matrix:|if: |env: |\\{|\\}|\\[|\\]|: |\\||\"){0,40}") {
        let provider: MemoryProvider = [("w.yml", text.as_str())].into_iter().collect();
        let reader = Reader::new(&provider, Sources::new());
        for workflow in read_all(&reader, &["w.yml".to_owned()]) {
            let facts = deploy_facts(&workflow);
            assert!(facts.steps.len() <= 1_000);
        }
    }
}
