//! The command line as shells and manuals want it.

use std::path::Path;

use anyhow::{Result, bail};
use clap::CommandFactory;
use clap_mangen::Man;

use crate::args::{Arguments, CompletionsArgs, ManArgs};
use crate::outcome::Outcome;
use crate::outputs::Batch;
use crate::terminal;

/// `kapok completions`: the completion script of a shell.
pub fn completions(args: &CompletionsArgs) -> Result<Outcome> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Arguments::command(), "kapok", &mut script);
    terminal::print(&String::from_utf8(script)?)?;
    Ok(Outcome::Done)
}

/// `kapok man`: the manual page of the program, or of it and all its commands as files.
pub fn man(args: &ManArgs) -> Result<Outcome> {
    let Some(folder) = &args.folder else {
        let mut page = Vec::new();
        Man::new(Arguments::command()).render(&mut page)?;
        terminal::print(&String::from_utf8(page)?)?;
        return Ok(Outcome::Done);
    };
    if !folder.is_dir() {
        bail!("{} is no folder: make it first", folder.display());
    }
    let count = write_pages(folder)?;
    terminal::print(&format!(
        "Wrote {count} manual pages into {}\n",
        kapok_show::printable(&folder.display().to_string())
    ))?;
    Ok(Outcome::Done)
}

fn write_pages(folder: &Path) -> Result<usize> {
    let mut batch = Batch::default();
    let mut program = Arguments::command();
    program.build();
    let commands: Vec<clap::Command> = program.get_subcommands().filter(|c| c.get_name() != "help").cloned().collect();
    let pages = std::iter::once(("kapok".to_owned(), program))
        .chain(commands.into_iter().map(|command| (format!("kapok-{}", command.get_name()), command)));
    let mut count = 0;
    for (name, command) in pages {
        let mut page = Vec::new();
        Man::new(command).title(name.as_str()).render(&mut page)?;
        batch.add(&folder.join(format!("{name}.1")), &page)?;
        count += 1;
    }
    batch.commit()?;
    Ok(count)
}
