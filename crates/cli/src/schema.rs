use anyhow::Result;

use crate::Outcome;

/// `kapok schema`: the JSON Schema of show scripts.
pub fn run() -> Result<Outcome> {
    println!("{}", serde_json::to_string_pretty(&kapok_design::schema())?);
    Ok(Outcome::Done)
}
