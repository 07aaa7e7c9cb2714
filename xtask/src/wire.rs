//! The TypeScript of what the server's viewer answers: types, and readers that check them, from the JSON Schema of the
//! Rust types.
//!
//! A struct becomes an interface and a function that reads it; an enumeration of words becomes a list and a union; a tagged
//! enumeration becomes a union of objects. Readers are built on `web/src/wire/reader.ts`, so every fault names its place.
//! A list or a table that is left out is empty, an optional value is null, and a value with a default has it; all else must
//! be there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

/// Fields that pages read by name, as a table of numbers: what is there is what is shown.
const TABLES: &[(&str, &str)] = &[("Certificate", "limits"), ("SafetyReport", "limits")];

/// What a page can do without: null where the server says nothing, has no figure or an infinite one. `[]`: the entries of a list.
const MAY_BE_NULL: &[(&str, &str)] = &[
    ("Certificate", "draft"),
    ("Certificate", "ground_separation_per_second_m[]"),
    ("Certificate", "separation_per_second_m[]"),
    ("FailureFigures", "gnss_reaction_s"),
    ("RuleReport", "limit"),
    ("SafetyArea", "least_distance_m"),
    ("SafetyArea", "t_ms"),
    ("SafetyArea", "vehicle"),
    ("SafetyFootprint", "reach_m"),
    ("SafetyPair", "limit_m"),
    ("SafetyReport", "footprint"),
    ("Witness", "bound"),
];

/// Lists of numbers in which null stands for 0.
const NULL_IS_ZERO: &[(&str, &str)] = &[("SafetyFootprint", "vehicle_seconds")];

/// Fields that no page reads.
const UNREAD: &[(&str, &str)] = &[
    ("Certificate", "options"),
    ("Certificate", "statistics"),
    ("Environment", "fence_limits"),
    ("FailureFigures", "water"),
    ("ReturnEntryReport", "rule"),
    ("ReturnEntryReport", "worst"),
    ("VehicleProfile", "drag_area_m2"),
    ("VehicleProfile", "max_airspeed_m_s"),
    ("WindReserve", "airspeed_at_max_tilt_m_s"),
    ("WindReserve", "needed_tilt_deg"),
    ("Witness", "window_ms"),
];

const WIDTH: usize = 120;

/// Files of `web/src/wire`, by path, from the output of `kapok schema viewer`.
pub fn files(schema: &Value) -> Result<Vec<(String, Vec<u8>)>> {
    let definitions = schema["$defs"].as_object().context("the schema has no $defs")?;
    let answers = schema["answers"].as_object().context("the schema has no answers")?;
    let mut emitter = Emitter { definitions, home: BTreeMap::new() };
    let mut files = Vec::new();
    for (file, answer) in answers {
        let root = reference(answer).context("an answer is a type of its own")?;
        let mut order = Vec::new();
        emitter.visit(file, root, &mut order)?;
        files.push((format!("web/src/wire/{file}.ts"), emitter.file(file, &order)?.into_bytes()));
    }
    files.push(("web/src/wire/limits.ts".into(), limits(&schema["limits"])?.into_bytes()));
    Ok(files)
}

/// The list of the limits.
fn limits(list: &Value) -> Result<String> {
    let mut text = header();
    text.push_str(
        "export interface LimitField {\n  /** Name of the field, unit included. */\n  name: string;\n  title: string;\n  \
         /** Empty for a ratio, `share` for a share of 1. */\n  unit: string;\n}\n\n/** All limits of a show, in order. */\n\
         export const LIMIT_FIELDS: readonly LimitField[] = [\n",
    );
    for field in list.as_array().context("the schema has no limits")? {
        let (name, title, unit) = (&field["name"], &field["title"], &field["unit"]);
        let _ = writeln!(text, "  {{ name: {name}, title: {title}, unit: {unit} }},");
    }
    text.push_str("];\n");
    Ok(text)
}

