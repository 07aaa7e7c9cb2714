//! The `kapok` command: arguments, progress, tables, exit codes; no logic of its own.
//!
//! Row of the architecture: **imports** all rooms.
//!
//! # Exit codes
//! 0: done, and where a show was judged it is proved. 1: the show is violated or undecided. 2: the input makes no sense or
//! cannot be planned; nothing was written. 2 also if standard output is full; what was asked for as a file is written then.

#![warn(clippy::print_stdout, clippy::print_stderr, reason = "everything is printed by the module `terminal`")]

mod args;
mod check;
mod convert;
mod events;
mod inputs;
mod limits;
mod manual;
mod new;
mod outputs;
mod page;
mod plan;
mod plot;
mod progress;
mod prove;
mod schema;
mod servers;
mod studio;
mod terminal;
mod transition;
mod view;

use std::io::ErrorKind;
use std::process::ExitCode;

use anyhow::Context;
use clap::Parser;
use kapok_show::printable;

use crate::args::{Arguments, Command};

/// How a command that did its work ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// Exit code 0.
    Done,
    /// Exit code 1: the show is not proved safe.
    NotProved,
    /// Exit code 2, although the answer has been printed.
    Infeasible,
}

fn main() -> ExitCode {
    match Arguments::try_parse().map_or_else(|other| explain(&other), run) {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NotProved) => ExitCode::from(1),
        Ok(Outcome::Infeasible) => ExitCode::from(2),
        Err(error) => {
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
        Command::View(args) => view::run(&args),
        Command::New(args) => new::run(&args),
        Command::Transition(args) => transition::run(&args),
        Command::Studio(args) => studio::run(&args),
        Command::Schema(_) => schema::run(),
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
