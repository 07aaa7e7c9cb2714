//! The `kapok` command: arguments, progress, tables, exit codes; no logic of its own.
//!
//! Row of the architecture: **imports** all rooms.
//!
//! # Exit codes
//! 0: done, and where a show was judged it is proved. 1: the show is violated or undecided. 2: the input makes no sense or
//! cannot be planned; nothing was written.
#![allow(clippy::print_stdout, reason = "a command-line program: its output is its interface")]

mod args;
mod check;
mod convert;
mod files;
mod limits;
mod new;
mod plan;
mod plot;
mod progress;
mod prove;
mod schema;
mod studio;
mod table;
mod transition;
mod view;
mod wrap;

use std::process::ExitCode;

use clap::Parser;

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
    let outcome = match Arguments::parse().command {
        Command::Plan(args) => plan::run(&args),
        Command::Prove(args) => prove::run(&args),
        Command::Convert(args) => convert::run(&args),
        Command::View(args) => view::run(&args),
        Command::New(args) => new::run(&args),
        Command::Transition(args) => transition::run(&args),
        Command::Studio(args) => studio::run(&args),
        Command::Schema => schema::run(),
    };
    match outcome {
        Ok(Outcome::Done) => ExitCode::SUCCESS,
        Ok(Outcome::NotProved) => ExitCode::from(1),
        Ok(Outcome::Infeasible) => ExitCode::from(2),
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::from(2)
        }
    }
}
