use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_format::fit::{DEFAULT_FIT_TOLERANCE_M, deviation_from_lines_m, fit_trajectory, samples_of_lines};
use kapok_format::skyb::{RthLayout, RthWriting, SkybExport, SkybOptions};
use kapok_format::{
    DEFAULT_CSV_RATE_HZ, Decoded, Format, GltfOptions, KmlOptions, OverriddenLimits, ReadLimits, SITE_FILE_NAME,
    content_sha256, folder_sha256, read_crazyswarm_files, read_skyb_as, read_skyb_folder, write_crazyswarm,
    write_csv_zip, write_geojson, write_glb, write_kml, write_kmz, write_site_file, write_skyb, write_skyc, write_vviz,
};
use kapok_proof::{Certificate, FileId, ProofSettings, Verdict, prove};
use kapok_show::{Reporter, Show, Trajectory};
use rayon::prelude::*;
use serde::Serialize;

use crate::Outcome;
use crate::args::ConvertArgs;
use crate::files::{self, Batch, Input};
use crate::progress::Terminal;
use crate::prove::{clock, in_pool, outcome, report, word};

/// Longest name of a vehicle that becomes a file name, bytes.
const MAX_NAME_BYTES: usize = 200;

/// Name and bytes of each file.
type NamedFiles = Vec<(String, Vec<u8>)>;

/// What is assumed between samples, and what the proof can therefore not say.
const STRAIGHT_LINES: &str = "\
Between samples straight lines at constant speed and held colours are assumed: the format does not say. So acceleration \
and jerk cannot be judged here. A bend between samples counts as a jump only if no motion through the samples keeps the \
limit of acceleration.";

/// The same after curves were fitted.
const FITTED_CURVES: &str = "\
Between samples curves were fitted: smooth, close to each sample and to the straight lines between samples, rests kept as \
they are. They are one way to fly the samples; the program that made the samples may mean another. The proof is about \
these curves.";

/// What the command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Skyc,
    CsvZip,
    Vviz,
    Glb,
    Kml,
    Kmz,
    Geojson,
    /// One file, for a show of one vehicle.
    Skyb,
    /// One file a vehicle, and the site file.
    SkybFolder,
    /// One polynomial CSV a vehicle, zipped or in a folder.
    PolynomialZip,
    PolynomialFolder,
}

/// `kapok convert`: bytes → show → bytes of another format → decoded → proved → files.
pub fn run(args: &ConvertArgs) -> Result<Outcome> {
    let (out, target) = target(&args.output, args)?;
    if args.rate.is_some() && !target.is_sampled() {
        bail!("--rate is for formats of samples (.zip, .vviz, .kml, .kmz); {} has none", target.name());
    }
    refuse_the_source(&args.input, &out)?;
    if target.is_folder() {
        files::refuse_full_folder(&out)?;
    }
    let reporter = Terminal::new();
    let made = in_pool(args.threads, || make(args, &out, target, &reporter))?;
    reporter.finish();
    let made = made.with_context(|| format!("cannot convert {}", args.input.display()))?;
    // The answer is made first: nothing that can fail comes after the files have their names.
    let text = if args.json { serde_json::to_string_pretty(&made.answer(args, &out))? + "\n" } else { made.text(&out) };
    if target.is_folder() {
        files::write_folder(&out, &made.files)?;
    } else {
        let mut batch = Batch::default();
        for (_, bytes) in &made.files {
            batch.add(&out, bytes)?;
        }
        batch.commit()?;
    }
    print!("{text}");
    Ok(made.judged.as_ref().map_or(Outcome::Done, |j| outcome(&j.certificate)))
}

