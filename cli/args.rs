//! What can be said on the command line.

use std::path::PathBuf;

use clap::{ArgAction, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

const START: &str = "\
Start here:
  trysquare init               write a first trysquare.hcl from your page
  trysquare check              check the repository you are in
  trysquare explain RULE       why a rule exists, with examples";

const EXIT_STATUS: &str = "\
Exit status:
  0  nothing to report at or above --fail-on
  1  findings
  2  trysquare could not do what was asked: usage, configuration, unreadable input";

/// Holds Terraform and GitHub Actions workflows against a team's documented standards.
///
/// The standard is a page your team already keeps. A file `trysquare.hcl` at the root of the
/// repository says which tables and sentences of it to hold the code to.
#[derive(Debug, Parser)]
#[command(name = "trysquare", version, propagate_version = true, max_term_width = 100)]
#[command(after_help = format!("{START}\n\n{EXIT_STATUS}"))]
pub struct Args {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Find where code and page part.
    #[command(after_help = EXIT_STATUS)]
    Check(CheckArgs),
    /// Write a first trysquare.hcl, bound to the page that you already keep.
    ///
    /// Looks through the Markdown pages for one with a table of functions (columns such as name,
    /// timeout, memory, log group) and for sentences about alarms, environment variables, logs,
    /// images, the role and the deploy workflow. What it recognises becomes an expression that reads
    /// the page; nothing is copied. Then it checks once and says what it found.
    Init(InitArgs),
    /// Print everything rules see, as JSON.
    ///
    /// This is the Terraform and the workflows after evaluation: functions with their alarms and
    /// roles, every IAM statement, the standard. An unknown value shows why it is unknown.
    Model(ModelArgs),
    /// Ask what a value is, where it comes from and what the page says of it.
    ///
    /// Selects from what `trysquare model` prints. Each hit is shown with its place and its value;
    /// an unknown value with the reason why. Ends with status 1 when nothing is selected.
    #[command(after_help = QUERY_HELP)]
    Query(QueryArgs),
    /// List the rules: those that come with trysquare and those of the workspace.
    ///
    /// Shows of each how much a finding weighs, what of the standard it needs, and whether it runs
    /// here.
    Rules(RulesArgs),
    /// Print a rule's page: why it exists, examples, how to mend a finding.
    Explain(ExplainArgs),
    /// Print a JSON Schema.
    Schema {
        /// Of what.
        #[arg(value_enum)]
        of: SchemaOf,
    },
    /// Print a script that completes trysquare's commands and options in a shell.
    #[command(after_help = COMPLETIONS_HELP)]
    Completions {
        /// For which shell.
        #[arg(value_enum)]
        shell: Shell,
    },
    /// Print the man page.
    ///
    /// To read it: trysquare man | man -l -
    Man {
        /// The command whose page is wanted. Default: that of trysquare itself.
        #[arg(value_name = "COMMAND")]
        command: Option<String>,
    },
    /// Run the examples in rules' pages.
    ///
    /// A bad example must have exactly one finding of its rule, a good one none; what the page says
    /// that a bad one prints must be what it prints.
    Test(TestArgs),
}

/// `trysquare rules`
#[derive(Debug, clap::Args)]
pub struct RulesArgs {
    /// A path in the workspace.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The configuration. Default: the trysquare.hcl at the workspace root, if there is one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to print them.
    #[arg(long, value_enum, default_value_t = RulesFormat::Text)]
    pub format: RulesFormat,
}

/// `trysquare explain`
#[derive(Debug, clap::Args)]
pub struct ExplainArgs {
    /// The rule's id, as a finding shows it.
    #[arg(value_name = "RULE")]
    pub rule: String,
    /// The configuration. Default: the trysquare.hcl at the workspace root, if there is one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = ExplainFormat::Text)]
    pub format: ExplainFormat,
    /// When to colour the output.
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
}

/// `trysquare test`
#[derive(Debug, clap::Args)]
pub struct TestArgs {
    /// A directory of rule pages. Default: the packs of the workspace; without any, the rules that
    /// come with trysquare.
    #[arg(value_name = "DIR")]
    pub dir: Option<PathBuf>,
    /// Write what the bad examples print into the pages.
    #[arg(long)]
    pub update: bool,
    /// Show only what fails.
    #[arg(short, long)]
    pub quiet: bool,
}

/// How to print a list of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A table.
    Text,
    /// For programs.
    Json,
}

