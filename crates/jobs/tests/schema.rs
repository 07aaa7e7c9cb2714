//! A check of JSON against a JSON Schema, as far as our schemas go; other words are not looked at.

use serde_json::Value;

/// Panics unless the value is what the schema says, and says nothing beside it.
pub fn assert_described(value: &Value, schema: &Value) {
    if let Err(why) = holds(value, schema, schema, "") {
        panic!("{why}");
    }
}

fn holds(value: &Value, node: &Value, root: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = node["$ref"].as_str() {
        let target = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return holds(value, target.ok_or(format!("{at}: no {reference}"))?, root, at);
    }
    for word in ["anyOf", "oneOf"] {
        if let Some(choices) = node[word].as_array() {
            let choices: Vec<Value> = choices.iter().map(|choice| with_own_members(choice, node, root)).collect();
            let faults: Vec<_> = choices.iter().map_while(|choice| holds(value, choice, root, at).err()).collect();
            if faults.len() == choices.len() {
                return Err(format!("{at}: {value} is none of the choices: {}", faults.join("; ")));
            }
            return Ok(());
        }
    }
    let types: Vec<&str> = match &node["type"] {
        Value::String(one) => vec![one],
        Value::Array(many) => many.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    let is = |name: &str| match name {
        "null" => value.is_null(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "string" => value.is_string(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("{at}: the schema names the type {other}"),
    };
    if !types.is_empty() && !types.into_iter().any(is) {
        return Err(format!("{at}: {value} is no {}", node["type"]));
    }
    if node["const"] != Value::Null && *value != node["const"] {
        return Err(format!("{at}: {value} is not {}", node["const"]));
    }
    if node["enum"].as_array().is_some_and(|known| !known.contains(value)) {
        return Err(format!("{at}: {value} is none of {}", node["enum"]));
    }
    for (k, item) in value.as_array().into_iter().flatten().enumerate() {
        let of_item = if node["prefixItems"].is_null() { &node["items"] } else { &node["prefixItems"][k] };
        holds(item, of_item, root, &format!("{at}[{k}]"))?;
    }
    if let (Some(least), Some(list)) = (node["minItems"].as_u64(), value.as_array())
        && (list.len() as u64) < least
    {
        return Err(format!("{at}: {} items, fewer than {least}", list.len()));
    }
    if let (Some(least), Some(number)) = (node["minimum"].as_f64(), value.as_f64())
        && number < least
    {
        return Err(format!("{at}: {number} is below {least}"));
    }
    if node["additionalProperties"].is_object() {
        for (name, member) in value.as_object().into_iter().flatten() {
            if node["properties"][name].is_null() {
                holds(member, &node["additionalProperties"], root, &format!("{at}.{name}"))?;
            }
        }
    }
    if let (Some(members), Some(properties)) = (value.as_object(), node["properties"].as_object()) {
        for name in node["required"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                return Err(format!("{at}: {name} is missing"));
            }
        }
        for (name, member) in members {
            let property = properties.get(name).ok_or_else(|| format!("{at}: {name} is not described"))?;
            holds(member, property, root, &format!("{at}.{name}"))?;
        }
    }
    Ok(())
}

/// A choice of a node that has members of its own beside its choices.
fn with_own_members(choice: &Value, node: &Value, root: &Value) -> Value {
    let Some(own) = node["properties"].as_object() else { return choice.clone() };
    let target = choice["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    let mut merged = target.and_then(|pointer| root.pointer(pointer)).unwrap_or(choice).clone();
    for (name, property) in own {
        merged["properties"][name] = property.clone();
    }
    let required = node["required"].as_array().into_iter().flatten().cloned();
    if let Some(all) = merged["required"].as_array_mut() {
        all.extend(required);
    }
    merged
}
