//! The folder of a campaign: a file of records that grows run by run, and what is made of them in the end.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{BufRead as _, BufReader, ErrorKind, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_jobs::{CampaignHead, Document, RehearsalAnswer, RunRecord, Shard, rehearsal_report};

use crate::outputs::{Batch, keep_apart, refuse_full_folder};

/// The records: the head of the campaign, then one line a run.
const RUNS: &str = "runs.jsonl";
/// The answer.
const ANSWER: &str = "rehearsal.json";
/// The report.
const REPORT: &str = "report.html";
/// The longest line that is read, bytes.
const MAX_LINE_BYTES: u64 = 64 << 20;

/// The file of records, open to be added to. No other rehearsal writes to it meanwhile.
pub struct RunStore {
    path: PathBuf,
    file: File,
    /// What was there, in the order of the indices.
    found: Vec<RunRecord>,
}

impl RunStore {
    /// Opens the folder of a campaign, or makes it. A record that was cut off by an interruption is dropped.
    ///
    /// # Errors
    /// If the folder holds something else, or a campaign of other inputs, or another rehearsal writes to it.
    pub fn open(folder: &Path, head: &CampaignHead) -> Result<Self> {
        let path = folder.join(RUNS);
        if !path.exists() {
            refuse_full_folder(folder)?;
            match std::fs::create_dir(folder) {
                Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                    return Err(error).with_context(|| format!("cannot make the folder {}", folder.display()));
                }
                _ => {}
            }
        }
        let file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .with_context(|| format!("cannot write {}", path.display()))?;
        match file.try_lock() {
            Err(TryLockError::WouldBlock) => bail!("another rehearsal writes to {}", folder.display()),
            // Where files cannot be locked, the crew sees to it.
            Err(TryLockError::Error(_)) | Ok(()) => {}
        }
        let mut store = Self { path, file, found: Vec::new() };
        store.read_back(folder, head)?;
        Ok(store)
    }

    /// Reads what is there, drops an unfinished line, and stands at the end.
    fn read_back(&mut self, folder: &Path, head: &CampaignHead) -> Result<()> {
        let (there, whole_bytes) = read_records(&self.path, &self.file)?;
        match there {
            None => {
                self.file.set_len(0)?;
                self.file.rewind()?;
                self.write(&head.to_line()?)?;
            }
            Some((found, records)) => {
                if found != *head {
                    let other =
                        if found.inputs_sha256 == head.inputs_sha256 { "another shard" } else { "other inputs" };
                    bail!("{} holds a campaign of {other}: give a new folder", folder.display());
                }
                self.found = records;
                self.file.set_len(whole_bytes)?;
                self.file.seek(SeekFrom::End(0))?;
            }
        }
        Ok(())
    }

    /// The records that were there, in the order of their indices.
    pub fn take(&mut self) -> Vec<RunRecord> {
        std::mem::take(&mut self.found)
    }

    /// Adds a run; it is on the disk when this returns.
    ///
    /// # Errors
    /// If the disk takes no more.
    pub fn add(&mut self, record: &RunRecord) -> Result<()> {
        self.write(&record.to_line()?)
    }

    fn write(&mut self, line: &str) -> Result<()> {
        let written = self.file.write_all(format!("{line}\n").as_bytes()).and_then(|()| self.file.sync_data());
        written.with_context(|| format!("cannot write {}", self.path.display()))
    }

    /// Writes the records of several folders into one of their own.
    ///
    /// # Errors
    /// If the folder is not new, or is one of them.
    pub fn fill(folder: &Path, from: &[PathBuf], head: &CampaignHead, records: &[RunRecord]) -> Result<()> {
        keep_apart(&from.iter().map(PathBuf::as_path).collect::<Vec<_>>(), &[folder])?;
        refuse_full_folder(folder)?;
        let mut store = Self::open(folder, head)?;
        let mut text = String::new();
        for record in records {
            text.push_str(&record.to_line()?);
            text.push('\n');
        }
        text.pop();
        if text.is_empty() { Ok(()) } else { store.write(&text) }
    }
}

/// Head, records by index, and how many bytes of the file are whole lines; no head for a file without a whole line.
type FoundRecords = (Option<(CampaignHead, Vec<RunRecord>)>, u64);

fn read_records(path: &Path, file: &File) -> Result<FoundRecords> {
    let name = path.display().to_string();
    let mut reader = BufReader::new(file);
    let mut next = || -> Result<Option<String>> {
        let mut line = Vec::new();
        let read = reader.by_ref().take(MAX_LINE_BYTES).read_until(b'\n', &mut line);
        read.with_context(|| format!("cannot read {name}"))?;
        if line.pop() != Some(b'\n') {
            if line.len() as u64 >= MAX_LINE_BYTES - 1 {
                bail!("{name} has a line of more than {} MiB", MAX_LINE_BYTES >> 20);
            }
            return Ok(None);
        }
        Ok(Some(String::from_utf8(line).with_context(|| format!("{name} is no campaign"))?))
    };
    let Some(first) = next()? else { return Ok((None, 0)) };
    let head = CampaignHead::read(&name, &first)?;
    let (mut bytes, mut number, mut records) = (first.len() as u64 + 1, 1, Vec::new());
    while let Some(line) = next()? {
        number += 1;
        bytes += line.len() as u64 + 1;
        records.push(RunRecord::read(&name, number, &line, &head)?);
    }
    records.sort_by_key(|r: &RunRecord| r.index);
    if let Some(pair) = records.windows(2).find(|w| w[0].index == w[1].index) {
        bail!("{name} has run {} in {} m/s twice", pair[0].run.run, pair[0].run.wind_m_s);
    }
    Ok((Some((head, records)), bytes))
}

/// The records of several folders of one campaign, as if one rehearsal had flown them.
///
/// # Errors
/// If a folder holds no campaign, the inputs differ, or a run is there twice.
pub fn merged(folders: &[PathBuf]) -> Result<(CampaignHead, Vec<RunRecord>)> {
    let mut whole: Option<(CampaignHead, Vec<RunRecord>, &Path)> = None;
    for folder in folders {
        let path = folder.join(RUNS);
        let file = File::open(&path).with_context(|| format!("{} holds no campaign", folder.display()))?;
        let (Some((mut head, records)), _) = read_records(&path, &file)? else {
            bail!("{} holds no campaign: {RUNS} has no head", folder.display());
        };
        head.request.shard = Shard::ALL;
        match &mut whole {
            None => whole = Some((head, records, folder)),
            Some((first, all, its_folder)) => {
                if head != *first {
                    bail!("{} and {} are campaigns of other inputs", its_folder.display(), folder.display());
                }
                all.extend(records);
            }
        }
    }
    let Some((head, mut records, _)) = whole else { bail!("--merge names no folder") };
    records.sort_by_key(|r| r.index);
    if let Some(pair) = records.windows(2).find(|w| w[0].index == w[1].index) {
        bail!("run {} in {} m/s is in two of the folders", pair[0].run.run, pair[0].run.wind_m_s);
    }
    Ok((head, records))
}

/// Writes answer and report into the folder.
///
/// # Errors
/// If they cannot be written.
pub fn write_results(
    folder: &Path,
    head: &CampaignHead,
    records: &[RunRecord],
    answer: &RehearsalAnswer,
) -> Result<()> {
    let mut batch = Batch::default();
    batch.add(&folder.join(ANSWER), crate::terminal::json_text(&Document::of(answer))?.as_bytes())?;
    batch.add(&folder.join(REPORT), rehearsal_report(head, records, answer).as_bytes())?;
    batch.commit()
}