fn header() -> String {
    "// Written by `cargo xtask generate` from the Rust types.\n\n".into()
}

struct Emitter<'a> {
    definitions: &'a Map<String, Value>,
    /// File in which each type stands.
    home: BTreeMap<String, String>,
}

/// A value: its type in TypeScript, and the call that reads it from a reader called `r`.
struct Shape {
    kind: String,
    read: String,
    /// What may be left out, and what is read then, is dealt with by `read` already.
    total: bool,
}

impl Emitter<'_> {
    /// Assigns the type, and what it is made of, to a file; those of files before keep theirs.
    fn visit(&mut self, file: &str, name: &str, order: &mut Vec<String>) -> Result<()> {
        if self.home.contains_key(name) {
            return Ok(());
        }
        self.home.insert(name.to_owned(), file.to_owned());
        let node = self.definitions.get(name).with_context(|| format!("the schema does not define {name}"))?.clone();
        for part in parts(name, &node) {
            self.visit(file, &part, order)?;
        }
        order.push(name.to_owned());
        Ok(())
    }

    fn file(&self, file: &str, order: &[String]) -> Result<String> {
        let mut body = String::new();
        let mut used = BTreeSet::new();
        for name in order {
            let node = &self.definitions[name];
            used.extend(parts(name, node));
            body.push('\n');
            self.definition(&mut body, name, node).with_context(|| format!("type {name}"))?;
        }
        let mut imports: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for name in used.iter().filter(|name| self.home[*name] != file) {
            let list = imports.entry(&self.home[name]).or_default();
            list.push(if is_words(&self.definitions[name]) { words_of(name) } else { format!("read{name}") });
            list.push(format!("type {name}"));
        }
        let mut text = header();
        let helpers: Vec<&str> = ["type Vec2M", "type Vec3M"]
            .into_iter()
            .filter(|helper| body.contains(helper.trim_start_matches("type ")))
            .collect();
        let helpers: String = helpers.iter().fold(String::new(), |all, helper| format!("{all}, {helper}"));
        let _ = writeln!(text, "import {{ Reader{helpers} }} from \"./reader\";");
        for (from, mut list) in imports {
            list.sort_by_key(|name| name.trim_start_matches("type ").to_lowercase());
            let _ = writeln!(text, "import {{ {} }} from \"./{from}\";", list.join(", "));
        }
        Ok(text + &body)
    }

    fn definition(&self, text: &mut String, name: &str, node: &Value) -> Result<()> {
        comment(text, "", node);
        if is_words(node) {
            let words: Vec<String> = words(node).into_iter().map(|word| format!("\"{word}\"")).collect();
            let list = words_of(name);
            let line = format!("export const {list} = [{}] as const;", words.join(", "));
            if line.len() <= WIDTH {
                let _ = writeln!(text, "{line}");
            } else {
                let _ = writeln!(text, "export const {list} = [\n  {},\n] as const;", words.join(",\n  "));
            }
            let _ = writeln!(text, "export type {name} = (typeof {list})[number];");
            return Ok(());
        }
        if let Some(variants) = node["oneOf"].as_array() {
            return self.union(text, name, variants);
        }
        let fields = self.fields(name, node)?;
        let _ = writeln!(text, "export interface {name} {{");
        for (field, shape, property) in &fields {
            comment(text, "  ", property);
            let _ = writeln!(text, "  {field}: {};", shape.kind);
        }
        let _ = writeln!(text, "}}\n\nexport function read{name}(r: Reader): {name} {{\n  return {{");
        for (field, shape, _) in &fields {
            let _ = writeln!(text, "    {field}: {},", shape.read);
        }
        text.push_str("  };\n}\n");
        Ok(())
    }

    /// An enumeration with fields, told apart by its `kind`.
    fn union(&self, text: &mut String, name: &str, variants: &[Value]) -> Result<()> {
        let (mut kinds, mut types, mut cases) = (Vec::new(), String::new(), String::new());
        for variant in variants {
            let kind = variant["properties"]["kind"]["const"].as_str().context("a variant without a kind")?;
            kinds.push(format!("\"{kind}\""));
            let mut fields = self.fields(name, variant)?;
            fields.retain(|(field, ..)| field != "kind");
            let listed: String = fields.iter().fold(String::new(), |all, (f, s, _)| format!("{all}; {f}: {}", s.kind));
            let _ = write!(types, "\n  | {{ kind: \"{kind}\"{listed} }}");
            let _ = writeln!(cases, "    case \"{kind}\":\n      return {{\n        kind,");
            for (field, shape, _) in &fields {
                let _ = writeln!(cases, "        {field}: {},", shape.read);
            }
            cases.push_str("      };\n");
        }
        let _ = writeln!(text, "export type {name} ={types};\n\nexport function read{name}(r: Reader): {name} {{");
        let _ = writeln!(text, "  const kind = r.field(\"kind\").oneOf([{}]);", kinds.join(", "));
        let _ = writeln!(text, "  switch (kind) {{\n{cases}  }}\n}}");
        Ok(())
    }

    fn fields<'n>(&self, name: &str, node: &'n Value) -> Result<Vec<(String, Shape, &'n Value)>> {
        let properties = node["properties"].as_object().context("neither an object nor an enumeration")?;
        let mut fields = Vec::new();
        for (field, property) in properties {
            let key = (name, field.as_str());
            if UNREAD.contains(&key) {
                continue;
            }
            let at = format!("r.field(\"{field}\")");
            let shape = if TABLES.contains(&key) {
                Shape { kind: "Readonly<Record<string, number>>".into(), read: format!("{at}.table()"), total: true }
            } else if NULL_IS_ZERO.contains(&key) {
                let read = format!("{at}.listOrEmpty((v) => (v.absent ? 0 : v.number()))");
                Shape { kind: "number[]".into(), read, total: true }
            } else {
                let entries = format!("{field}[]");
                let shape = self.shape(property, &at, MAY_BE_NULL.contains(&(name, entries.as_str())))?;
                if MAY_BE_NULL.contains(&key) {
                    self.or_null(property, &at)?
                } else {
                    with_default(shape, property, &at)
                }
            };
            fields.push((field.clone(), shape, property));
        }
        Ok(fields)
    }

    /// The value that the expression `at` reads.
    fn shape(&self, node: &Value, at: &str, null_entries: bool) -> Result<Shape> {
        let plain =
            |kind: &str, method: &str| Shape { kind: kind.into(), read: format!("{at}.{method}"), total: false };
        if let Some(name) = reference(node) {
            if is_words(&self.definitions[name]) {
                return Ok(plain(name, &format!("oneOf({})", words_of(name))));
            }
            return Ok(Shape { kind: name.into(), read: format!("read{name}({at})"), total: false });
        }
        if let Some(list) = node["anyOf"].as_array() {
            return match list.iter().filter(|part| part["type"] != "null").collect::<Vec<_>>()[..] {
                [inner] if list.len() == 2 => self.or_null(inner, at),
                _ => bail!("a choice that is not of a value and null"),
            };
        }
        if let Some(types) = node["type"].as_array() {
            let one = types.iter().find(|t| *t != "null").context("a type that is only null")?;
            let mut inner = node.clone();
            inner["type"] = one.clone();
            return self.or_null(&inner, at);
        }
        match node["type"].as_str() {
            Some("integer") if node["minimum"] == 0 => Ok(plain("number", "count()")),
            Some("number" | "integer") => Ok(plain("number", "number()")),
            Some("string") => Ok(plain("string", "string()")),
            Some("boolean") => Ok(plain("boolean", "boolean()")),
            Some("object") => {
                let inner = self.shape(&node["additionalProperties"], "v", false)?;
                let read = format!("{at}.fieldsOrEmpty((v) => {})", inner.read);
                Ok(Shape { kind: format!("Readonly<Record<string, {}>>", inner.kind), read, total: true })
            }
            Some("array") => self.list(node, at, null_entries),
            other => bail!("type {other:?} has no form in TypeScript"),
        }
    }

    fn list(&self, node: &Value, at: &str, null_entries: bool) -> Result<Shape> {
        let (least, most) = (node["minItems"].as_u64(), node["maxItems"].as_u64());
        let items = &node["items"];
        let tuple =
            |kind: &str, method: &str| Shape { kind: kind.into(), read: format!("{at}.{method}()"), total: false };
        match (least, most, items["type"].as_str()) {
            (Some(2), Some(2), Some("number")) => return Ok(tuple("Vec2M", "vec2")),
            (Some(3), Some(3), Some("number")) => return Ok(tuple("Vec3M", "vec3")),
            (Some(2), Some(2), Some("integer")) => return Ok(tuple("[number, number]", "pair")),
            (_, Some(_), _) => bail!("a tuple of another form"),
            _ => {}
        }
        let inner = if null_entries { self.or_null(items, "v")? } else { self.shape(items, "v", false)? };
        let kind = if inner.kind.contains(' ') { format!("({})[]", inner.kind) } else { format!("{}[]", inner.kind) };
        let each = match inner.read.strip_suffix("(v)").filter(|call| !call.contains('(')) {
            Some(function) => function.to_owned(),
            None => format!("(v) => {}", inner.read),
        };
        Ok(match least {
            Some(least) => Shape { kind, read: format!("{at}.list({each}, {least})"), total: false },
            None => Shape { kind, read: format!("{at}.listOrEmpty({each})"), total: true },
        })
    }

    fn or_null(&self, node: &Value, at: &str) -> Result<Shape> {
        let inner = self.shape(node, "v", false)?;
        let each = match inner.read.strip_suffix("(v)").filter(|call| !call.contains('(')) {
            Some(function) => function.to_owned(),
            None => format!("(v) => {}", inner.read),
        };
        Ok(Shape { kind: format!("{} | null", inner.kind), read: format!("{at}.orNull({each})"), total: true })
    }
}

