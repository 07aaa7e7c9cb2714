use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_format::skyb::SkybOptions;
use kapok_format::{
    DEFAULT_CSV_RATE_HZ, Decoded, Format, GltfOptions, KmlOptions, ReadLimits, content_sha256, read_skyb,
    write_csv_zip, write_geojson, write_glb, write_kml, write_kmz, write_skyb, write_skyc, write_vviz,
};
use kapok_proof::{Certificate, FileId, ProofSettings, Verdict, prove};
use kapok_show::{Reporter, Show};
use rayon::prelude::*;
use serde::Serialize;

use crate::Outcome;
use crate::args::ConvertArgs;
use crate::files::{self, Batch};
use crate::limits;
use crate::progress::Terminal;
use crate::prove::{clock, in_pool, outcome, report, word};

/// Longest name of a vehicle that becomes a file name, bytes.
const MAX_NAME_BYTES: usize = 200;

/// Name and bytes of each file.
type NamedFiles = Vec<(String, Vec<u8>)>;

/// What is assumed between samples, and what the proof can therefore not say.
const STRAIGHT_LINES: &str = "\
Between samples straight lines at constant speed and held colours are assumed: the format does not say. Straight lines \
have no acceleration and no jerk, and a jump of velocity at every bend, so these rules cannot be judged here: jumps that \
are listed belong to the lines, and acceleration and jerk that are called proved say nothing about the vehicles.";

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
    /// One file a vehicle.
    SkybFolder,
}

