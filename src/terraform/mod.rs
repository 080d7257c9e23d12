//! Terraform configurations, evaluated: modules, variables, locals and every resource instance.
//!
//! [`load`](Configuration::load) finds the root modules and reads them with the modules they call;
//! [`World`] then evaluates on demand, each thing once, so that what no rule asks for costs nothing.

mod blocks;
mod builtin;
mod computed;
mod conditions;
mod config;
mod cycles;
mod errors;
mod expand;
mod inputs;
mod instance;
mod overrides;
mod plan;
mod policy_document;
mod probe;
mod references;
mod resource;
mod scope;
mod trail;
mod validation;

pub(crate) use computed::rows;
pub use config::{Configuration, HclFile, Mode, Module, Problem};
pub use expand::{Expansion, InstanceKey};
pub use inputs::{Inputs, Override};
pub use instance::{Instance, World};
pub use plan::{Difference, HOW_TO_PLAN, Plan, PlanError, PlanText};
pub use resource::{Resource, ResourceInstance};
pub use validation::Validation;
