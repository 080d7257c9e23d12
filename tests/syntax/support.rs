//! What the tests share: reading a text, and walking everything that was read.

use trysquare::source::{Sources, Span};
use trysquare::syntax::SyntaxProblem;
use trysquare::syntax::hcl::ast::{
    Attribute, Block, Body, Expr, ExprKind, ForExpr, Literal, Step, StepKind, TemplatePart,
};
use trysquare::syntax::hcl::parse_body;

/// A text, and what was read of it.
pub struct Parsed {
    pub sources: Sources,
    pub body: Body,
    pub problems: Vec<SyntaxProblem>,
}

pub fn parse(text: &str) -> Parsed {
    let mut sources = Sources::new();
    let file = sources.add("main.tf", text);
    let (body, problems) = parse_body(file, text);
    Parsed { sources, body, problems }
}

impl Parsed {
    /// The text of a span.
    pub fn text(&self, span: Span) -> &str {
        self.sources.slice(span)
    }

    /// Problems as `line:column-column message (help)`.
    pub fn told(&self) -> String {
        tell(&self.sources, &self.problems)
    }

    /// Names of attributes and types and labels of blocks, nested ones in braces.
    pub fn outline(&self) -> String {
        outline(&self.body)
    }
}

pub fn tell(sources: &Sources, problems: &[SyntaxProblem]) -> String {
    let lines = problems.iter().map(|problem| {
        let start = sources.line_column(problem.span.file, problem.span.start);
        let end = sources.line_column(problem.span.file, problem.span.end);
        let help = problem.help.as_ref().map(|help| format!(" ({help})")).unwrap_or_default();
        let to = match (end.line == start.line, end.column == start.column) {
            (true, true) => String::new(),
            (true, false) => format!("-{}", end.column),
            _ => format!("-{}:{}", end.line, end.column),
        };
        format!("{}:{}{to} {}{help}", start.line, start.column, problem.message)
    });
    lines.collect::<Vec<_>>().join("\n")
}

pub fn outline(body: &Body) -> String {
    let attributes = body.attributes.iter().map(|attribute| {
        let bad = if matches!(attribute.value.kind, ExprKind::Invalid) { "?" } else { "" };
        (attribute.span.start, format!("{}{bad}", attribute.name.value))
    });
    let blocks = body.blocks.iter().map(|block| {
        let labels: String = block.labels.iter().map(|label| format!(" {}", label.value)).collect();
        (block.span.start, format!("{}{labels} {{{}}}", block.kind.value, outline(&block.body)))
    });
    let mut items: Vec<_> = attributes.chain(blocks).collect();
    items.sort();
    items.into_iter().map(|(_, item)| item).collect::<Vec<_>>().join(", ")
}

