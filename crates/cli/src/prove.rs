use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kapok_certify::{Options, Source};
use kapok_jobs::{ProofRequest, ProvedShow, prove};
use kapok_show::Reporter;

use crate::args::ProveArgs;
use crate::outcome::Outcome;
use crate::outputs::keep_apart;
use crate::progress::Terminal;
use crate::work::{in_pool, write_files};
use crate::{certificate, check, inputs, terminal};

/// `kapok prove`: judges a file.
pub fn run(args: &ProveArgs) -> Result<Outcome> {
    if let Some(document) = &args.check {
        return check::run(args, document);
    }
    let request = request(args);
    let outputs = request.paths()?;
    keep_apart(&[&args.file], &outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let reporter = Terminal::new();
    let proved = in_pool(args.work.threads, || judge(&args.file, &request, &reporter))?;
    reporter.finish();
    let ProvedShow { judged, files } = proved?;
    write_files(&files)?;
    if args.work.json {
        // The page prints them.
        judged.notes().iter().for_each(|note| reporter.warn(note));
        terminal::print_json(judged.certificate())?;
    } else {
        certificate::page(judged.certificate()).print()?;
    }
    Ok(judged.certificate().into())
}

fn request(args: &ProveArgs) -> ProofRequest {
    ProofRequest {
        options: Options {
            limits: args.limits.replacing.clone(),
            max_payload_bytes: args.max_payload_bytes,
            airborne_ends: args.airborne_ends,
            max_airspeed_m_s: args.max_airspeed,
            ..Options::default()
        },
        name: args.file.to_string_lossy().into_owned(),
        certificate: args.certificate.clone(),
        plot: args.plot.clone(),
        safety: args.safety.clone(),
        sarif: args.sarif.clone(),
    }
}

/// Reads a file and proves it.
pub fn judge(path: &Path, request: &ProofRequest, reporter: &dyn Reporter) -> Result<ProvedShow> {
    inputs::expect_show(path)?;
    let judge = || anyhow::Ok(prove(&Source::load(path)?, request, reporter)?);
    judge().with_context(|| format!("cannot judge {}", path.display()))
}
