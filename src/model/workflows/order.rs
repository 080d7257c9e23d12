//! Whether documented steps come in the documented order.

use super::values::{truth, untold};
use crate::source::Span;
use crate::standard::Standard;
use crate::value::{Answer, Value};
use crate::workflow::{DeployFacts, Given, Occurrence, Place, StepKind, Workflow};

/// For each two documented steps of which the workflow has both, and none documented between them: whether they come
/// in that order. One entry for every update, since each has to come after what checks it.
pub(super) fn sequence(workflow: &Workflow, facts: &DeployFacts, standard: &Standard) -> Value {
    let documented = standard.section("deploy.steps");
    let of = |name: &Value| -> Vec<&Occurrence> {
        facts.steps.iter().filter(|step| name.as_str() == Some(step.kind.name())).collect()
    };
    let steps = documented.as_ref().and_then(Value::as_items).unwrap_or(&[]);
    let present: Vec<(&Value, Vec<&Occurrence>)> =
        steps.iter().map(|name| (name, of(name))).filter(|(_, found)| !found.is_empty()).collect();
    let mut entries = Vec::new();
    for two in present.windows(2) {
        let [(first, before), (second, after)] = two else {
            continue;
        };
        let pair = Pair { workflow, first, second, before };
        let each: Vec<(&Occurrence, Order)> =
            after.iter().map(|step| (*step, Order::of(workflow, before, step))).collect();
        if second.as_str() == Some(StepKind::UpdateFunction.name()) {
            // Only a check has to be made in every case: a step that finds out what to do is often left out.
            let checks = first.as_str() == Some(StepKind::VerifyImage.name());
            let strict = |order: Order| if order == Order::Perhaps && !checks { Order::Earlier } else { order };
            entries.extend(each.iter().map(|(step, order)| pair.entry(step.span, strict(*order))));
        } else if let Some((step, order)) = each.iter().max_by_key(|(_, order)| *order) {
            // Of other steps, one in the right place is enough, and it may be left out at times.
            let order = if *order == Order::Perhaps { Order::Earlier } else { *order };
            entries.push(pair.entry(step.span, order));
        }
    }
    Value::tuple(entries)
}

/// How a step stands to those that ought to come before it, the worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Order {
    /// All of them come later.
    Later,
    /// Those that come earlier do not run when it does.
    Without,
    /// Their jobs do not wait for each other.
    Beside,
    /// One comes earlier, but may be left out when the step runs.
    Perhaps,
    /// One comes earlier whenever the step runs.
    Earlier,
}

impl Order {
    fn of(workflow: &Workflow, before: &[&Occurrence], step: &Occurrence) -> Self {
        let wanted = cases(workflow, step.place);
        let each = before.iter().map(|earlier| match workflow.precedes(earlier.place, step.place) {
            Some(false) => Self::Later,
            None => Self::Beside,
            Some(true) => {
                let own = cases(workflow, earlier.place);
                let implied = |case: &Given| own.iter().any(|own| case.and(own).as_ref() == Some(case));
                let together = |case: &Given| own.iter().any(|own| case.and(own).is_some());
                if wanted.iter().all(implied) {
                    Self::Earlier
                } else if wanted.iter().any(together) {
                    Self::Perhaps
                } else {
                    Self::Without
                }
            }
        });
        each.max().unwrap_or(Self::Later)
    }
}

/// What running the command or action at a place presupposes.
fn cases(workflow: &Workflow, place: Place) -> Vec<Given> {
    let event = workflow.event(place);
    let command = event.and_then(|event| event.command()).map(|command| command.cases.clone());
    let action = event.and_then(|event| event.action()).map(|action| action.cases.clone());
    command.or(action).unwrap_or_default()
}

/// Two documented steps, and where the first is found.
struct Pair<'p> {
    workflow: &'p Workflow,
    first: &'p Value,
    second: &'p Value,
    before: &'p [&'p Occurrence],
}

impl Pair<'_> {
    fn entry(&self, place: Span, order: Order) -> Value {
        let (holds, how) = match order {
            Order::Earlier => (Answer::Yes, "after"),
            Order::Without => (Answer::No, "without"),
            Order::Later => (Answer::No, "before"),
            Order::Beside => (Answer::No, "beside"),
            Order::Perhaps => {
                (untold("the earlier step does not run in every case in which this one does", place), "after")
            }
        };
        let holds = match (holds, self.workflow.problems.first()) {
            (Answer::No, Some(problem)) => untold("a file could not be read whole", problem.span),
            (holds, _) => holds,
        };
        let earlier = self.before.first().map_or_else(Value::null, |step| self.first.clone().written_at(step.span));
        Value::record([
            ("first", self.first.clone()),
            ("second", self.second.clone()),
            ("first_step", earlier),
            ("how", Value::from(how)),
            ("holds", truth(holds)),
        ])
        .written_at(place)
    }
}
