//! The tree. Every node knows the bytes it came from.

use std::sync::Arc;

use crate::source::{Span, Spanned};
use crate::value::Number;

/// An identifier.
pub type Name = Spanned<Arc<str>>;

/// What a file or a block holds, in the order it was written.
#[derive(Debug, Clone)]
pub struct Body {
    /// `name = expression` lines.
    pub attributes: Vec<Attribute>,
    /// Nested blocks.
    pub blocks: Vec<Block>,
    /// From the opening brace to the closing one, or the whole file.
    pub span: Span,
}

impl Body {
    /// The attribute of this name. The first one, when it was (wrongly) written twice.
    #[must_use]
    pub fn attribute(&self, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| &*attribute.name.value == name)
    }

    /// The blocks of this type.
    pub fn blocks_of<'b>(&'b self, kind: &'b str) -> impl Iterator<Item = &'b Block> {
        self.blocks.iter().filter(move |block| &*block.kind.value == kind)
    }
}

/// `name = expression`.
#[derive(Debug, Clone)]
pub struct Attribute {
    /// The name.
    pub name: Name,
    /// The expression.
    pub value: Expr,
    /// Both, and the sign between them.
    pub span: Span,
}

/// `kind "label" { … }`.
#[derive(Debug, Clone)]
pub struct Block {
    /// The block's type, such as `resource`.
    pub kind: Name,
    /// The labels, without quotes.
    pub labels: Vec<Name>,
    /// What is inside.
    pub body: Body,
    /// Type and labels: what a finding about the whole block points at.
    pub header: Span,
    /// All of it.
    pub span: Span,
}

impl Block {
    /// The text of a label.
    #[must_use]
    pub fn label(&self, index: usize) -> Option<&Arc<str>> {
        self.labels.get(index).map(|label| &label.value)
    }
}

/// An expression.
#[derive(Debug)]
pub struct Expr {
    /// What kind, and its parts.
    pub kind: ExprKind,
    /// Where.
    pub span: Span,
}

/// Nesting is bounded by the reader, but `a + b + c + …` leans left as far as it is long: it is
/// copied and taken down in loops, so that no length of it exhausts the stack.
impl Clone for Expr {
    fn clone(&self) -> Self {
        let mut chain = Vec::new();
        let mut left = self;
        while let ExprKind::Binary(operator, operands) = &left.kind {
            let [first, second] = operands.as_ref();
            chain.push((*operator, second, left.span));
            left = first;
        }
        let mut copy = Self { kind: left.kind.clone(), span: left.span };
        for (operator, right, span) in chain.into_iter().rev() {
            copy = Self { kind: ExprKind::Binary(operator, Box::new([copy, right.clone()])), span };
        }
        copy
    }
}

impl Drop for Expr {
    fn drop(&mut self) {
        let mut kind = std::mem::replace(&mut self.kind, ExprKind::Null);
        while let ExprKind::Binary(_, operands) = &mut kind {
            let [first, _] = operands.as_mut();
            kind = std::mem::replace(&mut first.kind, ExprKind::Null);
        }
    }
}

/// The kinds of expression.
#[derive(Debug, Clone)]
pub enum ExprKind {
    /// `null`
    Null,
    /// `true` or `false`
    Bool(bool),
    /// A number literal.
    Number(Number),
    /// A string without interpolation, unescaped.
    Text(Arc<str>),
    /// A string or heredoc with parts, or one whose text has to be mapped back to its source.
    Template(Vec<TemplatePart>),
    /// `[a, b]`
    Tuple(Vec<Expr>),
    /// `{ a = b }`
    Object(Vec<ObjectItem>),
    /// A name on its own: the root of a traversal.
    Variable(Arc<str>),
    /// `base.name[index].*.…`: steps applied to something.
    Access {
        /// What the steps start from.
        base: Box<Expr>,
        /// One or more steps.
        steps: Vec<Step>,
    },
    /// `name(arguments)`
    Call {
        /// The function's name, with its namespace if it has one (`provider::terraform::…`).
        name: Name,
        /// The arguments.
        arguments: Vec<Expr>,
        /// Whether the last argument is followed by `...`.
        expand: bool,
    },
    /// `[for …]` or `{for …}`
    For(Box<ForExpr>),
    /// `condition ? then : otherwise`
    Conditional(Box<[Expr; 3]>),
    /// `!x` or `-x`
    Unary(UnaryOp, Box<Expr>),
    /// `a + b`
    Binary(BinaryOp, Box<[Expr; 2]>),
    /// `(x)`
    Parens(Box<Expr>),
    /// A number [beyond](Number::is_beyond) what is computed with; it evaluates to unknown.
    HugeNumber,
    /// What could not be read. Its problem has been reported; it evaluates to unknown.
    Invalid,
}

