//! Walks the script along its JSON Schema and finds everything whose form is wrong: unknown and missing fields, wrong
//! types, values outside their range.

mod expect;
mod names;
pub(super) use names::nearest;
mod number;

use kapok_show::{Diagnostic, SourceText};
use serde_json::Value;
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use self::expect::{describe, expected};
use super::document::Path;
use crate::light::Colour;

/// A diagnostic and the path it is about.
pub(super) type Finding = (Path, Diagnostic);

/// Finds everything whose form is wrong.
pub(super) fn walk(schema: &Value, root: &Spanned<DeTable<'_>>, source: &SourceText<'_>) -> Vec<Finding> {
    let mut walker = Walker { schema, source, findings: Vec::new() };
    walker.table(schema, root.get_ref(), 0..0, &Path::default());
    walker.findings
}

struct Walker<'a> {
    schema: &'a Value,
    source: &'a SourceText<'a>,
    findings: Vec<Finding>,
}

type Span = std::ops::Range<usize>;

impl<'a> Walker<'a> {
    fn report(&mut self, span: Span, path: &Path, message: String, help: Option<String>) {
        let diagnostic = self.source.diagnostic(span, path.to_string(), message, help);
        self.findings.push((path.clone(), diagnostic));
    }

    /// Follows `$ref` to the definition.
    fn resolve(&self, node: &'a Value) -> &'a Value {
        let target = node.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'));
        target.and_then(|pointer| self.schema.pointer(pointer)).unwrap_or(node)
    }

    fn value(&mut self, node: &'a Value, name: &str, value: &Spanned<DeValue<'_>>, path: &Path) {
        let node = self.resolve(node);
        let span = value.span();
        if let Some(names) = names::choices(node) {
            return self.choice(&names, name, value, path);
        }
        if let Some(variants) = node.get("oneOf").and_then(Value::as_array) {
            return self.variant(variants, name, value, path);
        }
        match (node.get("type").and_then(Value::as_str), value.get_ref()) {
            (Some("object"), DeValue::Table(table)) => self.table(node, table, span, path),
            (Some("array"), DeValue::Array(array)) => self.array(node, name, array, span, path),
            (Some("string"), DeValue::String(text)) => self.text(node, name, text, span, path),
            (Some("boolean"), DeValue::Boolean(_)) => {}
            (Some("number" | "integer"), DeValue::Integer(_) | DeValue::Float(_)) => {
                if let Err((message, help)) = number::check(node, name, value.get_ref()) {
                    self.report(span, path, message, help);
                }
            }
            _ => self.mismatch(node, name, value, path),
        }
    }

    fn mismatch(&mut self, node: &'a Value, name: &str, value: &Spanned<DeValue<'_>>, path: &Path) {
        let message =
            format!("`{name}` must be {}, not {}", expected(self.schema, node, name), describe(value.get_ref()));
        let help = match (node.get("type").and_then(Value::as_str), value.get_ref()) {
            (Some("number" | "integer"), DeValue::String(text)) => Some(number::unquote(node, name, text)),
            (Some("array"), DeValue::Table(_)) => Some(format!("write it with two brackets: [[{}]]", path.header())),
            (Some("object"), DeValue::Array(_)) => Some(format!("there is only one: write [{}]", path.header())),
            (Some("string"), _) => Some("write it in quotes".into()),
            _ => names::first_sentence(node),
        };
        self.report(value.span(), path, message, help);
    }

    fn table(&mut self, node: &'a Value, table: &DeTable<'_>, span: Span, path: &Path) {
        let Some(properties) = node.get("properties").and_then(Value::as_object) else { return };
        let mut meant = Vec::new();
        for (key, value) in table {
            let name = key.get_ref().as_ref();
            if let Some(child) = properties.get(name) {
                self.value(child, name, value, &path.key(name));
            } else {
                let message = format!("unknown field `{name}`{}", within(path));
                meant.extend(names::meant(properties, table, name));
                let help = names::suggest(self.schema, properties, table, name);
                self.report(key.span(), &path.key(name), message, help);
            }
        }
        for name in node.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str) {
            // A misspelt field is not missing, too.
            if table.get(name).is_none() && !meant.contains(&name) {
                let child = properties.get(name).map_or(&Value::Null, |child| self.resolve(child));
                let place = path.to_string();
                let whole = if place.is_empty() { "the script".to_owned() } else { format!("`{place}`") };
                let message = format!("{whole} lacks `{name}`");
                let wanted = expected(self.schema, child, name);
                let described = properties.get(name).and_then(names::first_sentence);
                let help = described.map_or(wanted, |text| format!("`{name}`: {text}"));
                self.report(span.clone(), path, message, Some(help));
            }
        }
    }