/// `kapok convert`: bytes → show → bytes of another format → decoded → proved → files.
pub fn run(args: &ConvertArgs) -> Result<Outcome> {
    let (out, target) = target(&args.output, args.skyb_folder)?;
    if args.rate.is_some() && !target.is_sampled() {
        bail!("--rate is for formats of samples (.zip, .vviz, .kml, .kmz); {} has none", target.name());
    }
    refuse_the_source(&args.input, &out)?;
    if target == Target::SkybFolder {
        files::refuse_full_folder(&out)?;
    }
    let reporter = Terminal::new();
    let made = in_pool(args.threads, || make(args, &out, target, &reporter))?;
    reporter.finish();
    let made = made.with_context(|| format!("cannot convert {}", args.input.display()))?;
    // The answer is made first: nothing that can fail comes after the files have their names.
    let text = if args.json { serde_json::to_string_pretty(&made.answer(args, &out))? + "\n" } else { made.text(&out) };
    if target == Target::SkybFolder {
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
fn target(out: &Path, skyb_folder: bool) -> Result<(PathBuf, Target)> {
    let ends_with_separator = out.to_string_lossy().ends_with(std::path::is_separator);
    if skyb_folder || ends_with_separator || out.is_dir() {
        // Without the separator at the end.
        let folder: PathBuf = out.components().collect();
        if folder.file_name().is_none() {
            bail!("{}: give the name of a folder that is new or empty", out.display());
        }
        return Ok((folder, Target::SkybFolder));
    }
    let ending = out.extension().and_then(|e| e.to_str()).unwrap_or_default().to_ascii_lowercase();
    let target = match ending.as_str() {
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
        }
    }

    /// What the format has no place for.
    const fn left_out(self) -> &'static str {
        match self {
            Self::Skyc => "nothing of what was read",
            Self::CsvZip => "site, surroundings, limits, vehicle profile, chapters, pads apart from the first row",
            Self::Vviz => "heading, surroundings, limits, vehicle profile, chapters, pads apart from the first sample",
            Self::Skyb | Self::SkybFolder => {
                "site, surroundings, limits, vehicle profile, chapters, pads apart from the first point; there is no \
                 return plan, no yaw control and no event in the file"
            }
            Self::Glb => "site, surroundings, limits, vehicle profile, chapters, pads",
            Self::Kml | Self::Kmz => "colours, surroundings, limits, vehicle profile, chapters, pads",
            Self::Geojson => "all motion and light; kept are flight volume, fence, keep-outs, audiences, waters, pads",
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
    /// What the format has no place for.
    left_out: &'static str,
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
    source_bytes: usize,
    source_sha256: String,
    /// Name and bytes; in a folder more than one.
    files: NamedFiles,
    loss: Loss,
    /// `None` for formats that cannot be read back.
    judged: Option<Judged>,
}

fn make(args: &ConvertArgs, out: &Path, target: Target, reporter: &dyn Reporter) -> Result<Made> {
    let bytes = files::read(&args.input)?;
    reporter.phase("decoding", 0);
    let source = kapok_format::read(&bytes, &file_name(&args.input), &ReadLimits::default())?;
    for note in &source.notes {
        reporter.warn(note);
    }
    reporter.phase("writing", 0);
    let name = file_name(out);
    let (files, loss) = encode(&source.show, target, args.rate, &name)?;
    reporter.phase("decoding the result", 0);
    let judged = judge(&source, target, &files, reporter)?;
    Ok(Made { target, source_bytes: bytes.len(), source_sha256: content_sha256(&bytes), source, files, loss, judged })
}

/// The show in the new format, and what that lost.
fn encode(show: &Show, target: Target, rate_hz: Option<f64>, name: &str) -> Result<(NamedFiles, Loss)> {
    let left_out = target.left_out();
    let rate_hz = rate_hz.unwrap_or(match target {
        Target::Kml | Target::Kmz => KmlOptions::default().rate_hz,
        _ => DEFAULT_CSV_RATE_HZ,
    });
    let sampled = Loss { rate_hz: Some(rate_hz), left_out, ..Loss::default() };
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
        Target::Skyb | Target::SkybFolder => return encode_skyb(show, target, name),
    };
    Ok((vec![(name.to_owned(), bytes)], loss))
}

fn encode_skyb(show: &Show, target: Target, name: &str) -> Result<(NamedFiles, Loss)> {
    show.check()?;
    let names = if target == Target::SkybFolder {
        skyb_names(show)?
    } else if show.vehicles.len() == 1 {
        vec![name.to_owned()]
    } else {
        bail!(
            "a .skyb holds one vehicle and the show has {}: give a folder, its name with a slash at the end",
            show.vehicles.len()
        );
    };
    let exports: Vec<_> = show
        .vehicles
        .par_iter()
        .map(|v| write_skyb(v, &SkybOptions::default()).with_context(|| format!("vehicle \"{}\"", v.name)))
        .collect();
    let mut loss = Loss {
        max_deviation_m: Some(0.0),
        scale_mm: Some(1),
        worst_light_shift_ms: Some(0.0),
        left_out: target.left_out(),
        ..Loss::default()
    };
    let mut files = Vec::with_capacity(names.len());
    for ((file, export), vehicle) in names.into_iter().zip(exports).zip(&show.vehicles) {
        let export = export?;
        if loss.max_deviation_m.is_none_or(|worst_m| export.max_error_m > worst_m) {
            loss.max_deviation_m = Some(export.max_error_m);
            loss.worst_vehicle = Some(vehicle.name.clone());
        }
        loss.scale_mm = loss.scale_mm.max(Some(export.scale));
        let shift_ms = export.worst_light_shift_ms as f64;
        loss.worst_light_shift_ms = loss.worst_light_shift_ms.map(|worst_ms| worst_ms.max(shift_ms));
        files.push((file, export.bytes));
    }
    Ok((files, loss))
}

/// NAME.skyb for each vehicle, or why a name makes no file.
fn skyb_names(show: &Show) -> Result<Vec<String>> {
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
    Ok(show.vehicles.iter().map(|v| format!("{}.skyb", v.name)).collect())
}

/// Decodes the result and proves it, if the format can be read back.
fn judge(
    Decoded { show: source, .. }: &Decoded,
    target: Target,
    files: &[(String, Vec<u8>)],
    reporter: &dyn Reporter,
) -> Result<Option<Judged>> {
    let limits = ReadLimits::default();
    let (mut show, notes) = match (target, files) {
        (Target::Skyc | Target::CsvZip | Target::Vviz | Target::Skyb, [(name, bytes)]) => {
            let decoded = kapok_format::read(bytes, name, &limits)?;
            (decoded.show, decoded.notes)
        }
        (Target::SkybFolder, files) => decode_folder(source, files, &limits)?,
        _ => return Ok(None),
    };
    if target == Target::Skyc && show.vehicles != source.vehicles {
        bail!("the .skyc file does not read back as what was written: nothing was written");
    }
    let limits_of_source = target != Target::Skyc;
    if limits_of_source {
        show.title.clone_from(&source.title);
        show.site = source.site;
        show.environment.clone_from(&source.environment);
        show.limits = source.limits;
        show.profile.clone_from(&source.profile);
    }
    let coordinate_step_m = limits::coordinate_step_m(files.iter().map(|(_, bytes)| bytes.as_slice()), &show);
    let settings = ProofSettings { coordinate_step_m, ..ProofSettings::default() };
    let mut certificate = prove(&show, &settings, reporter);
    if let (false, [(name, bytes)]) = (target == Target::SkybFolder, files) {
        let file = FileId { name: name.clone(), sha256: content_sha256(bytes), bytes: bytes.len() as u64 };
        certificate = certificate.for_file(file);
    }
    Ok(Some(Judged { certificate, notes, limits_of_source, coordinate_step_m }))
}

/// The vehicles of a folder as one show, and the notes of their reader, each once.
fn decode_folder(source: &Show, files: &[(String, Vec<u8>)], limits: &ReadLimits) -> Result<(Show, Vec<String>)> {
    let decoded: Vec<_> =
        files.par_iter().map(|(name, bytes)| read_skyb(bytes, name, limits).with_context(|| name.clone())).collect();
    let mut show = Show { vehicles: Vec::with_capacity(files.len()), ..source.clone() };
    let mut notes: Vec<String> = Vec::new();
    for (decoded, original) in decoded.into_iter().zip(&source.vehicles) {
        let Decoded { show: one, notes: of_one, .. } = decoded?;
        for mut vehicle in one.vehicles {
            vehicle.name.clone_from(&original.name);
            show.vehicles.push(vehicle);
        }
        for note in of_one {
            if !notes.contains(&note) {
                notes.push(note);
            }
        }
    }
    Ok((show, notes))
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
    }
}