/// How to print a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExplainFormat {
    /// For people, laid out for the terminal.
    Text,
    /// The page as it is written.
    Markdown,
    /// For programs.
    Json,
}

const COMPLETIONS_HELP: &str = "Where shells look for it:
  bash        trysquare completions bash > ~/.local/share/bash-completion/completions/trysquare
  zsh         trysquare completions zsh > ~/.zfunc/_trysquare, with ~/.zfunc in $fpath
  fish        trysquare completions fish > ~/.config/fish/completions/trysquare.fish
  powershell  trysquare completions powershell >> $PROFILE
  elvish      trysquare completions elvish >> ~/.config/elvish/rc.elv";

const QUERY_HELP: &str = "Examples:
  What timeouts do we deploy, and who set them?
    trysquare query '$.functions[*].timeout' --explain
  Which functions have more than 512 MB?
    trysquare query '$.functions[?@.memory_size > 512].function_name'
  What would the alarms be if the timeout were 60 seconds?
    trysquare query '$.alarms[*].threshold' --var timeout=60";

/// Where to look, and with which values.
#[derive(Debug, Default, clap::Args)]
pub struct WorkspaceArgs {
    /// The configuration. Default: the trysquare.hcl at the workspace root, if there is one.
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Set a Terraform variable, to see what would be if. Dots reach into objects:
    /// --var lambda_config.api.timeout=600
    #[arg(long = "var", value_name = "NAME=VALUE")]
    pub variables: Vec<String>,
    /// Read Terraform variables from a file, as terraform -var-file does.
    #[arg(long = "var-file", value_name = "FILE")]
    pub var_files: Vec<PathBuf>,
    /// Take the values from a plan, as `terraform show -json PLAN` prints it: what variables and data
    /// sources are, which instances there are, and what modules make that are not here. The file
    /// may lie anywhere. With several root modules, put it into the directory of its own.
    #[arg(long, value_name = "FILE")]
    pub plan: Option<PathBuf>,
}

/// `trysquare check`
#[derive(Debug, clap::Args)]
pub struct CheckArgs {
    /// Files or directories to report on, or - for standard input. Everything is read all the same, because a value can
    /// come from anywhere; this only says whose findings are shown. The workspace root is the
    /// nearest directory that holds a trysquare.hcl, at or above the first path that has one;
    /// without one, the nearest that holds a .git, at or above the first path.
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    /// How to print what is found.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Write to a file instead of the terminal. FORMAT=FILE writes a further format beside what
    /// --format prints, and may be repeated: --output sarif=out.sarif --output markdown=summary.md
    #[arg(long, value_name = "[FORMAT=]FILE", value_parser = Target::parse)]
    pub output: Vec<Target>,
    /// Report how the code stands to each documented standard, not only where they part (json;
    /// markdown has it always).
    #[arg(long)]
    pub show_compliance: bool,
    /// What links to files start with (markdown), such as https://github.com/OWNER/REPO/blob/main.
    /// In GitHub's workflows it is known.
    #[arg(long, value_name = "URL")]
    pub link_base: Option<String>,
    /// End with status 1 when there is a finding this severe.
    #[arg(long, value_enum, default_value_t = FailOn::Warning, value_name = "SEVERITY")]
    pub fail_on: FailOn,
    /// Also list what could not be decided, and why.
    #[arg(long)]
    pub show_undetermined: bool,
    /// Report only what has to do with changed files: findings that point at one, and findings that
    /// were not there before. Changed is what differs from the last commit, untracked files included.
    #[arg(long)]
    pub changed_only: bool,
    /// Changed is what differs from where the branch left this one.
    #[arg(long, value_name = "REF", requires = "changed_only")]
    pub base: Option<String>,
    /// Which file of the workspace standard input stands for, when PATH is -.
    #[arg(long, value_name = "FILE")]
    pub stdin_filename: Option<PathBuf>,
    /// Mend what can be mended safely, where the value was set, and report what remains;
    /// --fix=document mends the page instead, so that it says what the code does.
    #[arg(long, value_enum, value_name = "WHAT", num_args = 0..=1, require_equals = true, default_missing_value = "code")]
    pub fix: Option<Fix>,
    /// Mend as well what somebody should look at afterwards.
    #[arg(long = "unsafe")]
    pub fix_unsafe: bool,
    /// Show what --fix would change, and change nothing.
    #[arg(long)]
    pub diff: bool,
    /// Report only what this list does not have; --write-baseline writes it.
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// Write all findings to a file, for --baseline, and end with status 0.
    #[arg(long, value_name = "FILE", conflicts_with_all = ["baseline", "changed_only", "fix", "fix_unsafe", "diff"])]
    pub write_baseline: Option<PathBuf>,
    /// Let comments `trysquare:ignore` and `ignore` blocks silence nothing.
    #[arg(long)]
    pub no_ignore: bool,
    /// Also list what is silenced, and by what (text, sarif, markdown; json has it always).
    #[arg(long)]
    pub show_suppressed: bool,
    /// When to colour the output.
    #[arg(long, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// Print findings only, without the summary.
    #[arg(short, long, action = ArgAction::SetTrue)]
    pub quiet: bool,
    /// Say how long each phase took, on standard error.
    #[arg(short, long, action = ArgAction::SetTrue, conflicts_with = "quiet")]
    pub verbose: bool,
}

