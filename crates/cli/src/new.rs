use std::io::Write;

use anyhow::{Context, Result};
use kapok_show::printable;

use crate::args::NewArgs;
use crate::{Outcome, terminal};

/// `kapok new`: the starter script, under a name that is free.
pub fn run(args: &NewArgs) -> Result<Outcome> {
    let mut file = std::fs::File::create_new(&args.script)
        .with_context(|| format!("cannot create {} (an existing file is never overwritten)", args.script.display()))?;
    file.write_all(kapok_design::starter_script().as_bytes())
        .with_context(|| format!("cannot write {}", args.script.display()))?;
    let name = args.script.display().to_string();
    let show = args.script.with_extension("skyc").display().to_string();
    let (name, show) = (printable(&name), printable(&show));
    terminal::print(&format!("Wrote {name}. Next:\n\n  kapok plan {name} -o {show}\n  kapok view {show} --open\n"))?;
    Ok(Outcome::Done)
}
