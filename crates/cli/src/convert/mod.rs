//! `kapok convert`: a show from one format into another, with what that loses and the proof of the result.

mod answer;
mod encode;
mod fit;
mod judge;
mod loss;
mod names;
mod skyb;
mod target;
mod text;

use std::path::Path;

use anyhow::{Context, Result, bail};
use kapok_certify::{FileId, Options, Source};
use kapok_format::skyb::RthLayout;
use kapok_format::{Decoded, Format, altitude_note};
use kapok_show::Reporter;

use self::encode::{NamedFiles, encode};
use self::fit::fit;
use self::judge::{Judged, judge};
use self::loss::Loss;
use self::target::{Target, target};
use crate::args::ConvertArgs;
use crate::outputs::{self, Batch, keep_apart};
use crate::progress::Terminal;
use crate::prove::{in_pool, outcome};
use crate::{Outcome, inputs, terminal};

/// What is assumed between samples, and what the proof can therefore not say.
const STRAIGHT_LINES: &str = "\
Between samples straight lines at constant speed and held colours are assumed: the format does not say. So acceleration \
and jerk between two samples cannot be judged here; their means over windows of samples are. A bend between samples counts as a jump only if no motion through the samples keeps the \
limit of acceleration.";

/// The same after curves were fitted.
const FITTED_CURVES: &str = "\
Between samples curves were fitted: smooth, close to each sample and to the straight lines between samples, rests kept as \
they are. They are one way to fly the samples; the program that made the samples may mean another. The proof is about \
these curves.";

/// What is converted.
struct Origin {
    decoded: Decoded,
    id: FileId,
}

/// Everything made, nothing written yet.
struct Made {
    target: Target,
    origin: Origin,
    /// Name and bytes; in a folder more than one.
    files: NamedFiles,
    loss: Loss,
    /// `None` for formats that cannot be read back.
    judged: Option<Judged>,
}

/// `kapok convert`: bytes → show → bytes of another format → decoded → proved → files.
pub fn run(args: &ConvertArgs) -> Result<Outcome> {
    let (out, target) = target(&args.output, args)?;
    if args.rate.is_some() && !target.is_sampled() {
        bail!("--rate is for formats of samples (.zip, .vviz, .kml, .kmz); {} has none", target.name());
    }
    inputs::expect_show(&args.input)?;
    keep_apart(&[&args.input], &[&out])?;
    if target.is_folder() {
        outputs::refuse_full_folder(&out)?;
    }
    let reporter = Terminal::new();
    let made = in_pool(args.threads, || make(args, &out, target, &reporter))?;
    reporter.finish();
    let made = made.with_context(|| format!("cannot convert {}", args.input.display()))?;
    if target.is_folder() {
        outputs::write_folder(&out, &made.files)?;
    } else {
        let mut batch = Batch::default();
        for (_, bytes) in &made.files {
            batch.add(&out, bytes)?;
        }
        batch.commit()?;
    }
    if args.json {
        terminal::print_json(&made.answer(args, &out))?;
    } else {
        made.page(&out).print()?;
    }
    Ok(made.judged.as_ref().map_or(Outcome::Done, |j| outcome(j.certified.certificate())))
}

fn make(args: &ConvertArgs, out: &Path, target: Target, reporter: &dyn Reporter) -> Result<Made> {
    reporter.phase("decoding", 0);
    let rth_layout = args.rth_layout.as_deref().and_then(RthLayout::from_name);
    let source = Source::load(&args.input)?;
    let id = source.id().clone();
    let mut decoded = source.decode(&Options { rth_layout, ..Options::default() })?;
    drop(source);
    if args.rth_layout.is_some() && !target.is_skyb() && !matches!(decoded.format, Format::Skyb | Format::SkybFolder) {
        bail!("--rth-layout is for .skyb files, read or written");
    }
    for note in &decoded.notes {
        reporter.warn(note);
    }
    let fit = fit(&mut decoded, target, args.fit)?;
    reporter.phase("writing", 0);
    let name = file_name(out);
    let (files, mut loss) = encode(&decoded.show, target, args, &name)?;
    if matches!(target, Target::Kml | Target::Kmz)
        && let Some(note) = altitude_note(&decoded.show.site)
    {
        reporter.warn(note);
    }
    if let Some(fit) = &fit {
        // A vehicle is off its source by what fitting and what writing moved it.
        loss.max_deviation_m = loss.max_deviation_m.map(|off_m| off_m + fit.max_deviation_m);
        loss.worst_vehicle = loss.max_deviation_m.map(|_| fit.worst_vehicle.clone());
    }
    loss.fit = fit;
    reporter.phase("decoding the result", 0);
    let origin = Origin { decoded, id };
    let judged = judge(&origin, target, (&name, &files), rth_layout, args.airborne_ends, reporter)?;
    Ok(Made { target, origin, files, loss, judged })
}

impl Made {
    /// What is assumed between samples, if source or result consists of samples.
    fn interpolation(&self) -> Option<&'static str> {
        match self.loss.fit {
            Some(_) => Some(FITTED_CURVES),
            None => (is_sampled(self.origin.decoded.format) || self.target.is_sampled()).then_some(STRAIGHT_LINES),
        }
    }

    fn byte_count(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// Does a file of this format consist of samples?
const fn is_sampled(format: Format) -> bool {
    matches!(format, Format::CsvZip | Format::Vviz)
}

const fn format_name(format: Format) -> &'static str {
    match format {
        Format::Skyc => ".skyc",
        Format::Skyb => ".skyb",
        Format::Vviz => ".vviz",
        Format::CsvZip => "zipped CSV",
        Format::Crazyswarm => "polynomial CSV",
        Format::SkybFolder => "folder of .skyb",
    }
}