/// `trysquare init`
#[derive(Debug, clap::Args)]
pub struct InitArgs {
    /// A path in the repository.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// The page. Default: the one that says most of functions.
    #[arg(long, value_name = "PAGE.md")]
    pub from: Option<PathBuf>,
    /// Write over a trysquare.hcl that is there.
    #[arg(long)]
    pub force: bool,
    /// Print the file, and write nothing.
    #[arg(long, conflicts_with = "force")]
    pub print: bool,
}

/// `trysquare model`
#[derive(Debug, clap::Args)]
pub struct ModelArgs {
    /// A path in the workspace.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    /// Print only this part of the model, such as functions. May be given more than once.
    #[arg(long = "section", value_name = "NAME")]
    pub sections: Vec<String>,
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
}

/// `trysquare query`
#[derive(Debug, clap::Args)]
pub struct QueryArgs {
    /// What to select from the model, such as '$.functions[*].timeout'.
    #[arg(value_name = "JSONPATH")]
    pub jsonpath: String,
    /// A path in the workspace.
    #[arg(value_name = "PATH", default_value = ".")]
    pub path: PathBuf,
    #[command(flatten)]
    pub workspace: WorkspaceArgs,
    /// Show where each value came from, as a tree, and what the page says of it.
    #[arg(long)]
    pub explain: bool,
    /// How to print what is selected.
    #[arg(long, value_enum, default_value_t = QueryFormat::Text)]
    pub format: QueryFormat,
}

/// How to print what a query selects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum QueryFormat {
    /// FILE:LINE:COLUMN: JSONPATH = VALUE (ADDRESS)
    Text,
    /// For programs: every hit with its whole way.
    Json,
}

/// How to print.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people: source and page side by side.
    Text,
    /// One line a finding: FILE:LINE:COLUMN SEVERITY: MESSAGE [RULE]
    Concise,
    /// For programs; `trysquare schema report` describes it.
    Json,
    /// For code scanning: SARIF 2.1.0.
    Sarif,
    /// Annotations in GitHub's workflows.
    Github,
    /// Test results: JUnit's XML.
    Junit,
    /// GitLab's Code Quality report.
    Gitlab,
    /// A page such as a job's summary: functions by documented standards, then the findings.
    Markdown,
}

/// A file to write.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// How; as `--format` says when it is not given.
    pub format: Option<Format>,
    /// Where; `-` is standard output.
    pub path: PathBuf,
}

impl Target {
    /// Reads `FILE` or `FORMAT=FILE`. What stands before a `=` and is no format is part of the file's name.
    fn parse(text: &str) -> Result<Self, String> {
        let format_and_path =
            text.split_once('=').and_then(|(name, path)| Some((Format::from_str(name, false).ok()?, path)));
        let (format, path) = format_and_path.map_or((None, text), |(format, path)| (Some(format), path));
        if path.is_empty() {
            return Err("the name of the file is missing".to_owned());
        }
        Ok(Self { format, path: path.into() })
    }
}

/// What to mend.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Fix {
    /// The code, to say what the page says.
    Code,
    /// The page, to say what the code does.
    Document,
}

/// From which severity on findings end with status 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
#[allow(missing_docs)]
pub enum FailOn {
    Error,
    Warning,
    Note,
    Never,
}

/// What there are schemas of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SchemaOf {
    /// What `check --format json` prints.
    Report,
    /// What `query --format json` prints.
    Query,
    /// What trysquare.hcl may hold, as JSON stands for HCL.
    Config,
    /// What a rule's block may hold, as JSON stands for HCL.
    Rule,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}
