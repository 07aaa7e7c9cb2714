//! `kapok rehearse`: flies a show with simulated vehicles, keeps the runs, puts campaigns together.

mod args;
mod page;
mod store;

use std::fs::File;
use std::io::{BufWriter, Read as _};
use std::path::Path;

use anyhow::{Context, Result, anyhow, bail};
use kapok_certify::Source;
use kapok_jobs::{
    Campaign, CampaignHead, JobError, NamedText, RehearsalAnswer, RehearsalInputs, RehearsalRequest, RunRecord,
};
use kapok_show::Reporter as _;

pub use self::args::RehearseArgs;
use self::args::Switch;
use self::store::RunStore;
use crate::inputs;
use crate::outcome::Outcome;
use crate::outputs::{Reserved, keep_apart};
use crate::progress::Terminal;
use crate::work::{in_flags, in_pool, print_answer};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 6] = [
    ("runs", "--runs"),
    ("wind_m_s", "--wind"),
    ("sweep", "--sweep"),
    ("profile", "--profile"),
    ("placement_m", "--placement"),
    ("shard", "--shard"),
];
/// Largest text that is read, bytes: profiles and fault scripts have smaller limits of their own.
const MAX_TEXT_BYTES: u64 = 1 << 20;

/// `kapok rehearse`.
pub fn run(args: &RehearseArgs) -> Result<Outcome> {
    let (head, records) = match &args.file {
        Some(file) => flown(args, file)?,
        None => store::merged(&args.merge)?,
    };
    let answer = RehearsalAnswer::of(&head, &records);
    if let Some(folder) = &args.output {
        if args.file.is_none() {
            RunStore::fill(folder, &args.merge, &head, &records)?;
        }
        store::write_results(folder, &head, &records, &answer)?;
    }
    if args.work.json {
        print_answer(&answer)?;
    } else {
        let mut page = page::of(&answer);
        if let Some(log) = &args.record {
            page.gap();
            page.line(2, format!("wrote {} (flight log; kapok view --log replays it)", log.display()));
        }
        page.print()?;
    }
    Ok(Outcome::Done)
}

/// Flies what is not in the folder yet; gives all runs of the shard.
fn flown(args: &RehearseArgs, file: &Path) -> Result<(CampaignHead, Vec<RunRecord>)> {
    inputs::expect_show(file)?;
    let (request, profile) = request(args)?;
    let faults = args.faults.as_deref().map(read_text).transpose()?;
    let read: Vec<&Path> = std::iter::once(file).chain(args.faults.as_deref()).collect();
    let written: Vec<&Path> = args.output.as_deref().into_iter().chain(args.record.as_deref()).collect();
    keep_apart(&read, &written)?;
    let mut log = args.record.as_deref().map(Reserved::new).transpose()?;
    let reporter = Terminal::of_equal_steps();
    let fly = || -> Result<(CampaignHead, Vec<RunRecord>)> {
        let source = Source::load(file)?;
        let inputs = RehearsalInputs { source: &source, profile: profile.as_ref(), faults: faults.as_ref() };
        let told = |error: JobError| in_flags(error, &FLAGS);
        let campaign = Campaign::new(inputs, &request, args.output.is_some(), &reporter).map_err(told)?;
        let mut store = args.output.as_deref().map(|folder| RunStore::open(folder, campaign.head())).transpose()?;
        let mut records = store.as_mut().map(RunStore::take).unwrap_or_default();
        let left: Vec<u32> =
            campaign.indices().filter(|i| records.binary_search_by_key(i, |r| r.index).is_err()).collect();
        // A run that is there already is flown again for its log: it is the same.
        let first = campaign.indices().next().filter(|_| log.is_some());
        let again = first.filter(|index| !left.contains(index));
        reporter.phase("rehearsing", (left.len() + again.iter().len()) as u64 * campaign.steps_per_run());
        let mut record = |index| -> Result<RunRecord> {
            let Some(log) = log.take_if(|_| Some(index) == first) else { return Ok(campaign.fly(index, &reporter)) };
            let file = BufWriter::new(File::create(log.path())?);
            let (record, file) = campaign.record(index, file, &reporter).map_err(told)?;
            file.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
            log.commit()?;
            Ok(record)
        };
        if let Some(index) = again {
            record(index)?;
        }
        for index in left {
            let record = record(index)?;
            if let Some(store) = &mut store {
                store.add(&record)?;
            }
            records.push(record);
        }
        records.sort_by_key(|r| r.index);
        Ok((campaign.head().clone(), records))
    };
    let flown = in_pool(args.work.threads, fly)?;
    reporter.finish();
    flown.with_context(|| format!("cannot rehearse {}", file.display()))
}

/// The request of the arguments, and the profile if it is a file.
fn request(args: &RehearseArgs) -> Result<(RehearsalRequest, Option<NamedText>)> {
    let is_file = |name: &&String| inputs::has_script_ending(Path::new(name)) || name.contains(std::path::is_separator);
    let file = args.profile.as_ref().filter(is_file);
    let request = RehearsalRequest {
        runs: args.runs,
        wind_m_s: args.wind,
        sweep: args.sweep,
        seed: args.seed,
        profile: args.profile.clone().filter(|_| file.is_none()),
        placement_m: args.placement,
        protections: args.protections == Switch::On,
        shard: args.shard,
    };
    Ok((request, file.map(|name| read_text(Path::new(name))).transpose()?))
}

/// A text file, whole.
fn read_text(path: &Path) -> Result<NamedText> {
    let name = path.display().to_string();
    let file = File::open(path).with_context(|| format!("cannot read {name}"))?;
    let mut bytes = Vec::new();
    file.take(MAX_TEXT_BYTES + 1).read_to_end(&mut bytes).with_context(|| format!("cannot read {name}"))?;
    if bytes.len() as u64 > MAX_TEXT_BYTES {
        bail!("{name} is larger than {} MiB, the largest text that is read", MAX_TEXT_BYTES >> 20);
    }
    let text = String::from_utf8(bytes).map_err(|_| anyhow!("{name} is no text: it is not UTF-8"))?;
    Ok(NamedText { name, text })
}