/// Something with a span, while walking a tree.
pub enum Node<'a> {
    Attribute(&'a Attribute),
    Block(&'a Block),
    Expr(&'a Expr),
    Literal(&'a Literal),
    Other(Span),
}

impl Node<'_> {
    pub fn span(&self) -> Span {
        match self {
            Self::Attribute(attribute) => attribute.span,
            Self::Block(block) => block.span,
            Self::Expr(expr) => expr.span,
            Self::Literal(literal) => literal.span,
            Self::Other(span) => *span,
        }
    }
}

/// Calls `visit` with each node and the span of its parent, parents first.
pub fn walk<'a>(body: &'a Body, visit: &mut dyn FnMut(&Node<'a>, Span)) {
    for attribute in &body.attributes {
        visit(&Node::Attribute(attribute), body.span);
        visit(&Node::Other(attribute.name.span), attribute.span);
        walk_expr(&attribute.value, attribute.span, visit);
    }
    for block in &body.blocks {
        visit(&Node::Block(block), body.span);
        visit(&Node::Other(block.header), block.span);
        visit(&Node::Other(block.kind.span), block.header);
        for label in &block.labels {
            visit(&Node::Other(label.span), block.header);
        }
        visit(&Node::Other(block.body.span), block.span);
        walk(&block.body, visit);
    }
}

pub fn walk_expr<'a>(expr: &'a Expr, parent: Span, visit: &mut dyn FnMut(&Node<'a>, Span)) {
    visit(&Node::Expr(expr), parent);
    let inside = expr.span;
    match &expr.kind {
        ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Number(_)
        | ExprKind::HugeNumber
        | ExprKind::Text(_)
        | ExprKind::Variable(_)
        | ExprKind::Invalid => {}
        ExprKind::Template(parts) => walk_parts(parts, inside, visit),
        ExprKind::Tuple(items) => items.iter().for_each(|item| walk_expr(item, inside, visit)),
        ExprKind::Object(items) => {
            for item in items {
                walk_expr(&item.key, inside, visit);
                walk_expr(&item.value, inside, visit);
            }
        }
        ExprKind::Access { base, steps } => {
            walk_expr(base, inside, visit);
            walk_steps(steps, inside, visit);
        }
        ExprKind::Call { name, arguments, .. } => {
            visit(&Node::Other(name.span), inside);
            arguments.iter().for_each(|argument| walk_expr(argument, inside, visit));
        }
        ExprKind::For(expr) => {
            let ForExpr { key_name, value_name, collection, key, value, condition, .. } = expr.as_ref();
            for name in key_name.iter().chain([value_name]) {
                visit(&Node::Other(name.span), inside);
            }
            for part in [Some(collection), key.as_ref(), Some(value), condition.as_ref()].into_iter().flatten() {
                walk_expr(part, inside, visit);
            }
        }
        ExprKind::Conditional(parts) => parts.iter().for_each(|part| walk_expr(part, inside, visit)),
        ExprKind::Unary(_, operand) | ExprKind::Parens(operand) => walk_expr(operand, inside, visit),
        ExprKind::Binary(..) => {
            // Long chains lean left.
            let mut left = expr;
            let mut parent = parent;
            while let ExprKind::Binary(_, operands) = &left.kind {
                if !std::ptr::eq(left, expr) {
                    visit(&Node::Expr(left), parent);
                }
                walk_expr(&operands[1], left.span, visit);
                parent = left.span;
                left = &operands[0];
            }
            walk_expr(left, parent, visit);
        }
    }
}

fn walk_steps<'a>(steps: &'a [Step], parent: Span, visit: &mut dyn FnMut(&Node<'a>, Span)) {
    for step in steps {
        visit(&Node::Other(step.span), parent);
        match &step.kind {
            StepKind::Attribute(_) => {}
            StepKind::Index(key) => walk_expr(key, step.span, visit),
            StepKind::AttributeSplat(inner) | StepKind::FullSplat(inner) => walk_steps(inner, step.span, visit),
        }
    }
}

fn walk_parts<'a>(parts: &'a [TemplatePart], parent: Span, visit: &mut dyn FnMut(&Node<'a>, Span)) {
    for part in parts {
        match part {
            TemplatePart::Literal(literal) => visit(&Node::Literal(literal), parent),
            TemplatePart::Interpolation(expr) => walk_expr(expr, parent, visit),
            TemplatePart::If { condition, then, otherwise, span } => {
                visit(&Node::Other(*span), parent);
                walk_expr(condition, *span, visit);
                walk_parts(then, *span, visit);
                walk_parts(otherwise, *span, visit);
            }
            TemplatePart::For { key_name, value_name, collection, body, span } => {
                visit(&Node::Other(*span), parent);
                for name in key_name.iter().chain([value_name]) {
                    visit(&Node::Other(name.span), *span);
                }
                walk_expr(collection, *span, visit);
                walk_parts(body, *span, visit);
            }
        }
    }
}

/// A tree without its spans, for comparing one with another. Neighbouring literals of a template count as one.
pub fn shape(body: &Body) -> String {
    let mut out = String::new();
    for attribute in &body.attributes {
        out += &format!("{} = {}\n", attribute.name.value, shape_expr(&attribute.value));
    }
    for block in &body.blocks {
        let labels: String = block.labels.iter().map(|label| format!(" {:?}", label.value)).collect();
        out += &format!("{}{labels} {{\n{}}}\n", block.kind.value, shape(&block.body));
    }
    out
}

pub fn shape_expr(expr: &Expr) -> String {
    let list = |items: &[Expr]| items.iter().map(shape_expr).collect::<Vec<_>>().join(", ");
    match &expr.kind {
        ExprKind::Null => "null".to_owned(),
        ExprKind::Bool(truth) => truth.to_string(),
        ExprKind::Number(number) => number.to_string(),
        ExprKind::Text(text) => format!("{text:?}"),
        ExprKind::Template(parts) => format!("template({})", shape_parts(parts)),
        ExprKind::Tuple(items) => format!("[{}]", list(items)),
        ExprKind::Object(items) => {
            let items = items.iter().map(|item| {
                // A bare name is its own text as a key.
                let key = item.bare_key().map_or_else(|| shape_expr(&item.key), |name| format!("{name:?}"));
                format!("{key} = {}", shape_expr(&item.value))
            });
            format!("{{ {} }}", items.collect::<Vec<_>>().join(", "))
        }
        ExprKind::Variable(name) => name.to_string(),
        ExprKind::Access { base, steps } => format!("{}{}", shape_expr(base), shape_steps(steps)),
        ExprKind::Call { name, arguments, expand } => {
            format!("{}({}{})", name.value, list(arguments), if *expand { "..." } else { "" })
        }
        ExprKind::For(expr) => {
            let ForExpr { key_name, value_name, collection, key, value, group, condition } = expr.as_ref();
            format!(
                "for({}{} in {} : {}{}{}{})",
                key_name.as_ref().map(|name| format!("{}, ", name.value)).unwrap_or_default(),
                value_name.value,
                shape_expr(collection),
                key.as_ref().map(|key| format!("{} => ", shape_expr(key))).unwrap_or_default(),
                shape_expr(value),
                if *group { "..." } else { "" },
                condition.as_ref().map(|condition| format!(" if {}", shape_expr(condition))).unwrap_or_default(),
            )
        }
        ExprKind::Conditional(parts) => {
            let [condition, then, otherwise] = parts.as_ref();
            format!("({} ? {} : {})", shape_expr(condition), shape_expr(then), shape_expr(otherwise))
        }
        ExprKind::Unary(operator, operand) => format!("{operator:?}({})", shape_expr(operand)),
        ExprKind::Binary(operator, operands) => {
            let [left, right] = operands.as_ref();
            format!("({} {} {})", shape_expr(left), operator.symbol(), shape_expr(right))
        }
        ExprKind::Parens(inner) => format!("({})", shape_expr(inner)),
        ExprKind::HugeNumber => "huge".to_owned(),
        ExprKind::Invalid => "invalid".to_owned(),
    }
}

fn shape_steps(steps: &[Step]) -> String {
    let steps = steps.iter().map(|step| match &step.kind {
        StepKind::Attribute(name) => format!(".{name}"),
        StepKind::Index(key) => format!("[{}]", shape_expr(key)),
        StepKind::AttributeSplat(inner) => format!(".*({})", shape_steps(inner)),
        StepKind::FullSplat(inner) => format!("[*]({})", shape_steps(inner)),
    });
    steps.collect()
}

fn shape_parts(parts: &[TemplatePart]) -> String {
    let mut shapes: Vec<String> = Vec::new();
    let mut text = String::new();
    for part in parts {
        if let TemplatePart::Literal(literal) = part {
            text += &literal.text;
            continue;
        }
        if !text.is_empty() {
            shapes.push(format!("{:?}", std::mem::take(&mut text)));
        }
        shapes.push(match part {
            TemplatePart::Literal(_) => continue,
            TemplatePart::Interpolation(expr) => shape_expr(expr),
            TemplatePart::If { condition, then, otherwise, .. } => {
                format!("if({}, {}, {})", shape_expr(condition), shape_parts(then), shape_parts(otherwise))
            }
            TemplatePart::For { key_name, value_name, collection, body, .. } => format!(
                "for({}{} in {}, {})",
                key_name.as_ref().map(|name| format!("{}, ", name.value)).unwrap_or_default(),
                value_name.value,
                shape_expr(collection),
                shape_parts(body),
            ),
        });
    }
    if !text.is_empty() {
        shapes.push(format!("{text:?}"));
    }
    shapes.join(" + ")
}
