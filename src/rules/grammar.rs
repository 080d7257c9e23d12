//! What a `rule` block may hold: one table, by which rules are read, and from which their JSON Schema and the
//! check of docs/writing-rules.md are made.

/// A kind of block.
#[derive(Debug)]
pub struct BlockKind {
    /// Its keyword.
    pub name: &'static str,
    /// What its label says; `None` when it has no label.
    pub label: Option<&'static str>,
    /// What it holds.
    pub attributes: &'static [Attribute],
    /// Whether it takes attributes of any name.
    pub open: bool,
    /// The blocks in it; each may be repeated.
    pub blocks: &'static [BlockKind],
    /// What it is for.
    pub meaning: &'static str,
}

/// An attribute of a block.
#[derive(Debug)]
pub struct Attribute {
    /// Its name.
    pub name: &'static str,
    /// What stands behind the `=`.
    pub takes: Takes,
    /// Whether the block is wrong without it.
    pub required: bool,
    /// What it is for.
    pub meaning: &'static str,
}

/// What an attribute takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Takes {
    /// A plain text.
    Text,
    /// A list of plain texts.
    Texts,
    /// `true` or `false`.
    Truth,
    /// One of these plain texts.
    OneOf(&'static [&'static str]),
    /// A type, as a Terraform variable declares it.
    Type,
    /// A value that refers to nothing.
    Constant,
    /// An expression over what is selected.
    Expression,
}

const fn required(name: &'static str, takes: Takes, meaning: &'static str) -> Attribute {
    Attribute { name, takes, required: true, meaning }
}

const fn optional(name: &'static str, takes: Takes, meaning: &'static str) -> Attribute {
    Attribute { name, takes, required: false, meaning }
}

/// A block without a label and without further blocks.
const fn plain(name: &'static str, attributes: &'static [Attribute], meaning: &'static str) -> BlockKind {
    BlockKind { name, label: None, attributes, open: false, blocks: &[], meaning }
}

/// `rule "id" { … }`
pub const RULE: BlockKind = BlockKind {
    name: "rule",
    label: Some("the rule's id, which is also the title of its page"),
    attributes: &[
        optional(
            "severity",
            Takes::OneOf(&["error", "warning", "note"]),
            "How much a finding weighs; error by default.",
        ),
        optional(
            "security_severity",
            Takes::Constant,
            "For rules about security: how grave what a finding lets happen can be, from 0.1 to 10 as in CVSS.",
        ),
        optional("since", Takes::Text, "The version of the pack that the rule came with."),
        optional(
            "override",
            Takes::Truth,
            "Whether it takes the place of the rule of this id that comes with trysquare.",
        ),
        optional("needs", Takes::Texts, "Parts of the standard without which the rule does not run."),
        optional("when", Takes::Expression, "Which of the selected the rule speaks of."),
        required("condition", Takes::Expression, "What must hold."),
        required("error_message", Takes::Expression, "What is wrong when it does not hold."),
        optional("help", Takes::Expression, "How to mend it."),
        optional("at", Takes::Expression, "The value whose place is shown; by default what is selected first."),
    ],
    open: false,
    blocks: &[
        BlockKind {
            name: "select",
            label: Some("the name that each selected thing has in the rule"),
            attributes: &[
                optional("path", Takes::Text, "A JSONPath over the model."),
                optional("from", Takes::Expression, "Instead of a path: an expression that gives a list."),
            ],
            open: false,
            blocks: &[],
            meaning: "What the rule is about; several make every combination.",
        },
        BlockKind {
            name: "let",
            label: None,
            attributes: &[],
            open: true,
            blocks: &[],
            meaning: "Names for what is said more than once, each usable in those below it.",
        },
        BlockKind {
            name: "parameter",
            label: Some("the name, used as `parameter.NAME`"),
            attributes: &[
                optional("type", Takes::Type, "Its type; any by default."),
                optional("default", Takes::Constant, "Its value where the configuration sets none."),
                optional("description", Takes::Text, "What it means, and its unit."),
            ],
            open: false,
            blocks: &[plain(
                "validation",
                &[
                    required("condition", Takes::Expression, "What must hold of the parameter."),
                    required("error_message", Takes::Expression, "What is wrong when it does not hold."),
                ],
                "What a value must be like.",
            )],
            meaning: "What a team may choose, by `parameters` in the rule's block of trysquare.hcl.",
        },
        plain(
            "label",
            &[
                required("at", Takes::Expression, "The value whose source is shown as well."),
                required("text", Takes::Expression, "What it is."),
            ],
            "A further place.",
        ),
        plain(
            "fix",
            &[
                required("replace", Takes::Expression, "The value that is replaced where it was written."),
                required("with", Takes::Expression, "What stands there instead."),
                optional("unsafe", Takes::Truth, "Whether somebody should look at it before it is applied."),
            ],
            "How to mend it by an edit.",
        ),
    ],
    meaning: "A rule.",
};