impl Made {
    /// What is assumed between samples, if source or result consists of samples.
    fn interpolation(&self) -> Option<&'static str> {
        (is_sampled(self.source.format) || self.target.is_sampled()).then_some(STRAIGHT_LINES)
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
            Some(shift_ms) => format!("keys moved by at most {shift_ms} ms"),
            None => self.target.lights_sentence().to_owned(),
        };
        let mut rows = vec![("positions", positions), ("lights", lights), ("left out", loss.left_out.to_owned())];
        if let Some(rate_hz) = loss.rate_hz {
            rows.push(("rate", format!("{rate_hz} samples a second")));
        }
        if let Some(scale_mm) = loss.scale_mm {
            rows.push(("scale", format!("{scale_mm} mm a unit at most")));
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
        let files = if self.target == Target::SkybFolder {
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
        let in_folder = self.target == Target::SkybFolder;
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
            sha256: if in_folder { None } else { files.first().map(|f| f.sha256.clone()) },
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

/// The result as JSON.
#[derive(Serialize)]
struct Answer<'a> {
    #[serde(rename = "in")]
    source: SourceAnswer<'a>,
    out: String,
    format: &'static str,
    vehicle_count: usize,
    bytes: usize,
    /// Of the one file; `null` for a folder, whose files each have theirs.
    sha256: Option<String>,
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
    bytes: usize,
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
        let of = |name: &str| target(Path::new(name), false).map(|(path, t)| (path.display().to_string(), t));
        assert_eq!(of("a/b.SKYC").unwrap(), ("a/b.SKYC".into(), Target::Skyc));
        assert_eq!(of("no-such-folder/").unwrap(), ("no-such-folder".into(), Target::SkybFolder));
        assert_eq!(of("x.skyb").unwrap().1, Target::Skyb);
        assert_eq!(target(Path::new("x"), true).unwrap().1, Target::SkybFolder);
        for bad in ["show.docx", "show", "/", ".."] {
            assert!(of(bad).is_err(), "{bad}");
        }
    }
}
