use anyhow::Result;
use kapok_jobs::{NamedSchema, SCHEMAS};

use crate::args::SchemaArgs;
use crate::outcome::Outcome;
use crate::terminal;

/// The JSON Schema of everything that is read or answered in JSON, by name.
pub fn schemas() -> Vec<NamedSchema> {
    let viewer: NamedSchema = ("viewer", kapok_server::viewer_schema);
    SCHEMAS.into_iter().chain([viewer]).collect()
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
