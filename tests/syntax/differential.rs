//! Our reader of HCL held against hcl-edit: on what both read, the same expressions in the same places.

use std::collections::BTreeSet;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Attribute, Block};
use hcl_edit::template::ForTemplateExpr;
use hcl_edit::visit::{self, Visit};
use trysquare::syntax::hcl::ast::ExprKind;

use super::accepted;
use super::sample::SAMPLE;
use super::support::{Node, parse, walk};

/// What was found, and where. Numbers are left out: hcl-edit counts a sign to the number, and `.0` as none.
type Places = BTreeSet<(&'static str, usize, usize)>;

fn ours(text: &str) -> Option<Places> {
    let parsed = parse(text);
    let mut places = Places::new();
    walk(&parsed.body, &mut |node, _| {
        let (kind, span) = match node {
            Node::Attribute(attribute) => ("attribute", attribute.name.span),
            Node::Block(block) => ("block", block.kind.span),
            Node::Expr(expr) => match expr.kind {
                ExprKind::Number(_) | ExprKind::Unary(..) => return,
                ExprKind::Variable(_) => ("name", expr.span),
                _ => ("expression", expr.span),
            },
            Node::Literal(_) | Node::Other(_) => return,
        };
        places.insert((kind, span.range().start, span.range().end));
    });
    parsed.problems.is_empty().then_some(places)
}

#[derive(Default)]
struct Theirs(Places);

impl Theirs {
    fn add(&mut self, kind: &'static str, range: Option<Range<usize>>) {
        let range = range.expect("hcl-edit gives a span to what it read");
        self.0.insert((kind, range.start, range.end));
    }
}

impl Visit for Theirs {
    fn visit_attr(&mut self, attribute: &Attribute) {
        self.add("attribute", attribute.key.span());
        visit::visit_attr(self, attribute);
    }

    fn visit_block(&mut self, block: &Block) {
        self.add("block", block.ident.span());
        visit::visit_block(self, block);
    }

    fn visit_object_key(&mut self, key: &ObjectKey) {
        if let ObjectKey::Ident(name) = key {
            self.add("name", name.span());
        }
        visit::visit_object_key(self, key);
    }

    fn visit_expr(&mut self, expr: &Expression) {
        match expr {
            Expression::Number(_) | Expression::UnaryOp(_) => {}
            Expression::Variable(_) => self.add("name", expr.span()),
            _ => self.add("expression", expr.span()),
        }
        visit::visit_expr(self, expr);
    }

    fn visit_for_template_expr(&mut self, directive: &ForTemplateExpr) {
        self.visit_expr(&directive.collection_expr);
        visit::visit_for_template_expr(self, directive);
    }
}

fn theirs(text: &str) -> Option<Places> {
    let body = hcl_edit::parser::parse_body(text).ok()?;
    let mut theirs = Theirs::default();
    theirs.visit_body(&body);
    Some(theirs.0)
}

/// What one found and the other did not, as lines to show.
fn differences(text: &str) -> Vec<String> {
    let (Some(ours), Some(theirs)) = (ours(text), theirs(text)) else {
        return Vec::new();
    };
    let show = |who: &'static str| {
        move |&(kind, start, end): &(&'static str, usize, usize)| {
            format!("only {who}: {kind} {:?} at {start}", text.get(start..end))
        }
    };
    ours.difference(&theirs).map(show("ours")).chain(theirs.difference(&ours).map(show("theirs"))).collect()
}

#[test]
fn both_find_the_same_in_the_same_places() {
    // hcl-edit reads `1.e5` as a number and a name; Terraform as one number.
    let texts = accepted::all().into_iter().map(|(text, _)| text).filter(|text| !text.contains("1.e5"));
    let texts = texts.chain([SAMPLE.to_owned()]);
    let wrong: Vec<_> = texts.flat_map(|text| differences(&text)).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The same over files of one's own: `TRYSQUARE_CORPUS=DIRECTORY cargo test --test syntax corpus`.
#[test]
fn both_find_the_same_in_a_corpus() {
    let Ok(corpus) = std::env::var("TRYSQUARE_CORPUS") else {
        eprintln!("skipped: TRYSQUARE_CORPUS names no directory");
        return;
    };
    let (mut waiting, mut files, mut compared, mut wrong) = (vec![std::path::PathBuf::from(corpus)], 0, 0, Vec::new());
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            waiting.extend(std::fs::read_dir(path).unwrap().map(|entry| entry.unwrap().path()));
        } else if path.extension().is_some_and(|extension| extension == "tf")
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files += 1;
            match (ours(&text).is_some(), theirs(&text).is_some()) {
                (true, true) => compared += 1,
                (false, false) => {}
                (mine, _) => eprintln!("{}: only {} reads it", path.display(), if mine { "ours" } else { "theirs" }),
            }
            wrong.extend(differences(&text).into_iter().map(|line| format!("{}: {line}", path.display())));
        }
    }
    eprintln!("{compared} of {files} files compared");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
