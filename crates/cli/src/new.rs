use std::io::Write;

use anyhow::{Context, Result};
use kapok_show::printable;

use crate::args::NewArgs;
use crate::outcome::Outcome;
use crate::terminal;

/// What the starter script calls the schema beside it.
const SCHEMA: &str = "show.schema.json";

/// `kapok new`: the starter script, under a name that is free, and the schema for editors beside it, if there is none.
pub fn run(args: &NewArgs) -> Result<Outcome> {
    let mut file = std::fs::File::create_new(&args.script)
        .with_context(|| format!("cannot create {} (an existing file is never overwritten)", args.script.display()))?;
    let script = if args.indoor { kapok_design::indoor_starter_script() } else { kapok_design::starter_script() };
    file.write_all(script.as_bytes()).with_context(|| format!("cannot write {}", args.script.display()))?;
    let schema = args.script.with_file_name(SCHEMA);
    if let Ok(mut file) = std::fs::File::create_new(&schema) {
        let text = serde_json::to_string_pretty(&kapok_design::schema())?;
        writeln!(file, "{text}").with_context(|| format!("cannot write {}", schema.display()))?;
    }
    let name = args.script.display().to_string();
    let show = args.script.with_extension("skyc").display().to_string();
    let (name, show) = (printable(&name), printable(&show));
    terminal::print(&format!(
        "Wrote {name}, and {SCHEMA} beside it, by which editors check and complete it. Next:\n\n  kapok view {name} --open       watch it in the browser while you write\n  \
         kapok plan {name} -o {show}   plan it, prove it, write it\n"
    ))?;
    Ok(Outcome::Done)
}