/// A scalar with a default may be left out.
fn with_default(shape: Shape, property: &Value, at: &str) -> Shape {
    let default = &property["default"];
    if shape.total || !(default.is_boolean() || default.is_number() || default.is_string()) {
        return shape;
    }
    Shape { read: format!("{at}.absent ? {default} : {}", shape.read), total: true, ..shape }
}

/// The type that a node refers to, by name.
fn reference(node: &Value) -> Option<&str> {
    let all = node["allOf"].as_array().and_then(|list| list.first()).map_or(&Value::Null, |first| &first["$ref"]);
    node["$ref"].as_str().or(all.as_str())?.rsplit('/').next()
}

/// The types that a type is made of, in order, each once; without those of fields that no page reads.
fn parts(name: &str, node: &Value) -> Vec<String> {
    fn collect(node: &Value, found: &mut Vec<String>) {
        match node {
            Value::Object(map) => {
                if let Some(name) = reference(node)
                    && !found.iter().any(|known| known == name)
                {
                    found.push(name.to_owned());
                }
                map.values().for_each(|value| collect(value, found));
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, found)),
            _ => {}
        }
    }
    let mut node = node.clone();
    if let Some(properties) = node["properties"].as_object_mut() {
        for (of, field) in UNREAD.iter().chain(TABLES) {
            if *of == name {
                properties.remove(*field);
            }
        }
    }
    let mut found = Vec::new();
    collect(&node, &mut found);
    found
}