/// What OUT is: by its ending, or because it is a folder.
fn target(out: &Path, args: &ConvertArgs) -> Result<(PathBuf, Target)> {
    let ends_with_separator = out.to_string_lossy().ends_with(std::path::is_separator);
    if args.skyb_folder || ends_with_separator || out.is_dir() {
        // Without the separator at the end.
        let folder: PathBuf = out.components().collect();
        if folder.file_name().is_none() {
            bail!("{}: give the name of a folder that is new or empty", out.display());
        }
        return Ok((folder, if args.crazyswarm { Target::PolynomialFolder } else { Target::SkybFolder }));
    }
    let ending = out.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    if args.crazyswarm && ending != "zip" {
        bail!("{}: --crazyswarm writes a .zip, or a folder (its name ends with a slash)", out.display());
    }
    let target = match ending.as_str() {
        "zip" if args.crazyswarm => Target::PolynomialZip,
        "skyc" => Target::Skyc,
        "zip" => Target::CsvZip,
        "vviz" => Target::Vviz,
        "glb" => Target::Glb,
        "kml" => Target::Kml,
        "kmz" => Target::Kmz,
        "geojson" => Target::Geojson,
        "skyb" => Target::Skyb,
        _ => bail!(
            "{}: the ending says the format: .skyc, .zip (CSV), .vviz, .skyb, .glb, .kml, .kmz, .geojson, or a folder \
             (its name ends with a slash) for one .skyb a vehicle",
            out.display()
        ),
    };
    Ok((out.to_owned(), target))
}

impl Target {
    const fn is_sampled(self) -> bool {
        matches!(self, Self::CsvZip | Self::Vviz | Self::Kml | Self::Kmz)
    }

    /// Has the format pieces that bend?
    const fn has_curves(self) -> bool {
        !self.is_sampled() && !matches!(self, Self::Geojson)
    }

    const fn is_skyb(self) -> bool {
        matches!(self, Self::Skyb | Self::SkybFolder)
    }

    const fn is_folder(self) -> bool {
        matches!(self, Self::SkybFolder | Self::PolynomialFolder)
    }

    const fn name(self) -> &'static str {
        match self {
            Self::Skyc => ".skyc",
            Self::CsvZip => "zipped CSV",
            Self::Vviz => ".vviz",
            Self::Glb => "binary glTF",
            Self::Kml => "KML",
            Self::Kmz => "KMZ",
            Self::Geojson => "GeoJSON",
            Self::Skyb => ".skyb",
            Self::SkybFolder => "one .skyb a vehicle",
            Self::PolynomialZip | Self::PolynomialFolder => "one polynomial CSV a vehicle",
        }
    }

    /// What the format has no place for.
    const fn left_out(self) -> &'static str {
        match self {
            Self::Skyc => "nothing of what was read",
            Self::CsvZip => {
                "site, surroundings, limits, vehicle profile, chapters, pads apart from the first row, yaw, pyrotechnics, \
                 return plans, groups, music"
            }
            Self::Vviz => {
                "heading, surroundings, limits, vehicle profile, chapters, pads apart from the first sample, yaw, \
                 pyrotechnics, return plans, groups, music"
            }
            Self::Skyb => {
                "site, surroundings, limits, vehicle profile, chapters, pads apart from the first point, groups, music"
            }
            Self::SkybFolder => "music",
            Self::PolynomialZip | Self::PolynomialFolder => {
                "lights, site, surroundings, limits, vehicle profile, chapters, pads apart from the first point, \
                 pyrotechnics, return plans, groups, music"
            }
            Self::Glb => {
                "site, surroundings, limits, vehicle profile, chapters, pads, yaw, pyrotechnics, return plans, groups, music"
            }
            Self::Kml | Self::Kmz => {
                "colours, surroundings, limits, vehicle profile, chapters, pads, yaw, pyrotechnics, return plans, groups, \
                 music"
            }
            Self::Geojson => {
                "all motion, light and music; kept are flight volume, fence, keep-outs, audiences, waters, pads"
            }
        }
    }

    const fn positions_sentence(self) -> &'static str {
        match self {
            Self::Glb => {
                "not measured: 32-bit floats; pieces of degree 1 to 3 exact but for these, higher ones in 16 cubic parts"
            }
            Self::Kml | Self::Kmz => "not measured: sampled, 1e-8 degrees and millimetres",
            _ => "not written",
        }
    }

    const fn lights_sentence(self) -> &'static str {
        match self {
            Self::Glb => "not measured: fades in steps of 40 ms",
            _ => "not written",
        }
    }
}

/// A command that ate its own source would lose what it could not carry over.
fn refuse_the_source(source: &Path, out: &Path) -> Result<()> {
    let same = match (source.canonicalize(), out.canonicalize()) {
        (Ok(source), Ok(out)) => source == out,
        _ => false,
    };
    if same {
        bail!("{} is both source and target: give the result another name", source.display());
    }
    Ok(())
}

