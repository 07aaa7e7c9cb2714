//! The published JSON Schema is the one of the code, and says what editors need.

use kapok_design::schema;
use serde_json::Value;

#[test]
fn the_published_schema_is_that_of_the_types() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/schema/show.schema.json");
    let published: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(published, schema(), "run: cargo xtask generate");
}

/// Calls `visit` for every property of every object of the schema.
fn properties(node: &Value, visit: &mut impl FnMut(&str, &Value)) {
    match node {
        Value::Object(object) => {
            if let Some(Value::Object(fields)) = object.get("properties") {
                for (name, field) in fields {
                    visit(name, field);
                }
            }
            object.values().for_each(|child| properties(child, visit));
        }
        Value::Array(items) => items.iter().for_each(|child| properties(child, visit)),
        _ => {}
    }
}

#[test]
fn every_field_is_described_and_every_number_says_its_unit_and_range() {
    // Numbers without a unit: shares, counts of turns, factors.
    let plain = [
        "brightness",
        "floor",
        "width",
        "edge",
        "u_cycles",
        "v_cycles",
        "turns",
        "factor",
        "cycles",
        "scale",
        "downwash_scale",
        "battery_reserve",
    ];
    let units = ["_m", "_s", "_deg", "_kg", "_m_s", "_m_s2", "_m_s3", "_m2", "_deg_s"];
    properties(&schema(), &mut |name, field| {
        assert!(name == "kind" || field.get("description").is_some(), "{name} has no description");
        if field.get("type").is_some_and(|t| t == "number") {
            assert!(plain.contains(&name) || units.iter().any(|unit| name.ends_with(unit)), "{name} has no unit");
            assert!(field.get("minimum").is_some() && field.get("maximum").is_some(), "{name} has no range");
        }
        if field.get("type").is_some_and(|t| t == "array") {
            assert!(field.get("maxItems").is_some(), "{name} may be endless");
        }
        if field.get("type").is_some_and(|t| t == "string") && name != "kind" {
            assert!(field.get("maxLength").is_some() || field.get("enum").is_some(), "{name} may be endless");
        }
    });
}

#[test]
fn nothing_may_be_null_because_toml_has_no_null() {
    let text = schema().to_string();
    assert!(!text.contains("null"), "{text}");
}

#[test]
fn unknown_fields_are_refused_everywhere() {
    fn closed(node: &Value) {
        if let Value::Object(object) = node {
            if object.contains_key("properties") {
                assert_eq!(object.get("additionalProperties"), Some(&Value::Bool(false)), "{node}");
            }
            object.values().for_each(closed);
        }
        if let Value::Array(items) = node {
            items.iter().for_each(closed);
        }
    }
    closed(&schema());
}
