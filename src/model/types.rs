//! The types that the model has, taken from docs/model.md, which a test holds against the model itself.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use crate::standard::{SECTIONS, Shape};
use crate::value::Type;

/// A heading of the page, such as `$.functions[*]`, with the fields below it and what it says of their types.
type Section = (&'static str, &'static [(&'static str, &'static str)]);

const PAGE: &[Section] = include!(concat!(env!("OUT_DIR"), "/model_fields.rs"));

/// The type of the model. What the page leaves open is of any type.
pub fn model() -> &'static Type {
    static MODEL: OnceLock<Type> = OnceLock::new();
    MODEL.get_or_init(|| {
        let mut types = Types::default();
        Type::object(PAGE.iter().filter_map(|(path, _)| {
            let name = path.strip_prefix("$.")?.trim_end_matches("[*]");
            Some((Arc::from(name), types.of_path(&format!("$.{name}"))))
        }))
    })
}

/// The type of the standard.
pub fn standard() -> &'static Type {
    static STANDARD: OnceLock<Type> = OnceLock::new();
    STANDARD.get_or_init(|| of_shape(&Shape::Object(SECTIONS)))
}

fn of_shape(shape: &Shape) -> Type {
    match shape {
        Shape::String | Shape::OneOf(_) => Type::String,
        Shape::Number => Type::Number,
        Shape::Bool => Type::Bool,
        Shape::Strings => Type::list(Type::String),
        Shape::Map(element) => Type::map(of_shape(element)),
        Shape::Object(attributes) => {
            Type::object(attributes.iter().map(|(name, shape, _)| (Arc::from(*name), of_shape(shape))))
        }
        Shape::Any => Type::Any,
    }
}

/// Types by their paths, each made once.
#[derive(Default)]
struct Types(HashMap<String, Type>);

impl Types {
    /// The type of what a path such as `$.functions[*]` or `$.workflows[*].jobs[*]` leads to.
    fn of_path(&mut self, path: &str) -> Type {
        if let Some(known) = self.0.get(path) {
            return known.clone();
        }
        // Nothing is made of itself; should the page say so all the same, that is of any type.
        self.0.insert(path.to_owned(), Type::Any);
        let ty = self.make(path);
        self.0.insert(path.to_owned(), ty.clone());
        ty
    }

    fn make(&mut self, path: &str) -> Type {
        if let Some(rest) = path.strip_prefix("$.standard") {
            return rest.split('.').skip(1).fold(standard().clone(), |ty, name| ty.attribute(name));
        }
        if let Some((_, fields)) = PAGE.iter().find(|(section, _)| *section == path) {
            return if fields.is_empty() { Type::Any } else { self.object(fields, "") };
        }
        if let Some(each) = PAGE.iter().find(|(section, _)| section.strip_suffix("[*]") == Some(path)) {
            return Type::list(self.of_path(each.0));
        }
        // A field of a section, such as the jobs of a workflow.
        let within = |(section, fields): &Section| Some((path.strip_prefix(section)?.strip_prefix('.')?, *fields));
        match PAGE.iter().find_map(within) {
            Some((field, fields)) => self.object(fields, &format!("{field}.")),
            None => Type::Any,
        }
    }

    /// The object whose fields are those listed directly below `prefix`.
    fn object(&mut self, fields: &'static [(&'static str, &'static str)], prefix: &str) -> Type {
        let own = fields.iter().filter_map(|(path, ty)| Some((path.strip_prefix(prefix)?, *path, *ty)));
        let own: Vec<_> = own.filter(|(name, ..)| !name.contains('.')).collect();
        Type::object(own.into_iter().map(|(name, path, ty)| (Arc::from(name), self.field(fields, path, ty))))
    }

    fn field(&mut self, fields: &'static [(&'static str, &'static str)], path: &str, ty: &str) -> Type {
        let other = |text: &str| text.strip_prefix("as `").and_then(|text| text.strip_suffix('`')).map(str::to_owned);
        if let Some(path) = other(ty) {
            return self.of_path(&path);
        }
        if let Some(path) = ty.strip_prefix("list, ").and_then(other) {
            return Type::list(self.of_path(&path));
        }
        match ty {
            "text" => Type::String,
            "number" => Type::Number,
            "truth" => Type::Bool,
            "map" => Type::map(Type::Any),
            "list of texts" => Type::list(Type::String),
            "list of numbers" => Type::list(Type::Number),
            "object" => self.object(fields, &format!("{path}.")),
            "list" => {
                let below = format!("{path}[*].");
                let any = !fields.iter().any(|(path, _)| path.starts_with(&below));
                Type::list(if any { Type::Any } else { self.object(fields, &below) })
            }
            _ => Type::Any,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{PAGE, model};

    #[test]
    fn the_page_gives_types() {
        let function = model().attribute("functions").element();
        assert_eq!(function.attribute("timeout").to_string(), "number");
        assert_eq!(function.attribute("role").attribute("name").to_string(), "string");
        assert_eq!(function.attribute("alarms").element().attribute("period").to_string(), "number");
        assert_eq!(
            function.attribute("standard").attribute("alarms").attribute("duration").attribute("ratio").to_string(),
            "number"
        );
        let workflow = model().attribute("workflows").element();
        let job = workflow.attribute("credentials").element().attribute("job");
        assert_eq!(job.attribute("commands").element().attribute("argv").to_string(), "list(string)");
        assert_eq!(model().attribute("deploy").attribute("exists").to_string(), "bool");
    }

    #[test]
    fn every_type_of_the_page_is_understood() {
        let known = ["text", "number", "truth", "map", "any", "object", "list", "list of texts", "list of numbers"];
        for (section, fields) in PAGE {
            for (field, ty) in *fields {
                assert!(known.contains(ty) || ty.contains("as `$."), "{section}.{field}: {ty}");
            }
        }
    }
}