/// What the new format lost, as its writer measured it. `None`: not measured, or nothing of the kind is written.
#[derive(Clone, Debug, Default, Serialize)]
struct Loss {
    /// Upper bound of the distance of any vehicle from its source at any instant, metres.
    max_deviation_m: Option<f64>,
    /// The vehicle where it is largest.
    worst_vehicle: Option<String>,
    /// Samples a second.
    rate_hz: Option<f64>,
    /// Coarsest grid of a .skyb, millimetres a unit.
    scale_mm: Option<u8>,
    /// Latest that a change of colour comes, or farthest that a light key was moved, milliseconds.
    worst_light_shift_ms: Option<f64>,
    /// Largest error of a colour channel in fades, 0 to 255, apart from that.
    worst_light_error: Option<u8>,
    /// How curves went through samples.
    fit: Option<FitLoss>,
    /// Sizes and further losses of .skyb files.
    skyb: Option<SkybLoss>,
    /// What the format has no place for.
    left_out: String,
}

/// How curves went through samples.
#[derive(Clone, Debug, Serialize)]
struct FitLoss {
    tolerance_m: f64,
    /// Farthest that a curve is off a sample, metres.
    max_error_m: f64,
    /// Upper bound of its distance from the straight lines between samples, metres.
    max_deviation_m: f64,
    /// The vehicle where that is largest.
    worst_vehicle: String,
    /// Straight lines of all vehicles.
    lines: usize,
    /// Pieces in their place.
    pieces: usize,
}

/// Sizes and further losses of .skyb files.
#[derive(Clone, Debug, Default, Serialize)]
struct SkybLoss {
    /// Segments of all files, and of the one with most.
    segments: usize,
    max_segments: usize,
    /// Size of the largest file, and which it is.
    max_bytes: usize,
    largest_vehicle: String,
    /// Bytes of the longest light program.
    max_light_bytes: usize,
    /// Farthest that a yaw is off at any instant, degrees.
    max_yaw_error_deg: f64,
    /// Layout of the return plans, if there are any.
    rth_layout: Option<&'static str>,
    /// Farthest that a target, altitude or neck of a return plan was moved, metres.
    max_return_error_m: f64,
    /// Largest change of a duration of a return plan, milliseconds.
    max_return_shift_ms: i64,
}

/// What the proof says of the decoded result.
struct Judged {
    certificate: Certificate,
    /// What its reader had to assume.
    notes: Vec<String>,
    /// Are site, surroundings, limits and profile those of the source, because the format has no place for them?
    limits_of_source: bool,
    /// Rounding step the proof was told of, metres.
    coordinate_step_m: f64,
}

/// Everything made, nothing written yet.
struct Made {
    target: Target,
    source: Decoded,
    source_bytes: u64,
    source_sha256: String,
    /// Name and bytes; in a folder more than one.
    files: NamedFiles,
    loss: Loss,
    /// `None` for formats that cannot be read back.
    judged: Option<Judged>,
}

fn make(args: &ConvertArgs, out: &Path, target: Target, reporter: &dyn Reporter) -> Result<Made> {
    reporter.phase("decoding", 0);
    let rth_layout = args.rth_layout.as_deref().and_then(RthLayout::from_name);
    let Input { decoded: mut source, sha256: source_sha256, bytes: source_bytes, .. } =
        files::read_show(&args.input, rth_layout, OverriddenLimits::default())?;
    if args.rth_layout.is_some() && !target.is_skyb() && !matches!(source.format, Format::Skyb | Format::SkybFolder) {
        bail!("--rth-layout is for .skyb files, read or written");
    }
    for note in &source.notes {
        reporter.warn(note);
    }
    let fit = fit(&mut source, target, args.fit)?;
    reporter.phase("writing", 0);
    let name = file_name(out);
    let (files, mut loss) = encode(&source.show, target, args, &name)?;
    if let Some(fit) = &fit {
        // A vehicle is off its source by what fitting and what writing moved it.
        loss.max_deviation_m = loss.max_deviation_m.map(|off_m| off_m + fit.max_deviation_m);
        loss.worst_vehicle = loss.max_deviation_m.map(|_| fit.worst_vehicle.clone());
    }
    loss.fit = fit;
    reporter.phase("decoding the result", 0);
    let judged = judge(&source, target, &files, rth_layout, reporter)?;
    Ok(Made { target, source, source_bytes, source_sha256, files, loss, judged })
}