/// An enumeration without fields?
fn is_words(node: &Value) -> bool {
    !words(node).is_empty()
}

fn words(node: &Value) -> Vec<&str> {
    let one = |variant: &'_ Value| variant["const"].as_str().is_some() || variant["enum"].is_array();
    match (node["enum"].as_array(), node["oneOf"].as_array()) {
        (Some(list), _) => list.iter().filter_map(Value::as_str).collect(),
        (None, Some(list)) if list.iter().all(one) => list
            .iter()
            .flat_map(|variant| match variant["const"].as_str() {
                Some(word) => vec![word],
                None => variant["enum"].as_array().into_iter().flatten().filter_map(Value::as_str).collect(),
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Name of the list of words: `LossMode` gives `LOSS_MODES`.
fn words_of(name: &str) -> String {
    let mut text = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            text.push('_');
        }
        text.extend(c.to_uppercase());
    }
    text + "S"
}

/// The description, without the brackets of links, wrapped.
fn comment(text: &mut String, indent: &str, node: &Value) {
    let Some(description) = node["description"].as_str() else { return };
    let plain = description.replace("[`", "`").replace("`]", "`").replace("`None`", "null");
    let words: Vec<&str> = plain.split("\n# ").next().unwrap_or_default().split_whitespace().collect();
    let line = format!("{indent}/** {} */", words.join(" "));
    if line.chars().count() <= WIDTH {
        let _ = writeln!(text, "{line}");
        return;
    }
    let _ = write!(text, "{indent}/**\n{indent} *");
    let mut at = indent.len() + 2;
    for word in words {
        if at + 1 + word.chars().count() > WIDTH {
            let _ = write!(text, "\n{indent} *");
            at = indent.len() + 2;
        }
        let _ = write!(text, " {word}");
        at += 1 + word.chars().count();
    }
    let _ = writeln!(text, "\n{indent} */");
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn structs_words_and_unions_have_their_readers() {
        let schema = json!({
            "answers": { "small": { "$ref": "#/$defs/Small" } },
            "limits": [{ "name": "max_wind_m_s", "title": "Wind", "unit": "m/s" }],
            "$defs": {
                "Small": {
                    "description": "What [`Small`] is.",
                    "properties": {
                        "count": { "type": "integer", "minimum": 0 },
                        "deep": { "type": "boolean", "default": false },
                        "left_m": { "type": ["number", "null"] },
                        "modes": { "type": "array", "items": { "$ref": "#/$defs/Mode" } },
                        "shape": { "anyOf": [{ "$ref": "#/$defs/Shape" }, { "type": "null" }] },
                    },
                },
                "Mode": { "oneOf": [{ "const": "stops" }, { "const": "falls" }] },
                "Shape": {
                    "oneOf": [{
                        "properties": {
                            "kind": { "type": "string", "const": "round" },
                            "centre_m": { "type": "array", "items": { "type": "number" }, "minItems": 2, "maxItems": 2 },
                        },
                    }],
                },
            },
        });
        let files = files(&schema).unwrap();
        assert_eq!(files[0].0, "web/src/wire/small.ts");
        let text = String::from_utf8(files[0].1.clone()).unwrap();
        for line in [
            "import { Reader, type Vec2M } from \"./reader\";",
            "export const MODES = [\"stops\", \"falls\"] as const;",
            "  | { kind: \"round\"; centre_m: Vec2M }",
            "        centre_m: r.field(\"centre_m\").vec2(),",
            "/** What `Small` is. */",
            "  left_m: number | null;",
            "    count: r.field(\"count\").count(),",
            "    deep: r.field(\"deep\").absent ? false : r.field(\"deep\").boolean(),",
            "    left_m: r.field(\"left_m\").orNull((v) => v.number()),",
            "    modes: r.field(\"modes\").listOrEmpty((v) => v.oneOf(MODES)),",
            "    shape: r.field(\"shape\").orNull(readShape),",
        ] {
            assert!(text.contains(line), "{line} is not in\n{text}");
        }
        assert!(
            String::from_utf8_lossy(&files[1].1)
                .contains("{ name: \"max_wind_m_s\", title: \"Wind\", unit: \"m/s\" },")
        );
    }
}
