//! Numbers: finite, whole where they must be, inside their range, on their raster.

use serde_json::Value;
use toml::de::DeValue;

use super::expect::unit;

type Complaint = (String, Option<String>);

/// Is the number what the schema says?
pub(super) fn check(node: &Value, name: &str, value: &DeValue<'_>) -> Result<(), Complaint> {
    let whole = node.get("type").is_some_and(|t| t == "integer");
    let number = match value {
        DeValue::Integer(integer) => {
            let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
            let Ok(parsed) = parsed else {
                return Err((format!("`{name}` is too large a number"), range_text(node, name)));
            };
            parsed as f64
        }
        DeValue::Float(float) => {
            let parsed: f64 = float.as_str().parse().unwrap_or(f64::NAN);
            if !parsed.is_finite() {
                return Err((
                    format!("`{name}` must be a finite number, not {}", float.as_str()),
                    range_text(node, name),
                ));
            }
            if whole {
                let help = (parsed.fract() == 0.0 && parsed.abs() < 1e15).then(|| format!("write {parsed:.0}"));
                return Err((format!("`{name}` must be a whole number, not {}", float.as_str()), help));
            }
            parsed
        }
        _ => return Ok(()),
    };
    let bound = |key: &str| node.get(key).and_then(Value::as_f64);
    if bound("minimum").is_some_and(|least| number < least) || bound("maximum").is_some_and(|most| number > most) {
        let range = range_text(node, name).unwrap_or_default();
        return Err((format!("`{name}` is {number}, but must be {range}"), None));
    }
    if let Some(raster) = bound("multipleOf") {
        let steps = number / raster;
        if (steps - steps.round()).abs() > 1e-6 {
            let near = (steps.round() * raster * 1e6).round() / 1e6;
            let message =
                format!("`{name}` is {number}, but must be a multiple of {raster}, the tick of light programs");
            return Err((message, Some(format!("write {near}"))));
        }
    }
    Ok(())
}

fn range_text(node: &Value, name: &str) -> Option<String> {
    let bound = |key: &str| node.get(key).and_then(Value::as_f64);
    let unit = unit(name).map_or(String::new(), |unit| format!(" {unit}"));
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => Some(format!("from {least} to {most}{unit}")),
        (Some(least), None) => Some(format!("at least {least}{unit}")),
        (None, Some(most)) => Some(format!("at most {most}{unit}")),
        (None, None) => None,
    }
}

/// How to write a number that came as text.
pub(super) fn unquote(node: &Value, name: &str, text: &str) -> String {
    let text = text.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let suffix = text[digits.len()..].trim();
    let wanted = name.rsplit('_').next().unwrap_or_default();
    let number = digits.parse::<f64>().ok().filter(|n| n.is_finite());
    match number {
        Some(number) if suffix.is_empty() || suffix == wanted => format!("write it without quotes: {name} = {number}"),
        _ => match unit(name) {
            Some(unit) => format!("write the number of {unit} alone, without quotes"),
            None if node.get("type").is_some_and(|t| t == "integer") => "write a whole number without quotes".into(),
            None => "write the number alone, without quotes".into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_with_the_right_unit_is_turned_into_the_number() {
        let node = json!({"type": "number"});
        assert_eq!(unquote(&node, "hold_s", "12 s"), "write it without quotes: hold_s = 12");
        assert_eq!(unquote(&node, "hold_s", "12 m"), "write the number of seconds alone, without quotes");
    }
}
