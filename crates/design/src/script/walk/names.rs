//! Names: the nearest valid one to a wrong one, and what the schema says about a field.

use serde_json::{Map, Value};
use toml::de::DeTable;

/// The valid name that reads most like `wrong`, if any is near: by its beginning and order (Jaro–Winkler), or by the
/// pairs of letters it shares (Dice), which forgives a missing front part.
pub(in crate::script) fn nearest<'n>(wrong: &str, names: impl Iterator<Item = &'n str>) -> Option<&'n str> {
    let lower = wrong.to_lowercase();
    names
        .filter_map(|name| {
            let (order, pairs) = (strsim::jaro_winkler(name, &lower), strsim::sorensen_dice(name, &lower));
            let part = lower.len() >= 4 && name.contains(lower.as_str());
            (order >= 0.78 || pairs >= 0.6 || part).then_some((name, order.max(pairs)))
        })
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(name, _)| name)
}

/// The field of this table that a person who wrote the unknown field `wrong` probably meant. One that is already there
/// is not what was meant.
pub(super) fn meant<'n>(properties: &'n Map<String, Value>, table: &DeTable<'_>, wrong: &str) -> Option<&'n str> {
    let free = properties.keys().map(String::as_str).filter(|name| *name != "kind" && table.get(*name).is_none());
    nearest(wrong, free)
}

/// What to do about the unknown field `wrong`.
pub(super) fn suggest(
    schema: &Value,
    properties: &Map<String, Value>,
    table: &DeTable<'_>,
    wrong: &str,
) -> Option<String> {
    if let Some(home) = home(schema, wrong) {
        return Some(home);
    }
    if let Some(near) = meant(properties, table, wrong) {
        return Some(format!("did you mean `{near}`?"));
    }
    let list = properties.keys().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ");
    (!list.is_empty()).then(|| format!("the fields here are {list}"))
}

/// Where a field belongs that is known, but not here: at the top or in one of the top's tables.
fn home(schema: &Value, name: &str) -> Option<String> {
    let top = schema.get("properties")?.as_object()?;
    if top.contains_key(name) {
        return Some(format!("`{name}` belongs at the top, not inside this table"));
    }
    let has = |node: &Value| {
        let target = node.get("$ref").and_then(Value::as_str).and_then(|at| at.strip_prefix('#'));
        let node = target.and_then(|pointer| schema.pointer(pointer)).unwrap_or(node);
        node.get("properties").is_some_and(|properties| properties.get(name).is_some())
    };
    let homes: Vec<&String> = top.iter().filter(|(_, node)| has(node)).map(|(key, _)| key).collect();
    match homes.as_slice() {
        [only] => Some(format!("`{name}` belongs in [{only}]")),
        _ => None,
    }
}

/// The names of a choice between texts, if the node is one.
pub(super) fn choices(node: &Value) -> Option<Vec<&str>> {
    if let Some(names) = node.get("enum").and_then(Value::as_array) {
        return names.iter().map(Value::as_str).collect();
    }
    let variants = node.get("oneOf").and_then(Value::as_array)?;
    variants.iter().map(|variant| variant.get("const").and_then(Value::as_str)).collect()
}

/// The values of `kind` that tagged tables may have, in the order of the variants.
pub(super) fn kinds(variants: &[Value]) -> Vec<&str> {
    variants.iter().filter_map(|variant| variant.pointer("/properties/kind/const").and_then(Value::as_str)).collect()
}

/// The first sentence of a node's description.
pub(super) fn first_sentence(node: &Value) -> Option<String> {
    let text = node.get("description")?.as_str()?.split("\n\n").next()?.replace('\n', " ");
    let end = text.find(". ").unwrap_or(text.trim_end_matches('.').len());
    Some(text[..end].to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_found_and_far_ones_are_not() {
        let names = ["hold_s", "name", "transition", "min_separation_m", "centre_m"];
        let near = |wrong| nearest(wrong, names.iter().copied());
        assert_eq!(near("hold"), Some("hold_s"));
        assert_eq!(near("Hold_ms"), Some("hold_s"));
        assert_eq!(near("seperation_m"), Some("min_separation_m"));
        assert_eq!(near("separation"), Some("min_separation_m"));
        assert_eq!(near("center_m"), Some("centre_m"));
        assert_eq!(near("zebra"), None);
    }
}
