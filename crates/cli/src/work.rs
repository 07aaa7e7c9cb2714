//! What the commands that compute have in common.

use anyhow::{Context, Result, anyhow};
use clap::Args;
use kapok_jobs::{Answer, Document, JobError, MadeFile};

use crate::outputs::Batch;
use crate::terminal;

/// Threads that may be asked for, at most: far more than any plan can use.
const MAX_THREADS: usize = 1024;

/// Reads a number of threads.
pub fn thread_count(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(count) if count <= MAX_THREADS => Ok(count),
        _ => Err(format!("give a whole number from 0 (one per core) to {MAX_THREADS}")),
    }
}

/// Flags of every command that computes.
#[derive(Args)]
pub struct WorkArgs {
    /// Threads to use; the result is the same with any number [default: one per core]
    #[arg(long, value_name = "N", value_parser = thread_count)]
    pub threads: Option<usize>,
    /// Print the answer as JSON on stdout instead of tables; kapok schema says what is in it
    #[arg(long)]
    pub json: bool,
}

/// Runs `work` on this many threads.
///
/// # Errors
/// If the system starts no threads.
pub fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    Ok(pool.context("cannot start the worker threads")?.install(work))
}

/// An error in the words of the command line: what is a field of the request is a flag here.
pub fn in_flags(error: JobError, flags: &[(&str, &str)]) -> anyhow::Error {
    if let JobError::Setting { field, why } = &error
        && let Some((_, flag)) = flags.iter().find(|(name, _)| name == field)
    {
        return anyhow!("{flag} {why}");
    }
    error.into()
}

/// Writes the files of a job, all or none.
///
/// # Errors
/// If one cannot be written; the message names it.
pub fn write_files(files: &[MadeFile]) -> Result<()> {
    let mut batch = Batch::default();
    for file in files {
        batch.add(&file.path, &file.bytes)?;
    }
    batch.commit()
}

/// Prints an answer in its outer form.
///
/// # Errors
/// If standard output is full.
pub fn print_answer(answer: &impl Answer) -> Result<()> {
    terminal::print_json(&Document::of(answer))
}
