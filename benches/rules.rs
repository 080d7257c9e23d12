//! What rules cost: reading the pack that comes with trysquare, and checking by the number of rules and of what they
//! select. Time that grows as either does is linear.

#![allow(missing_docs, clippy::unwrap_used, clippy::disallowed_methods)]

use std::fmt::Write as _;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use trysquare::check::{Options, check, prepare};
use trysquare::source::MemoryProvider;

/// A repository with this many functions and this many rules about each of them.
fn repository(rules: usize, functions: usize) -> MemoryProvider {
    let mut main = String::new();
    for n in 0..functions {
        let _ = writeln!(
            main,
            "resource \"aws_lambda_function\" \"f{n}\" {{\n  function_name = \"f{n}\"\n  timeout       = {n}\n}}"
        );
    }
    let page = |n: usize| {
        let rule = format!(
            "# r{n}\n\nOne of many.\n\n```hcl rule\nrule \"r{n}\" {{\n  parameter \"most\" {{\n    type    = number\n    \
             default = {n}\n  }}\n\n  select \"function\" {{ path = \"$.functions[?@.timeout >= {}]\" }}\n\n  let {{\n    \
             double = function.timeout * 2\n  }}\n\n  condition     = double >= 0 || function.memory_size > \
             parameter.most\n  error_message = \"${{function.function_name}} is slow\"\n  at            = \
             function.timeout\n}}\n```\n",
            n % 7
        );
        (format!("rules/r{n}.md"), rule)
    };
    let own = [("main.tf".to_owned(), main), ("trysquare.hcl".to_owned(), "packs = [\"rules\"]\n".to_owned())];
    own.into_iter().chain((0..rules).map(page)).collect()
}

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("read the embedded pack", |bencher| bencher.iter(prepare));

    let mut group = criterion.benchmark_group("rules");
    group.sample_size(20);
    for (rules, functions) in [(10, 100), (100, 100), (1000, 100), (1000, 10), (1000, 1000)] {
        let provider = repository(rules, functions);
        let report = check(&provider, &Options::default()).report;
        assert!(report.failures.is_empty(), "{:?}", report.failures);
        group.throughput(Throughput::Elements((rules * functions) as u64));
        let id = BenchmarkId::from_parameter(format!("{rules} × {functions} functions"));
        group.bench_function(id, |bencher| bencher.iter(|| check(&provider, &Options::default())));
    }
    group.finish();
}

criterion_group!(all, benches);
criterion_main!(all);
