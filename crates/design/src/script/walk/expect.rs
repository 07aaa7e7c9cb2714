//! What was expected and what was found, in words.

use serde_json::Value;
use toml::de::DeValue;

/// The unit that a field's name carries, in words.
pub(super) fn unit(name: &str) -> Option<&'static str> {
    // Longest endings first: `_m_s` also ends in `_s`.
    const UNITS: [(&str, &str); 11] = [
        ("_m_s3", "metres per second cubed"),
        ("_m_s2", "metres per second squared"),
        ("_m_s", "metres per second"),
        ("_m2", "square metres"),
        ("_deg_s", "degrees per second"),
        ("_lat_lon_deg", "degrees of latitude and longitude"),
        ("_deg", "degrees"),
        ("_kg", "kilograms"),
        ("_m", "metres"),
        ("_s", "seconds"),
        ("_ms", "milliseconds"),
    ];
    UNITS.iter().find(|(ending, _)| name.ends_with(ending)).map(|&(_, unit)| unit)
}

/// What a field must be.
pub(super) fn expected(schema: &Value, node: &Value, name: &str) -> String {
    let target = node.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'));
    let node = target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(node);
    if node.get("oneOf").is_some() {
        return "a table with a `kind`".into();
    }
    match node.get("type").and_then(Value::as_str) {
        Some("integer") => "a whole number".into(),
        Some("number") => unit(name).map_or_else(|| "a number".into(), |unit| format!("a number of {unit}")),
        Some("boolean") => "true or false".into(),
        Some("string") if node.get("format").is_some_and(|format| format == "colour") => "a colour in quotes".into(),
        Some("string") => "text".into(),
        Some("object") => "a table".into(),
        Some("array") => {
            let count =
                match (node.get("minItems").and_then(Value::as_u64), node.get("maxItems").and_then(Value::as_u64)) {
                    (Some(least), Some(most)) if least == most => format!("a list of {least} "),
                    (Some(least), Some(most)) => format!("a list of {least} to {most} "),
                    (Some(least), None) => format!("a list of at least {least} "),
                    (None, Some(most)) => format!("a list of at most {most} "),
                    (None, None) => "a list of ".into(),
                };
            let items = node.get("items").map_or(&Value::Null, |items| items);
            count + &plural(schema, items, name)
        }
        _ => "something else".into(),
    }
}

fn plural(schema: &Value, items: &Value, name: &str) -> String {
    let target = items.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'));
    let items = target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(items);
    match items.get("type").and_then(Value::as_str) {
        Some("number") => unit(name).map_or_else(|| "numbers".into(), |unit| format!("numbers, {unit}")),
        Some("string") if items.get("format").is_some() => "colours".into(),
        Some("array") => "pairs of numbers".into(),
        _ => "tables".into(),
    }
}

/// What a value is.
pub(super) fn describe(value: &DeValue<'_>) -> String {
    match value {
        DeValue::String(text) if text.chars().count() <= 40 => format!("the text \"{}\"", text.escape_debug()),
        DeValue::String(_) => "a long text".into(),
        DeValue::Integer(number) => format!("the number {number}"),
        DeValue::Float(number) => format!("the number {}", number.as_str()),
        DeValue::Boolean(value) => value.to_string(),
        DeValue::Datetime(_) => "a date".into(),
        DeValue::Array(_) => "a list".into(),
        DeValue::Table(_) => "a table".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn units_come_from_the_longest_ending() {
        assert_eq!(unit("max_velocity_xy_m_s"), Some("metres per second"));
        assert_eq!(unit("hold_s"), Some("seconds"));
        assert_eq!(unit("polygon_m"), Some("metres"));
        assert_eq!(unit("max_jerk_m_s3"), Some("metres per second cubed"));
        assert_eq!(unit("seed"), None);
    }
}
