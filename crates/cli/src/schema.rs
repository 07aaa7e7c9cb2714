use anyhow::Result;
use kapok_jobs::{NamedSchema, SCHEMAS};
use serde_json::Value;

use crate::args::SchemaArgs;
use crate::outcome::Outcome;
use crate::terminal;

/// The JSON Schema of everything that is read or answered in JSON, by name.
pub fn schemas() -> Vec<NamedSchema> {
    let viewer: NamedSchema = ("viewer", viewer);
    SCHEMAS.into_iter().chain([viewer]).collect()
}

/// What the web app is made from: what the server answers, and how shows look.
fn viewer() -> Value {
    let mut document = kapok_server::viewer_schema();
    document["looks"] = kapok_jobs::looks();
    document
}

/// `kapok schema`: the JSON Schema of show scripts, or of an answer.
pub fn run(args: &SchemaArgs) -> Result<Outcome> {
    if args.list {
        // The viewer's is for the wire of the web app, and no document of its own.
        terminal::print(&(SCHEMAS.map(|(name, _)| name).join("\n") + "\n"))?;
    }
    for (_, schema) in schemas().iter().filter(|(name, _)| !args.list && *name == args.name) {
        terminal::print_json(&schema())?;
    }
    Ok(Outcome::Done)
}
