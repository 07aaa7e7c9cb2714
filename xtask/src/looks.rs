//! The TypeScript of how shows look, from the values that films are drawn by: the viewer's stage draws and frames by the same.

use std::fmt::Write;

use anyhow::{Context, Result};
use serde_json::{Map, Value};

/// Where it stands.
pub const PATH: &str = "web/src/stage/looks.ts";

/// The file, from the `looks` of `kapok schema viewer`.
pub fn file(looks: &Value) -> Result<Vec<u8>> {
    let (schema, values) = (&looks["schema"], &looks["values"]);
    let describe = |kind: &str, field: &str| -> Result<String> {
        let text = schema["$defs"][kind]["properties"][field]["description"].as_str();
        Ok(plain(text.with_context(|| format!("{kind}.{field} has no description"))?))
    };
    let mut text = String::from(
        "// Written by `cargo xtask generate` from the Rust types.\n\n/** How shows look: the numbers by which `kapok render` \
         draws and frames as well. */\n\n/** As displayed (sRGB), 0 to 1. */\nexport type Rgb = readonly [red: number, green: \
         number, blue: number];\n\n",
    );
    let moods = values["moods"].as_array().context("there are no moods")?;
    let names: Vec<String> = moods.iter().map(|look| look["mood"].to_string()).collect();
    let _ = writeln!(text, "export const MOODS = [{}] as const;", names.join(", "));
    text.push_str("export type Mood = (typeof MOODS)[number];\n\n");
    let first = object(&moods[0]["palette"])?;
    let _ = writeln!(text, "/** {} */\nexport interface Palette {{", kind_text(schema, "Palette")?);
    for (field, value) in first {
        let kind = match value {
            Value::Array(_) => "Rgb",
            Value::Bool(_) => "boolean",
            _ => "number",
        };
        let _ = writeln!(text, "  /** {} */\n  {field}: {kind};", describe("Palette", field)?);
    }
    text.push_str("}\n\nexport const PALETTES: Readonly<Record<Mood, Palette>> = {\n");
    for look in moods {
        let _ = writeln!(text, "  {}: {{", look["mood"].as_str().context("a mood has a name")?);
        for (field, value) in object(&look["palette"])? {
            let _ = writeln!(text, "    {field}: {},", written(value));
        }
        text.push_str("  },\n");
    }
    text.push_str("};\n");
    for (name, field, kind) in [("OPTICS", "optics", "Optics"), ("FRAMING", "framing", "FramingRule")] {
        let _ = writeln!(text, "\n/** {} */\nexport const {name} = {{", kind_text(schema, kind)?);
        for (field, value) in object(&values[field])? {
            let _ = writeln!(text, "  /** {} */\n  {field}: {},", describe(kind, field)?, written(value));
        }
        text.push_str("} as const;\n");
    }
    for (name, field, kind) in [("ROAD", "road", ": Rgb"), ("AUDIENCE", "audience", ": Rgb"), ("HAZE_M", "haze_m", "")]
    {
        let description = schema["properties"][field]["description"].as_str().context("a look has a description")?;
        let value = written(&values[field]);
        let _ = writeln!(text, "\n/** {} */\nexport const {name}{kind} = {value};", plain(description));
    }
    Ok(text.into_bytes())
}

fn object(value: &Value) -> Result<&Map<String, Value>> {
    value.as_object().context("a look is an object")
}

fn kind_text(schema: &Value, kind: &str) -> Result<String> {
    let text = schema["$defs"][kind]["description"].as_str();
    Ok(plain(text.with_context(|| format!("{kind} has no description"))?))
}

fn plain(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`").split_whitespace().collect::<Vec<_>>().join(" ")
}

fn written(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("[{}]", list.iter().map(written).collect::<Vec<_>>().join(", ")),
        other => {
            let text = other.to_string();
            text.strip_suffix(".0").map_or(text.clone(), str::to_owned)
        }
    }
}
