//! Files made from the types: the JSON Schemas of show scripts and of every answer, the reference page of scripts, and the
//! TypeScript of what the viewer reads and of how shows look.

use std::fmt::Write;
use std::process::Command;

use anyhow::{Context, Result, bail};
use serde_json::{Map, Value};

use crate::run::{kapok, root};
use crate::{looks, wire};

/// Writes the generated files, or fails where one differs from what would be written. `kapok` has been built.
pub fn generate(check: bool) -> Result<()> {
    let names = String::from_utf8(printed(&["schema", "--list"])?).context("kapok schema printed no text")?;
    let mut files = Vec::new();
    for name in names.lines() {
        files.push((format!("docs/schema/{name}.schema.json"), printed(&["schema", name])?));
    }
    files.push(("docs/show-script.md".to_owned(), reference(&schema("show")?).into_bytes()));
    let viewer = schema("viewer")?;
    files.extend(wire::files(&viewer)?);
    files.push((looks::PATH.to_owned(), looks::file(&viewer["looks"])?));
    for (path, content) in files {
        let full = root().join(&path);
        if check {
            if std::fs::read(&full).unwrap_or_default() != content {
                bail!("{path} differs from the types: run `cargo xtask generate`");
            }
            continue;
        }
        std::fs::create_dir_all(full.parent().context("a generated file lies in a folder")?)?;
        std::fs::write(&full, content).with_context(|| format!("cannot write {path}"))?;
        println!("wrote {path}");
    }
    Ok(())
}

/// What kapok prints.
fn printed(arguments: &[&str]) -> Result<Vec<u8>> {
    let output = Command::new(kapok()).args(arguments).output().context("cannot run kapok")?;
    if !output.status.success() {
        bail!("kapok {} failed:\n{}", arguments.join(" "), String::from_utf8_lossy(&output.stderr));
    }
    Ok(output.stdout)
}

/// The schema of that name.
fn schema(name: &str) -> Result<Value> {
    serde_json::from_slice(&printed(&["schema", name])?).context("kapok schema printed no JSON")
}

/// The reference page: one table a type, in the order in which the types are met from the root.
fn reference(schema: &Value) -> String {
    let mut page = String::from(
        "# The show script, field by field\n\n<!-- Written by `cargo xtask generate` from the types. -->\n\n\
         Editors that know JSON Schema complete and check scripts with \
         [show.schema.json](schema/show.schema.json). `kapok new` writes it beside the script, whose first line, \
         `#:schema ./show.schema.json`, names it for editors with Taplo (Even Better TOML and others); `kapok schema` \
         prints it.\n\n",
    );
    let mut queue = vec![(String::from("The script"), schema.clone())];
    let mut known: Vec<String> = Vec::new();
    let mut next = 0;
    while let Some((title, node)) = queue.get(next).cloned() {
        next += 1;
        let _ = writeln!(page, "## {title}\n");
        if let Some(text) = node["description"].as_str() {
            let _ = writeln!(page, "{}\n", one_line(text));
        }
        for variant in variants(&node) {
            let body = resolve(schema, variant);
            let kind = body["properties"]["kind"]["const"]
                .as_str()
                .or_else(|| variant["properties"]["kind"]["const"].as_str());
            if let Some(kind) = kind {
                let _ = writeln!(page, "### `kind = \"{kind}\"`\n");
                if let Some(text) = variant["description"].as_str().or(body["description"].as_str()) {
                    let _ = writeln!(page, "{}\n", one_line(text));
                }
            }
            table(&mut page, body, &mut queue, &mut known, schema);
        }
    }
    page
}

/// The object itself, or the alternatives it is made of.
fn variants(node: &Value) -> Vec<&Value> {
    match node["oneOf"].as_array().or(node["anyOf"].as_array()) {
        Some(list) => list.iter().collect(),
        None => vec![node],
    }
}

fn table(page: &mut String, body: &Value, queue: &mut Vec<(String, Value)>, known: &mut Vec<String>, schema: &Value) {
    if let Some(name) = body["const"].as_str() {
        let text = body["description"].as_str().map(one_line).unwrap_or_default();
        let _ = writeln!(page, "- `\"{name}\"`: {text}\n");
        return;
    }
    let empty = Map::new();
    let properties = body["properties"].as_object().unwrap_or(&empty);
    let rows: Vec<_> = properties.iter().filter(|(name, p)| name.as_str() != "kind" || p["const"].is_null()).collect();
    if rows.is_empty() {
        return;
    }
    let required: Vec<&str> = body["required"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    page.push_str("| field | value | default | meaning |\n| --- | --- | --- | --- |\n");
    for (name, property) in rows {
        let value = value_text(property, queue, known, schema);
        let default = match &property["default"] {
            Value::Null if required.contains(&name.as_str()) => "**required**".to_owned(),
            Value::Null | Value::Object(_) => String::new(),
            Value::Array(list) if list.is_empty() => "none".to_owned(),
            other => format!("`{other}`"),
        };
        let text = property["description"].as_str().map(one_line).unwrap_or_default();
        let _ = writeln!(page, "| `{name}` | {value} | {default} | {text} |");
    }
    page.push('\n');
}

/// What may stand there: a type with its range, or a link to the table of the type.
fn value_text(property: &Value, queue: &mut Vec<(String, Value)>, known: &mut Vec<String>, schema: &Value) -> String {
    if let Some(reference) = property["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap_or(reference).to_owned();
        let title = spaced(&name);
        if !known.contains(&name) {
            known.push(name);
            queue.push((title.clone(), resolve(schema, property).clone()));
        }
        return format!("[{title}](#{})", title.to_lowercase().replace(' ', "-"));
    }
    if let Some(list) = property["anyOf"].as_array() {
        let parts = list.iter().filter(|p| p["type"] != "null").map(|p| value_text(p, queue, known, schema));
        return parts.collect::<Vec<_>>().join(" or ");
    }
    let kind = match &property["type"] {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|&k| k != "null").unwrap_or("any"),
        _ => "any",
    };
    match kind {
        "array" => {
            let item = value_text(&property["items"], queue, known, schema);
            match (property["minItems"].as_u64(), property["maxItems"].as_u64()) {
                (Some(low), Some(high)) if low == high => format!("list of {low}: {item}"),
                _ => format!("list of {item}"),
            }
        }
        "number" | "integer" => match (&property["minimum"], &property["maximum"]) {
            (Value::Null, Value::Null) => kind.to_owned(),
            (low, Value::Null) => format!("{kind}, from {low}"),
            (Value::Null, high) => format!("{kind}, to {high}"),
            (low, high) => format!("{kind}, {low} to {high}"),
        },
        "string" => "text".into(),
        "boolean" => "true or false".into(),
        other => other.to_owned(),
    }
}

fn resolve<'a>(schema: &'a Value, node: &'a Value) -> &'a Value {
    match node["$ref"].as_str().and_then(|r| r.strip_prefix('#')) {
        Some(pointer) => schema.pointer(pointer).unwrap_or(node),
        None => node,
    }
}

/// "KeepOutTable" → "Keep out".
fn spaced(name: &str) -> String {
    let name = name.strip_suffix("Table").or_else(|| name.strip_suffix("Name")).unwrap_or(name);
    let mut text = String::new();
    for (i, c) in name.chars().enumerate() {
        if c.is_uppercase() && i > 0 {
            text.push(' ');
            text.extend(c.to_lowercase());
        } else {
            text.push(c);
        }
    }
    text
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace('|', "\\|")
}
