use anyhow::Result;

use crate::{Outcome, terminal};

/// `kapok schema`: the JSON Schema of show scripts.
pub fn run() -> Result<Outcome> {
    terminal::print_json(&kapok_design::schema())?;
    Ok(Outcome::Done)
}