/// Curves in place of the straight lines of a source that consists of samples.
fn fit(source: &mut Decoded, target: Target, asked_m: Option<f64>) -> Result<Option<FitLoss>> {
    if !is_sampled(source.format) || !target.has_curves() {
        match asked_m {
            Some(_) => bail!("--fit is for samples (CSV, .vviz) that become curves (.skyc, .skyb, .glb, polynomials)"),
            None => return Ok(None),
        }
    }
    let tolerance_m = asked_m.unwrap_or(DEFAULT_FIT_TOLERANCE_M);
    if tolerance_m == 0.0 {
        return Ok(None);
    }
    let fitted: Vec<Result<Option<(Trajectory, f64, f64)>>> = source
        .show
        .vehicles
        .par_iter()
        .map(|v| {
            let Some(samples) = samples_of_lines(&v.trajectory) else { return Ok(None) };
            let fitted = fit_trajectory(&samples, tolerance_m)
                .with_context(|| format!("no curves can be fitted for vehicle \"{}\"", v.name))?;
            let off_m = deviation_from_lines_m(&fitted.trajectory, &samples);
            Ok(Some((fitted.trajectory, fitted.max_error_m, off_m)))
        })
        .collect();
    let worst_vehicle = source.show.vehicles.first().map(|v| v.name.clone()).unwrap_or_default();
    let mut loss = FitLoss { tolerance_m, max_error_m: 0.0, max_deviation_m: 0.0, worst_vehicle, lines: 0, pieces: 0 };
    for (vehicle, fitted) in source.show.vehicles.iter_mut().zip(fitted) {
        let Some((trajectory, error_m, off_m)) = fitted? else { continue };
        loss.lines += vehicle.trajectory.segment_count();
        loss.pieces += trajectory.segment_count();
        loss.max_error_m = loss.max_error_m.max(error_m);
        if off_m > loss.max_deviation_m {
            loss.max_deviation_m = off_m;
            loss.worst_vehicle.clone_from(&vehicle.name);
        }
        vehicle.trajectory = trajectory;
    }
    Ok(Some(loss))
}

/// The show in the new format, and what that lost.
fn encode(show: &Show, target: Target, args: &ConvertArgs, name: &str) -> Result<(NamedFiles, Loss)> {
    let left_out = target.left_out().to_owned();
    let rate_hz = args.rate.unwrap_or(match target {
        Target::Kml | Target::Kmz => KmlOptions::default().rate_hz,
        _ => DEFAULT_CSV_RATE_HZ,
    });
    let sampled = Loss { rate_hz: Some(rate_hz), left_out: left_out.clone(), ..Loss::default() };
    let period_ms = Some((1000.0 / rate_hz).ceil());
    let kml = KmlOptions { rate_hz, ..KmlOptions::default() };
    let (bytes, loss) = match target {
        Target::Skyc => {
            // Lossless by the writer's guarantee; `judge` holds the decoded file against it.
            let none =
                Loss { max_deviation_m: Some(0.0), worst_light_shift_ms: Some(0.0), left_out, ..Loss::default() };
            (write_skyc(show)?, none)
        }
        Target::CsvZip => {
            let csv = write_csv_zip(show, rate_hz)?;
            let (max_deviation_m, worst_vehicle) = (Some(csv.max_deviation_m), Some(csv.worst_at.0));
            (csv.bytes, Loss { max_deviation_m, worst_vehicle, worst_light_shift_ms: period_ms, ..sampled })
        }
        Target::Vviz => {
            let vviz = write_vviz(show, rate_hz, rate_hz)?;
            let (max_deviation_m, worst_vehicle) = (Some(vviz.max_deviation_m), Some(vviz.worst_vehicle));
            (vviz.bytes, Loss { max_deviation_m, worst_vehicle, worst_light_shift_ms: period_ms, ..sampled })
        }
        Target::Glb => (write_glb(show, &GltfOptions::default())?, Loss { left_out, ..Loss::default() }),
        Target::Kml => (write_kml(show, &kml)?, sampled),
        Target::Kmz => (write_kmz(show, &kml)?, sampled),
        Target::Geojson => (write_geojson(show)?, Loss { left_out, ..Loss::default() }),
        Target::Skyb | Target::SkybFolder => return encode_skyb(show, target, args, name),
        Target::PolynomialZip | Target::PolynomialFolder => {
            let export = write_crazyswarm(show, &file_stems(show)?)?;
            let loss = Loss { max_deviation_m: Some(export.max_error_m), left_out, ..Loss::default() };
            if target == Target::PolynomialFolder {
                return Ok((export.files, loss));
            }
            (export.to_zip()?, loss)
        }
    };
    Ok((vec![(name.to_owned(), bytes)], loss))
}