    fn array(&mut self, node: &'a Value, name: &str, array: &[Spanned<DeValue<'_>>], span: Span, path: &Path) {
        let bound = |key: &str| node.get(key).and_then(Value::as_u64);
        let (least, most) = (bound("minItems").unwrap_or(0), bound("maxItems").unwrap_or(u64::MAX));
        let count = array.len() as u64;
        if count < least || count > most {
            let message = format!(
                "`{name}` must be {}, but has {count} {}",
                expected(self.schema, node, name),
                if count == 1 { "item" } else { "items" }
            );
            return self.report(span, path, message, names::first_sentence(node));
        }
        if let Some(items) = node.get("items") {
            for (index, item) in array.iter().enumerate() {
                self.value(items, name, item, &path.index(index));
            }
        }
    }

    fn text(&mut self, node: &'a Value, name: &str, text: &str, span: Span, path: &Path) {
        let bound = |key: &str| node.get(key).and_then(Value::as_u64);
        let count = text.chars().count() as u64;
        if bound("minLength").is_some_and(|least| count < least) {
            self.report(span, path, format!("`{name}` must not be empty"), names::first_sentence(node));
        } else if let Some(most) = bound("maxLength").filter(|&most| count > most) {
            self.report(span, path, format!("`{name}` has {count} characters, but may have at most {most}"), None);
        } else if node.get("format").is_some_and(|format| format == "colour")
            && let Err(bad) = text.parse::<Colour>()
        {
            let help = Colour::nearest_name(text).map(|near| format!("did you mean \"{near}\"?"));
            self.report(span, path, bad.to_string(), help);
        }
    }

    fn choice(&mut self, names: &[&str], name: &str, value: &Spanned<DeValue<'_>>, path: &Path) {
        let found = value.get_ref();
        if found.as_str().is_some_and(|text| names.contains(&text)) {
            return;
        }
        let near = found.as_str().and_then(|text| nearest(text, names.iter().copied()));
        let help = near.map(|near| format!("did you mean \"{near}\"?"));
        let list = names.iter().map(|name| format!("\"{name}\"")).collect::<Vec<_>>().join(", ");
        self.report(value.span(), path, format!("`{name}` must be one of {list}, not {}", describe(found)), help);
    }

    /// A table whose `kind` says which fields it has.
    fn variant(&mut self, variants: &'a [Value], name: &str, value: &Spanned<DeValue<'_>>, path: &Path) {
        let DeValue::Table(table) = value.get_ref() else {
            let message = format!("`{name}` must be a table with a `kind`, not {}", describe(value.get_ref()));
            let kinds = names::kinds(variants);
            let help = kinds.first().map(|first| format!("for example {{ kind = \"{first}\", … }}"));
            return self.report(value.span(), path, message, help);
        };
        let kinds = names::kinds(variants);
        match table.get("kind") {
            None => {
                let list = kinds.iter().map(|kind| format!("\"{kind}\"")).collect::<Vec<_>>().join(", ");
                self.report(value.span(), path, format!("`{path}` lacks `kind`"), Some(format!("one of {list}")));
            }
            Some(kind) => match kind.get_ref().as_str().and_then(|text| kinds.iter().position(|k| *k == text)) {
                Some(index) => self.table(&variants[index], table, value.span(), path),
                None => self.choice(&kinds, "kind", kind, &path.key("kind")),
            },
        }
    }
}

/// " in `place`", or nothing at the top.
fn within(path: &Path) -> String {
    let place = path.to_string();
    if place.is_empty() { place } else { format!(" in `{place}`") }
}
