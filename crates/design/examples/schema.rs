//! Writes the JSON Schema of show scripts to stdout:
//! `cargo run -p kapok-design --example schema > docs/schema/show.schema.json`.

use std::io::Write;

fn main() -> std::io::Result<()> {
    let text = serde_json::to_string_pretty(&kapok_design::schema())?;
    writeln!(std::io::stdout(), "{text}")
}
