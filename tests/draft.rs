//! Whatever a page looks like, what is drafted from it reads back and evaluates.

#![allow(clippy::unwrap_used)]

use proptest::prelude::*;
use trysquare::check::{Options, check};
use trysquare::draft::draft;
use trysquare::source::MemoryProvider;

/// Lines that mean something to a draft, among them such as would break a file that they were pasted into.
const LINES: &[&str] = &[
    "# Lambda \"functions\"",
    "## Alarms ${x}",
    "## Alarms ${x}",
    "### Execution role (`runner`)",
    "| Name | Timeout | RAM (GiB) | Log group |\n|---|---|---|---|\n| `shop-a` | 30s | 0.5 | `/shop/a` |\n| `shop-b` | 5 min | 2 | `/shop/b` |",
    "| Service \"x\" | Duration (ms) |\n|---|---|\n| a | 300 |\n| b | 1500 |",
    "| Stage | Log |\n|---|---|\n| live | yes |",
    "Functions are called `shop-<stage>-<name>`.",
    "1. **Error %{alarms}** (`errors-{app}`): Triggers on any error",
    "2. **Duration alarms** (`slow-{function}`): 83% of the timeout (`p95`)",
    "- Throttle alarms (`x-<app>-\\d`) after 3 throttled calls.",
    "- `LOG_LEVEL`: set to \"INFO\"",
    "- `APP_NAME`: application identifier",
    "JSON logs are kept for 30 days.",
    "```\n{REGISTRY}:{APP_NAME}-{TAG}\n```",
    "Terraform ignores `image_uri`. ECR scans images; a lifecycle policy cleans up.",
    "Buckets: Read/write access to buckets (raw, clean).",
    "The deployment workflow (`.github/workflows/deploy.yml`) signs in by OIDC for the repository `a/b`:",
    "1. **Verifies Images**: in ECR",
    "2. **Updates Functions**",
    "```bash\ngh workflow run deploy.yml --field app=a --field tag=b\n```",
    "No job takes longer than 20 minutes.",
    "| Output |\n|---|\n| `arn` |",
    "| Area | Actions |\n|---|---|\n| logs | `logs:PutLogEvents` |",
    "größer als 5 Fehler. \u{feff}`\u{1f6a2}-{app}` fails (alarm) more than 2 times",
    "\\`not code\\` \"quotes\" ${a} %{b} \t tab",
];

/// A path that must not end the comment that names it.
const PATH: &str = "docs/a \"page\"\n${x}.md";

fn evaluates(page: &str) -> bool {
    let mut provider = MemoryProvider::from_iter([(PATH, page)]);
    let Ok(draft) = draft(&provider, Some(PATH)) else { return false };
    provider.set("trysquare.hcl", draft.text.as_str());
    let report = check(&provider, &Options::default()).report;
    assert!(report.failures.is_empty(), "{:?}\n{page}\n{}", report.failures, draft.text);
    true
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn drafts_of_lines_in_any_order_evaluate(lines in prop::collection::vec(prop::sample::select(LINES), 1..14)) {
        evaluates(&lines.join("\n\n"));
        evaluates(&lines.join("\n"));
    }

    #[test]
    fn any_text_is_a_page(text in "\\PC{0,200}") {
        evaluates(&text);
    }
}

#[test]
fn all_of_it_together_says_much() {
    assert!(evaluates(&LINES.join("\n\n")));
}