fn encode_skyb(show: &Show, target: Target, args: &ConvertArgs, name: &str) -> Result<(NamedFiles, Loss)> {
    show.check()?;
    let names: Vec<String> = if target == Target::SkybFolder {
        file_stems(show)?.into_iter().map(|stem| format!("{stem}.skyb")).collect()
    } else if show.vehicles.len() == 1 {
        vec![name.to_owned()]
    } else {
        bail!(
            "a .skyb holds one vehicle and the show has {}: give a folder, its name with a slash at the end",
            show.vehicles.len()
        );
    };
    let with_plan = show.vehicles.iter().find(|v| v.return_plan.as_ref().is_some_and(|p| !p.entries.is_empty()));
    let rth = match (args.rth_layout.as_deref(), with_plan) {
        (None, Some(vehicle)) => bail!(
            "vehicle \"{}\" has a return plan, and a .skyb holds it in one of three layouts that no file tells apart: name \
             the one that the firmware reads with --rth-layout released-4, main-2026 or crate-0.1, or leave the plans out \
             knowingly with --rth-layout none (vehicles that are stopped then land where they are)",
            vehicle.name
        ),
        (Some(name), _) => RthLayout::from_name(name).map_or(RthWriting::LeaveOut, RthWriting::Layout),
        (None, None) => RthWriting::Refuse,
    };
    let options = SkybOptions { rth, ..SkybOptions::default() };
    let exports: Vec<_> = show.vehicles.par_iter().map(|v| write_skyb(v, &options)).collect();
    let exports: Vec<SkybExport> = exports.into_iter().collect::<Result<_, _>>()?;
    let mut loss = Loss {
        max_deviation_m: Some(0.0),
        scale_mm: Some(1),
        worst_light_shift_ms: Some(0.0),
        worst_light_error: Some(0),
        ..Loss::default()
    };
    let mut sizes = SkybLoss::default();
    let mut left_out: BTreeSet<&str> = [target.left_out()].into();
    let mut files = Vec::with_capacity(names.len() + 1);
    for ((file, export), vehicle) in names.iter().zip(exports).zip(&show.vehicles) {
        if loss.max_deviation_m.is_none_or(|worst_m| export.max_error_m > worst_m) {
            loss.max_deviation_m = Some(export.max_error_m);
            loss.worst_vehicle = Some(vehicle.name.clone());
        }
        loss.scale_mm = loss.scale_mm.max(Some(export.scale));
        loss.worst_light_error = loss.worst_light_error.max(Some(export.worst_light_error));
        let shift_ms = export.worst_light_shift_ms as f64;
        loss.worst_light_shift_ms = loss.worst_light_shift_ms.map(|worst_ms| worst_ms.max(shift_ms));
        sizes.segments += export.segments;
        sizes.max_segments = sizes.max_segments.max(export.segments);
        sizes.max_light_bytes = sizes.max_light_bytes.max(export.light_bytes);
        sizes.max_yaw_error_deg = sizes.max_yaw_error_deg.max(export.max_yaw_error_deg);
        if export.bytes.len() > sizes.max_bytes {
            sizes.max_bytes = export.bytes.len();
            sizes.largest_vehicle.clone_from(&vehicle.name);
        }
        // The number of the group stands in the site file.
        left_out.extend(export.left_out.iter().filter(|what| target == Target::Skyb || !what.contains("group")));
        if let (Some(plan), RthWriting::Layout(layout)) = (export.return_plan, rth) {
            sizes.rth_layout = Some(layout.name());
            sizes.max_return_error_m = sizes.max_return_error_m.max(plan.max_error_m);
            sizes.max_return_shift_ms = sizes.max_return_shift_ms.max(plan.max_shift_ms);
            left_out.extend(plan.left_out);
        }
        files.push((file.clone(), export.bytes));
    }
    if target == Target::SkybFolder {
        let layout = sizes.rth_layout.and_then(RthLayout::from_name);
        files.push((SITE_FILE_NAME.to_owned(), write_site_file(show, &names, layout)?));
    }
    loss.left_out = left_out.into_iter().collect::<Vec<_>>().join("; ");
    loss.skyb = Some(sizes);
    Ok((files, loss))
}