/// One `key = value` of an object.
#[derive(Debug, Clone)]
pub struct ObjectItem {
    /// The key. A bare name means its own text, which [`ObjectItem::bare_key`] tells.
    pub key: Expr,
    /// The value.
    pub value: Expr,
}

impl ObjectItem {
    /// The key's text when it is a bare name.
    #[must_use]
    pub fn bare_key(&self) -> Option<&Arc<str>> {
        match &self.key.kind {
            ExprKind::Variable(name) => Some(name),
            _ => None,
        }
    }
}

/// One step of a traversal.
#[derive(Debug, Clone)]
pub struct Step {
    /// What kind.
    pub kind: StepKind,
    /// From the dot or bracket to its end.
    pub span: Span,
}

/// The kinds of step.
#[derive(Debug, Clone)]
pub enum StepKind {
    /// `.name`
    Attribute(Arc<str>),
    /// `[key]`, or the old `.0`
    Index(Box<Expr>),
    /// `.*`, with the attribute steps that apply to each element
    AttributeSplat(Vec<Step>),
    /// `[*]`, with all the steps that follow it
    FullSplat(Vec<Step>),
}

/// `for key, value in collection : …`
#[derive(Debug, Clone)]
pub struct ForExpr {
    /// The first of two names.
    pub key_name: Option<Name>,
    /// The only name, or the second.
    pub value_name: Name,
    /// What is walked over.
    pub collection: Expr,
    /// The key of each item; present in `{for …}` only.
    pub key: Option<Expr>,
    /// The value of each item.
    pub value: Expr,
    /// Whether `...` groups values under equal keys.
    pub group: bool,
    /// The `if`.
    pub condition: Option<Expr>,
}

/// Unary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnaryOp {
    /// `!`
    Not,
    /// `-`
    Negate,
}

/// Binary operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum BinaryOp {
    Or,
    And,
    Equal,
    NotEqual,
    Greater,
    GreaterEqual,
    Less,
    LessEqual,
    Add,
    Subtract,
    Multiply,
    Divide,
    Modulo,
}

impl BinaryOp {
    /// How the operator is written.
    #[must_use]
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Or => "||",
            Self::And => "&&",
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Greater => ">",
            Self::GreaterEqual => ">=",
            Self::Less => "<",
            Self::LessEqual => "<=",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Modulo => "%",
        }
    }
}

/// A part of a string template.
#[derive(Debug, Clone)]
pub enum TemplatePart {
    /// Text, unescaped and dedented.
    Literal(Literal),
    /// `${…}`
    Interpolation(Expr),
    /// `%{ if … }…%{ else }…%{ endif }`
    If {
        /// The condition.
        condition: Expr,
        /// Parts when it holds.
        then: Vec<TemplatePart>,
        /// Parts when it does not.
        otherwise: Vec<TemplatePart>,
        /// From `%{ if` to the end of `%{ endif }`.
        span: Span,
    },
    /// `%{ for … in … }…%{ endfor }`
    For {
        /// The first of two names.
        key_name: Option<Name>,
        /// The only name, or the second.
        value_name: Name,
        /// What is walked over.
        collection: Expr,
        /// Parts for each element.
        body: Vec<TemplatePart>,
        /// From `%{ for` to the end of `%{ endfor }`.
        span: Span,
    },
}

/// Text of a template, at most one line of it where the template has several.
#[derive(Debug, Clone)]
pub struct Literal {
    /// The text that it stands for.
    pub text: Arc<str>,
    /// The bytes it was written with; of equal length, byte for byte, when `verbatim`.
    pub span: Span,
    /// Whether the text is the source itself, so that an offset in one is an offset in the other.
    pub verbatim: bool,
}
