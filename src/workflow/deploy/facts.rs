//! The facts themselves.

use super::super::commands::Argument;
use super::super::linked::{EnvValue, Place};
use super::super::possible::{Alternative, Possible};
use super::super::step_kinds::Occurrence;
use super::super::text::Text;
use super::calls::ApiCall;
use crate::source::Span;

/// Everything about deployments in one workflow.
#[derive(Debug, Clone, Default)]
pub struct DeployFacts {
    /// Uses of `aws-actions/configure-aws-credentials`.
    pub credentials: Vec<Credentials>,
    /// Long-lived keys, wherever they are handed over.
    pub static_credentials: Vec<StaticCredential>,
    /// Updates of a function's code.
    pub deployments: Vec<Deployment>,
    /// The documented steps that were recognised.
    pub steps: Vec<Occurrence>,
    /// Variables on the command line of Terraform.
    pub terraform_variables: Vec<TerraformVariable>,
    /// Variables given to Terraform by the environment, as `TF_VAR_NAME`.
    pub terraform_environment: Vec<NamedValue>,
    /// Regions that are named.
    pub regions: Vec<NamedValue>,
    /// Container images that are named.
    pub images: Vec<NamedValue>,
    /// Questions to the registry by repository and tag.
    pub image_queries: Vec<ImageQuery>,
    /// Calls of AWS on a function or a repository.
    pub calls: Vec<ApiCall>,
}

impl DeployFacts {
    /// Puts in what is known from elsewhere of unknown pieces.
    pub fn fill(&mut self, known: &dyn Fn(&str) -> Option<String>) {
        let fill = |value: &mut Possible| {
            for one in &mut value.known {
                one.text = one.text.filled(known);
            }
        };
        for credentials in &mut self.credentials {
            for value in [&mut credentials.role, &mut credentials.region].into_iter().flatten() {
                fill(&mut value.value);
            }
        }
        for deployment in &mut self.deployments {
            let arguments = [&mut deployment.function, &mut deployment.image, &mut deployment.region];
            arguments.into_iter().flatten().for_each(|argument| fill(&mut argument.value));
            for (function, image) in &mut deployment.pairs {
                function.text = function.text.filled(known);
                image.text = image.text.filled(known);
            }
        }
        self.regions.iter_mut().chain(&mut self.images).for_each(|named| fill(&mut named.value));
        for query in &mut self.image_queries {
            query.repository.iter_mut().chain(&mut query.tags).for_each(|argument| fill(&mut argument.value));
        }
        self.calls.iter_mut().for_each(|call| fill(&mut call.name.value));
    }
}

/// A use of `aws-actions/configure-aws-credentials`
/// (<https://github.com/aws-actions/configure-aws-credentials#options>).
#[derive(Debug, Clone, PartialEq)]
pub struct Credentials {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// `role-to-assume`
    pub role: Option<EnvValue>,
    /// `aws-region`
    pub region: Option<EnvValue>,
    /// `aws-access-key-id`
    pub access_key_id: Option<EnvValue>,
    /// `aws-secret-access-key`
    pub secret_access_key: Option<EnvValue>,
}

impl Credentials {
    /// Whether it exchanges the job's token for credentials: a role, and no keys.
    #[must_use]
    pub fn is_oidc(&self) -> bool {
        self.role.is_some() && self.access_key_id.is_none() && self.secret_access_key.is_none()
    }
}

/// A key that does not expire by itself.
#[derive(Debug, Clone, PartialEq)]
pub struct StaticCredential {
    /// The input or variable that holds it.
    pub name: String,
    /// Where it is written.
    pub span: Span,
    /// What it can be; a secret is a text such as `${secrets.KEY}`.
    pub value: Possible,
    /// The job; `None` for the `env` of the workflow.
    pub job: Option<usize>,
}

/// One update of a function's code.
#[derive(Debug, Clone, PartialEq)]
pub struct Deployment {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// The functions it can be of.
    pub function: Option<Argument>,
    /// The images it can deploy; `None` for a zip file.
    pub image: Option<Argument>,
    /// `--region`
    pub region: Option<Argument>,
    /// Each function with the images that it can get: only what can be so at the same time.
    pub pairs: Vec<(Alternative, Alternative)>,
    /// Whether it runs whenever its step does.
    pub unconditional: bool,
}

/// A variable given to Terraform on its command line.
#[derive(Debug, Clone, PartialEq)]
pub struct TerraformVariable {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where the option is written.
    pub span: Span,
    /// `plan`, `apply` …
    pub command: String,
    /// What stands before the `=`.
    pub name: String,
    /// What stands after it.
    pub value: Text,
    /// Whether the name has a dot, which Terraform refuses
    /// (<https://developer.hashicorp.com/terraform/language/values/variables#variables-on-the-command-line>).
    pub dotted: bool,
}

/// A value that is named somewhere in a workflow.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedValue {
    /// What names it: an input, a variable, an option, a command.
    pub by: String,
    /// Where.
    pub span: Span,
    /// Everything it can be.
    pub value: Possible,
    /// The job; `None` for the `env` of the workflow.
    pub job: Option<usize>,
    /// The event that names it; `None` for an `env`.
    pub place: Option<Place>,
}

/// A question to the registry: `aws ecr describe-images --repository-name R --image-ids imageTag=T`.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageQuery {
    /// Where it is in the order of things.
    pub place: Place,
    /// Where it is written.
    pub span: Span,
    /// `--repository-name`
    pub repository: Option<Argument>,
    /// The tags that are asked for.
    pub tags: Vec<Argument>,
}
