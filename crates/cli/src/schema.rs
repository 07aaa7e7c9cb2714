use anyhow::Result;
use kapok_jobs::SCHEMAS;

use crate::args::SchemaArgs;
use crate::outcome::Outcome;
use crate::terminal;

/// `kapok schema`: the JSON Schema of show scripts, or of an answer.
pub fn run(args: &SchemaArgs) -> Result<Outcome> {
    if args.list {
        let names = SCHEMAS.map(|(name, _)| name).join("\n");
        terminal::print(&(names + "\n"))?;
    }
    for (_, schema) in SCHEMAS.iter().filter(|(name, _)| !args.list && *name == args.name) {
        terminal::print_json(&schema())?;
    }
    Ok(Outcome::Done)
}
