use kapok_film::Looks;
use serde_json::{Value, json};

/// The numbers by which shows are drawn and framed, and what each means: `values` is [`Looks`], `schema` its JSON Schema. The
/// viewer's stage is given the same.
pub fn looks() -> Value {
    json!({ "schema": schemars::schema_for!(Looks), "values": Looks::all() })
}
