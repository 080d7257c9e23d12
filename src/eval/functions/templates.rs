//! Templates that are not written where they are used: `templatefile` and `templatestring`.

use std::sync::Arc;

use super::{Call, Function, Kind, Outcome, Parameter, Refusal, hangs_on};
use crate::eval::{EvalError, Evaluated, Evaluator, Files, Found, PathStep, Scope};
use crate::source::{FileId, Span};
use crate::syntax::hcl::parse_template;
use crate::value::{Data, Origin, Piece, Type, Unknown, Value, convert};

pub(super) const FUNCTIONS: &[Function] = &[
    Function {
        name: "templatefile",
        parameters: &[Parameter::new("path", Kind::String), Parameter::new("vars", Kind::Any).keeping_marks()],
        rest: None,
        returns: Kind::Any,
        run: template_file,
    },
    Function {
        name: "templatestring",
        parameters: &[
            Parameter::new("template", Kind::Any).or_unknown(),
            Parameter::new("vars", Kind::Any).keeping_marks(),
        ],
        rest: None,
        returns: Kind::String,
        run: template_string,
    },
];

/// Inside a template there are its variables, and nothing else.
struct TemplateScope<'o> {
    outer: &'o dyn Scope,
    /// Whether functions may read files.
    files: bool,
}

impl Scope for TemplateScope<'_> {
    fn lookup(&self, root: &str, _: &[PathStep], at: Span) -> Result<Found, EvalError> {
        Err(EvalError::new(at, format!("the template's variables have no `{root}`")))
    }

    fn records_references(&self) -> bool {
        self.files && self.outer.records_references()
    }

    fn function(&self, name: &str, arguments: &[Value], at: Span) -> Option<Evaluated> {
        self.outer.function(name, arguments, at)
    }

    fn function_names(&self) -> Vec<&'static str> {
        self.outer.function_names()
    }

    fn forbids(&self, function: &str) -> Option<&'static str> {
        match function {
            "templatefile" | "templatestring" => Some("a template cannot render another one"),
            "file" | "filebase64" | "fileexists" | "fileset" | "filemd5" | "filesha1" | "filesha256" | "filesha512"
            | "filebase64sha256" | "filebase64sha512"
                if !self.files =>
            {
                Some("a template of `templatestring` cannot read files")
            }
            _ => self.outer.forbids(function),
        }
    }

    fn files(&self) -> &dyn Files {
        self.outer.files()
    }
}

fn template_file(call: &Call<'_>) -> Outcome {
    let found = call.evaluator.scope().files().text(call.text(0)).map_err(super::filesystem::refusal)?;
    render(call, found.file, &found.text, true)
}

fn template_string(call: &Call<'_>) -> Outcome {
    let template = call.argument(0);
    if let Some(unknown) = template.first_unknown() {
        return Ok(hangs_on(unknown, Type::String));
    }
    let Some(text) = template.as_str() else {
        return Err(Refusal::argument(0, format!("a string is needed, and this is {}", template.ty().friendly())));
    };
    let rendered = render(call, call.span.file, text, false)?;
    let rendered = convert(&rendered, &Type::String).map_err(|error| Refusal::call(error.0))?;
    // The template has no place of its own, so neither has what it made.
    let data = match rendered.data {
        Data::Partial(pieces) => Value::from_pieces(pieces.iter().map(|piece| placed(piece, call.span)).collect()).data,
        Data::Unknown(unknown) => Data::Unknown(Arc::new(Unknown { span: Some(call.span), ..(*unknown).clone() })),
        other => other,
    };
    Ok(Value { data, origin: Origin::NONE, sensitive: rendered.sensitive })
}

fn placed(piece: &Piece, span: Span) -> Piece {
    match piece {
        Piece::Unknown(unknown) => Piece::Unknown(Arc::new(Unknown { span: Some(span), ..(**unknown).clone() })),
        text @ Piece::Text(_) => text.clone(),
    }
}

fn render(call: &Call<'_>, file: FileId, text: &str, files: bool) -> Outcome {
    let variables = call.argument(1);
    let Some(fields) = variables.as_fields() else {
        return Err(Refusal::argument(1, format!("a map is needed, and this is {}", variables.ty().friendly())));
    };
    if let Some(name) = fields.keys().find(|name| !is_identifier(name)) {
        return Err(Refusal::argument(1, format!("{name:?} cannot be the name of a variable")));
    }
    call.spend(text.len() / 16)?;
    let (template, problems) = parse_template(file, text, 0..text.len());
    if let Some(problem) = problems.first() {
        return Err(Refusal::argument(0, format!("the template cannot be read: {}", problem.message)));
    }
    let scope = TemplateScope { outer: call.evaluator.scope(), files };
    let names = fields.iter().map(|(name, value)| (&**name, value.clone().marked(variables.sensitive)));
    let rendered = Evaluator::new(&scope, call.evaluator.budget())
        .with_names(names, |inner| inner.template_file(&template))
        .map_err(|error| Refusal {
            bound: error.bound,
            ..Refusal::call(format!("in the template: {}", error.message))
        })?;
    if rendered.is_null() {
        return Err(Refusal::call("the template gives null"));
    }
    Ok(rendered)
}

pub(super) fn is_identifier(name: &str) -> bool {
    let mut characters = name.chars();
    characters.next().is_some_and(|first| first.is_alphabetic() || first == '_')
        && characters.all(|c| c.is_alphanumeric() || c == '_' || c == '-')
}
