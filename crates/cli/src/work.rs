//! What the commands that compute have in common.

use anyhow::{Context, Result, anyhow};
use kapok_jobs::{Answer, Document, JobError, MadeFile};

use crate::outputs::Batch;
use crate::terminal;

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
