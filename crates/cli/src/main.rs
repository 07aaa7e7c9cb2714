//! The `kapok` command: arguments, progress, tables, exit codes, and the writing of files. What it can be asked to do stands in
//! `jobs`.
//!
//! Row of the architecture: **knows** arguments, terminals, exit codes and files; **imports** `jobs`, `server`, `fleet`, and for the words
//! of answers and messages `certify`, `design`, `show`.
//!
//! A command makes a request of its arguments, has the job done, writes the files that come back, and prints the answer: for
//! people as a `Page`, with `--json` in the outer form of [`kapok_jobs::Document`].
//!
//! # Exit codes
//! 0: done, and where a show was judged it is proved. 1: the show is violated or undecided, or two shows differ. 2: the input makes no sense or
//! cannot be planned; nothing was written. 2 also if standard output is full; what was asked for as a file is written then.

#![warn(clippy::print_stdout, clippy::print_stderr, reason = "everything is printed by the module `terminal`")]

mod args;
mod certificate;
mod check;
mod convert;
mod diff;
mod events;
mod ffmpeg;
mod fleet;
mod inputs;
mod limits;
mod manual;
mod mistakes;
mod new;
mod outcome;
mod outputs;
mod page;
mod plan;
mod progress;
mod prove;
mod rehearse;
mod render;
mod schema;
mod servers;
mod stopwatch;
mod studio;
mod terminal;
mod transition;
mod view;
mod work;

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use kapok_jobs::Document;
use kapok_show::printable;

use crate::args::{Arguments, Command};
use crate::outcome::Outcome;

fn main() -> ExitCode {
    let parsed = Arguments::try_parse();
    let as_json = parsed.as_ref().is_ok_and(|arguments| arguments.command.wants_json());
    match parsed.map_or_else(|other| explain(&other), run) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NotProved | Outcome::Differs) => ExitCode::from(1),
        Ok(Outcome::Infeasible) => ExitCode::from(2),
        Err(error) => {
            if as_json {
                // If standard output takes nothing, standard error still says why.
                let _ = terminal::print_json(&Document::of(&terminal::as_answer(&error)));
            }
            terminal::complain(&format!("error: {}", terminal::told(&error)));
            ExitCode::from(2)
        }
    }
}

fn run(arguments: Arguments) -> anyhow::Result<Outcome> {
    match arguments.command {
        Command::Plan(args) => plan::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::Diff(args) => diff::run(&args),
        Command::View(args) => view::run(&args),
        Command::Rehearse(args) => rehearse::run(&args),
        Command::Fleet(args) => fleet::run(&args),
        Command::Render(args) => render::run(&args),
        Command::New(args) => new::run(&args),
        Command::Transition(args) => transition::run(&args),
        Command::Studio(args) => studio::run(&args),
        Command::Schema(args) => schema::run(&args),
        Command::Completions(args) => manual::completions(&args),
        Command::Man(args) => manual::man(&args),
    }
}

/// Help, the version, or what is wrong with the arguments.
fn explain(other: &clap::Error) -> anyhow::Result<Outcome> {
    if other.use_stderr() {
        let plain = other.render().to_string();
        if plain.chars().any(|c| c != '\n' && printable(c.encode_utf8(&mut [0; 4])).len() > c.len_utf8()) {
            // An argument may be the name of a file from outside.
            let lines: Vec<_> = plain.trim_end().split('\n').map(printable).collect();
            terminal::complain(&lines.join("\n"));
        } else {
            let _ = other.print();
        }
        return Ok(Outcome::Infeasible);
    }
    match other.print() {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            return Err(error).context("cannot write to standard output");
        }
        _ => terminal::print("")?,
    }
    Ok(Outcome::Done)
}