/// The names of the vehicles as names of files, or why one makes none.
fn file_stems(show: &Show) -> Result<Vec<String>> {
    let mut taken = BTreeSet::new();
    for vehicle in &show.vehicles {
        let name = vehicle.name.as_str();
        if name.is_empty()
            || name.len() > MAX_NAME_BYTES
            || name.starts_with('.')
            || name.contains(['/', '\\', ':'])
            || name.chars().any(char::is_control)
        {
            bail!(
                "the vehicle name {name:?} makes no file name: use a short one without / \\ : that begins with no dot"
            );
        }
        if !taken.insert(name.to_lowercase()) {
            bail!(
                "the vehicle name {name:?} differs from another only in upper and lower case: some disks hold one file"
            );
        }
    }
    Ok(show.vehicles.iter().map(|v| v.name.clone()).collect())
}

/// Decodes the result and proves it, if the format can be read back.
fn judge(
    Decoded { show: source, .. }: &Decoded,
    target: Target,
    files: &[(String, Vec<u8>)],
    rth_layout: Option<RthLayout>,
    reporter: &dyn Reporter,
) -> Result<Option<Judged>> {
    let limits = ReadLimits::default();
    let decoded = match (target, files) {
        (Target::Skyb, [(name, bytes)]) => read_skyb_as(bytes, name, rth_layout, &limits)?,
        (Target::Skyc | Target::CsvZip | Target::Vviz | Target::PolynomialZip, [(name, bytes)]) => {
            kapok_format::read(bytes, name, &limits)?
        }
        (Target::SkybFolder, files) => read_skyb_folder(files, rth_layout, &limits)?,
        (Target::PolynomialFolder, files) => read_crazyswarm_files(files, "", &limits)?,
        _ => return Ok(None),
    };
    let (coordinate_step_m, samples) = (decoded.coordinate_step_m(), decoded.is_sampled());
    let (mut show, notes) = (decoded.show, decoded.notes);
    if target == Target::Skyc && show.vehicles != source.vehicles {
        bail!("the .skyc file does not read back as what was written: nothing was written");
    }
    let limits_of_source = !matches!(target, Target::Skyc | Target::SkybFolder);
    if limits_of_source {
        show.title.clone_from(&source.title);
        show.site = source.site;
        show.environment.clone_from(&source.environment);
        show.limits = source.limits;
        show.profile.clone_from(&source.profile);
    }
    let settings = ProofSettings { coordinate_step_m, samples, ..ProofSettings::default() };
    let mut certificate = prove(&show, &settings, reporter);
    if let (false, [(name, bytes)]) = (target.is_folder(), files) {
        let file = FileId { name: name.clone(), sha256: content_sha256(bytes), bytes: bytes.len() as u64 };
        certificate = certificate.for_file(file);
    }
    Ok(Some(Judged { certificate, notes, limits_of_source, coordinate_step_m }))
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

impl Made {
    /// What is assumed between samples, if source or result consists of samples.
    fn interpolation(&self) -> Option<&'static str> {
        match self.loss.fit {
            Some(_) => Some(FITTED_CURVES),
            None => (is_sampled(self.source.format) || self.target.is_sampled()).then_some(STRAIGHT_LINES),
        }
    }

    /// The result for people.
    fn text(&self, out: &Path) -> String {
        let loss = &self.loss;
        let positions = match (loss.max_deviation_m, &loss.worst_vehicle) {
            (Some(0.0), _) => "exact".to_owned(),
            (Some(off_m), Some(name)) => format!("off by at most {:.2} mm (vehicle {name})", off_m * 1000.0),
            (Some(off_m), None) => format!("off by at most {:.2} mm", off_m * 1000.0),
            (None, _) => self.target.positions_sentence().to_owned(),
        };
        let lights = match loss.worst_light_shift_ms {
            Some(0.0) => "exact".to_owned(),
            Some(shift_ms) if self.target.is_sampled() => {
                format!("changes up to {shift_ms} ms late, shorter flashes may be lost, fades in steps")
            }
            Some(shift_ms) => {
                let error = loss.worst_light_error.unwrap_or_default();
                format!("keys moved by at most {shift_ms} ms, fades off by at most {error} of 255")
            }
            None => self.target.lights_sentence().to_owned(),
        };
        let mut rows = vec![("positions", positions), ("lights", lights), ("left out", loss.left_out.clone())];
        if let Some(rate_hz) = loss.rate_hz {
            rows.push(("rate", format!("{rate_hz} samples a second")));
        }
        if let Some(scale_mm) = loss.scale_mm {
            rows.push(("scale", format!("{scale_mm} mm a unit at most")));
        }
        if let Some(fit) = &loss.fit {
            let value = format!(
                "{} pieces in place of {} lines, off a sample by at most {:.2} mm ({} mm allowed)",
                fit.pieces,
                fit.lines,
                fit.max_error_m * 1000.0,
                fit.tolerance_m * 1000.0
            );
            rows.push(("curves", value));
        }
        let vehicles = self.source.show.vehicles.len();
        if let Some(skyb) = &loss.skyb {
            // Without the site's file, which no vehicle carries.
            let carried = self.files.iter().filter(|(name, _)| name != "site.json").map(|(_, bytes)| bytes.len());
            rows.extend(skyb.rows(vehicles, carried.sum()));
        } else {
            let each = self.byte_count() as f64 / vehicles.max(1) as f64;
            rows.push(("bytes", format!("{each:.0} a vehicle, everything included")));
        }
        let verdict = match &self.judged {
            Some(judged) => word(judged.certificate.verdict).to_uppercase(),
            None => "not judged: the format cannot be read back; it is for looking at, not for flying".to_owned(),
        };
        rows.push(("verdict", verdict));
        let mut text = format!(
            "{}: {} ({} vehicles, {}) → {}\n\n",
            self.source.show.title,
            format_name(self.source.format),
            self.source.show.vehicles.len(),
            clock(self.source.show.duration_ms() as f64),
            self.target.name()
        );
        for (name, value) in rows {
            let _ = writeln!(text, "  {name:9}   {value}");
        }
        if let Some(judged) = &self.judged {
            let _ = write!(text, "\nThe proof of the decoded result\n\n{}", report(&judged.certificate));
            let step_mm = judged.coordinate_step_m * 1000.0;
            let _ = write!(text, "\n  What rounding to {step_mm} mm can explain is not held against the show.\n");
            if judged.limits_of_source {
                text.push_str(
                    "  Limits, fence and volumes are those of the source: the format has no place for them.\n",
                );
            }
        }
        if let Some(sentence) = self.interpolation() {
            let _ = write!(text, "\n  {sentence}\n");
        }
        if self.judged.as_ref().is_some_and(|j| j.certificate.verdict != Verdict::Proved) {
            text.push_str("\n  The file was written although it is not proved safe.\n");
        }
        let kilobytes = self.byte_count() as f64 / 1000.0;
        let files = if self.target.is_folder() {
            format!("{} ({} files, {kilobytes:.0} kB)", out.display(), self.files.len())
        } else {
            format!("{} ({kilobytes:.0} kB)", out.display())
        };
        let _ = write!(text, "\n  wrote {files}\n");
        text
    }

    fn byte_count(&self) -> usize {
        self.files.iter().map(|(_, bytes)| bytes.len()).sum()
    }

    /// The result for machines.
    fn answer<'a>(&'a self, args: &ConvertArgs, out: &Path) -> Answer<'a> {
        let in_folder = self.target.is_folder();
        let files: Vec<FileAnswer> = self
            .files
            .iter()
            .map(|(name, bytes)| FileAnswer {
                path: if in_folder { out.join(name) } else { out.to_owned() }.display().to_string(),
                bytes: bytes.len(),
                sha256: content_sha256(bytes),
            })
            .collect();
        Answer {
            source: SourceAnswer {
                path: args.input.display().to_string(),
                format: format_name(self.source.format),
                bytes: self.source_bytes,
                sha256: &self.source_sha256,
                notes: &self.source.notes,
            },
            out: out.display().to_string(),
            format: self.target.name(),
            vehicle_count: self.source.show.vehicles.len(),
            bytes: self.byte_count(),
            sha256: if in_folder { folder_sha256(&self.files) } else { content_sha256(&self.files[0].1) },
            files,
            loss: &self.loss,
            interpolation: self.interpolation(),
            verdict: self.judged.as_ref().map(|j| j.certificate.verdict),
            limits_of_source: self.judged.as_ref().map(|j| j.limits_of_source),
            coordinate_step_m: self.judged.as_ref().map(|j| j.coordinate_step_m),
            result_notes: self.judged.as_ref().map(|j| j.notes.as_slice()).unwrap_or_default(),
            certificate: self.judged.as_ref().map(|j| &j.certificate),
        }
    }
}

