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
        let names: Vec<_> = schemas().into_iter().map(|(name, _)| name).collect();
        terminal::print(&(names.join("\n") + "\n"))?;
    }
    for (_, schema) in schemas().iter().filter(|(name, _)| !args.list && *name == args.name) {
        terminal::print_json(&schema())?;
    }
    Ok(Outcome::Done)
}