impl SkybLoss {
    /// What there is to tell people.
    fn rows(&self, vehicles: usize, bytes: usize) -> Vec<(&'static str, String)> {
        let each = |total: usize| total as f64 / vehicles.max(1) as f64;
        let mut rows = vec![
            ("pieces", format!("{:.1} a vehicle, at most {}", each(self.segments), self.max_segments)),
            (
                "bytes",
                format!(
                    "{:.0} a vehicle, at most {} (vehicle {}), at most {} of lights",
                    each(bytes),
                    self.max_bytes,
                    self.largest_vehicle,
                    self.max_light_bytes
                ),
            ),
        ];
        if self.max_yaw_error_deg > 0.0 {
            rows.push(("yaw", format!("off by at most {:.3} degrees", self.max_yaw_error_deg)));
        }
        if let Some(layout) = self.rth_layout {
            let (off_mm, shift_ms) = (self.max_return_error_m * 1000.0, self.max_return_shift_ms);
            let value = format!("layout {layout}, points moved by at most {off_mm:.2} mm, durations by {shift_ms} ms");
            rows.push(("ways home", value));
        }
        rows
    }
}

/// The result as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "in")]
    source: SourceAnswer<'a>,
    out: String,
    format: &'static str,
    vehicle_count: usize,
    bytes: usize,
    /// Of the one file, or of all files of the folder together.
    sha256: String,
    files: Vec<FileAnswer>,
    loss: &'a Loss,
    interpolation: Option<&'static str>,
    /// `null` for formats that cannot be read back.
    verdict: Option<Verdict>,
    limits_of_source: Option<bool>,
    coordinate_step_m: Option<f64>,
    result_notes: &'a [String],
    certificate: Option<&'a Certificate>,
}

#[derive(Serialize)]
struct SourceAnswer<'a> {
    path: String,
    format: &'static str,
    bytes: u64,
    sha256: &'a str,
    notes: &'a [String],
}

#[derive(Serialize)]
struct FileAnswer {
    path: String,
    bytes: usize,
    sha256: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ending_says_the_format() {
        let args = |name: &str, crazyswarm: bool| ConvertArgs {
            input: PathBuf::new(),
            output: name.into(),
            rate: None,
            fit: None,
            rth_layout: None,
            crazyswarm,
            skyb_folder: name == "x",
            threads: None,
            json: false,
        };
        let of =
            |name: &str| target(Path::new(name), &args(name, false)).map(|(path, t)| (path.display().to_string(), t));
        let polynomials = |name: &str| target(Path::new(name), &args(name, true)).map(|(_, t)| t);
        assert_eq!(polynomials("a.zip").unwrap(), Target::PolynomialZip);
        assert_eq!(polynomials("no-such-folder/").unwrap(), Target::PolynomialFolder);
        assert!(polynomials("a.skyc").is_err());
        assert_eq!(of("a/b.SKYC").unwrap(), ("a/b.SKYC".into(), Target::Skyc));
        assert_eq!(of("no-such-folder/").unwrap(), ("no-such-folder".into(), Target::SkybFolder));
        assert_eq!(of("x.skyb").unwrap().1, Target::Skyb);
        assert_eq!(of("x").unwrap().1, Target::SkybFolder);
        for bad in ["show.docx", "show", "/", ".."] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
