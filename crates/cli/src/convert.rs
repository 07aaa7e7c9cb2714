use std::path::Path;

use anyhow::{Context, Result, anyhow};
use kapok_certify::{Source, clock};
use kapok_jobs::{Conversion, ConversionRequest, JobError, RthLayout, SkybLoss, convert};

use crate::args::ConvertArgs;
use crate::outcome::Outcome;
use crate::outputs::{self, Batch, keep_apart};
use crate::page::Page;
use crate::progress::Terminal;
use crate::work::{in_flags, in_pool, print_answer};
use crate::{certificate, inputs};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 4] = [
    ("rate_hz", "--rate"),
    ("fit_tolerance_m", "--fit"),
    ("rth_layout", "--rth-layout"),
    ("without_return_to_home", "--rth-layout"),
];

/// `kapok convert`: bytes → show → bytes of another format → decoded → proved → files.
pub fn run(args: &ConvertArgs) -> Result<Outcome> {
    let request = request(args);
    let (out, target) = request.target().map_err(|error| in_flags(error, &FLAGS))?;
    inputs::expect_show(&args.input)?;
    keep_apart(&[&args.input], &[&out])?;
    if target.is_folder() {
        outputs::refuse_full_folder(&out)?;
    }
    let reporter = Terminal::new();
    let work = || {
        let source = Source::load(&args.input)?;
        convert(&source, &request, &reporter).map_err(told)
    };
    let conversion = in_pool(args.work.threads, work)?;
    reporter.finish();
    let conversion = conversion.with_context(|| format!("cannot convert {}", args.input.display()))?;
    write(&conversion)?;
    if args.work.json {
        print_answer(&conversion.answer)?;
    } else {
        page(&conversion).print()?;
    }
    Ok(conversion.answer.certificate.as_ref().map_or(Outcome::Done, Outcome::from))
}

/// An error of the job, with the flags that would do.
fn told(error: JobError) -> anyhow::Error {
    match error {
        JobError::UnnamedLayout { .. } => anyhow!(
            "{error}: give --rth-layout released-4, main-2026 or crate-0.1 as the firmware has it, or --rth-layout none"
        ),
        other => in_flags(other, &FLAGS),
    }
}

fn request(args: &ConvertArgs) -> ConversionRequest {
    let layout = args.rth_layout.as_deref();
    ConversionRequest {
        input: args.input.display().to_string(),
        output: args.output.clone(),
        into_folder: args.skyb_folder || is_folder(&args.output),
        crazyswarm: args.crazyswarm,
        rate_hz: args.rate,
        fit_tolerance_m: args.fit,
        rth_layout: layout.and_then(RthLayout::from_name),
        without_return_to_home: layout == Some("none"),
        airborne_ends: args.airborne_ends,
    }
}

/// Is a folder meant: one that is there, or a name that ends as folders' names may?
fn is_folder(out: &Path) -> bool {
    out.to_string_lossy().ends_with(std::path::is_separator) || out.is_dir()
}

fn write(conversion: &Conversion) -> Result<()> {
    if conversion.target.is_folder() {
        return outputs::write_folder(&conversion.output, &conversion.files);
    }
    let mut batch = Batch::default();
    for (_, bytes) in &conversion.files {
        batch.add(&conversion.output, bytes)?;
    }
    batch.commit()
}

/// The answer for people.
fn page(conversion: &Conversion) -> Page {
    let Conversion { target, answer, .. } = conversion;
    let mut page = Page::default();
    page.line(
        0,
        format!(
            "{}: {} ({} vehicles, {}) → {}",
            answer.title,
            answer.source.format,
            answer.vehicle_count,
            clock(answer.duration_ms as f64),
            target.name()
        ),
    );
    page.gap();
    page.facts(rows(conversion));
    if let Some(certificate) = &answer.certificate {
        page.gap();
        page.line(0, "The proof of the decoded result");
        page.gap();
        page.extend(certificate::page(certificate));
        page.gap();
        if let Some(step_m) = answer.coordinate_step_m {
            page.line(2, format!("What rounding to {} mm can explain is not held against the show.", step_m * 1000.0));
        }
        if answer.limits_of_source == Some(true) {
            page.line(2, "Limits, fence and volumes are those of the source: the format has no place for them.");
        }
    }
    if let Some(sentence) = answer.interpolation {
        page.gap();
        page.line(2, sentence);
    }
    if answer.certificate.as_ref().is_some_and(|certificate| !certificate.certifies()) {
        page.gap();
        page.line(2, "The file was written although it is not proved safe.");
    }
    let kilobytes = answer.bytes as f64 / 1000.0;
    let files = if target.is_folder() { format!("{} files, ", answer.files.len()) } else { String::new() };
    page.gap();
    page.line(2, format!("wrote {} ({files}{kilobytes:.0} kB)", answer.out));
    page
}

/// What was lost, and the verdict.
fn rows(conversion: &Conversion) -> Vec<(&'static str, String)> {
    let Conversion { target, answer, .. } = conversion;
    let loss = &answer.loss;
    let positions = match (loss.max_deviation_m, &loss.worst_vehicle) {
        (Some(0.0), _) => "exact".to_owned(),
        (Some(off_m), Some(name)) => format!("off by at most {:.2} mm (vehicle {name})", off_m * 1000.0),
        (Some(off_m), None) => format!("off by at most {:.2} mm", off_m * 1000.0),
        (None, _) => target.positions_sentence().to_owned(),
    };
    let lights = match loss.worst_light_shift_ms {
        Some(0.0) => "exact".to_owned(),
        Some(shift_ms) if target.is_sampled() => {
            format!("changes up to {shift_ms} ms late, shorter flashes may be lost, fades in steps")
        }
        Some(shift_ms) => {
            let error = loss.worst_light_error.unwrap_or_default();
            format!("keys moved by at most {shift_ms} ms, fades off by at most {error} of 255")
        }
        None => target.lights_sentence().to_owned(),
    };
    let mut rows = vec![("positions", positions), ("lights", lights), ("left out", loss.left_out.clone())];
    if let Some(rate_hz) = loss.rate_hz {
        rows.push(("rate", format!("{rate_hz} samples per second")));
    }
    if let Some(scale_mm) = loss.scale_mm {
        rows.push(("scale", format!("at most {scale_mm} mm per unit")));
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
    let each = |total: usize| total as f64 / answer.vehicle_count.max(1) as f64;
    match &loss.skyb {
        Some(skyb) => {
            // Without the site's file, which no vehicle carries.
            let carried = conversion.files.iter().filter(|(name, _)| name != "site.json").map(|(_, bytes)| bytes.len());
            rows.extend(skyb_rows(skyb, each(skyb.segments), each(carried.sum())));
        }
        None => rows.push(("bytes", format!("{:.0} per vehicle, everything included", each(answer.bytes)))),
    }
    let verdict = match &answer.certificate {
        Some(certificate) => certificate.headline(),
        None => "not judged: the format cannot be read back; it is for looking at, not for flying".to_owned(),
    };
    rows.push(("verdict", verdict));
    rows
}

fn skyb_rows(skyb: &SkybLoss, pieces_each: f64, bytes_each: f64) -> Vec<(&'static str, String)> {
    let mut rows = vec![
        ("pieces", format!("{pieces_each:.1} per vehicle, at most {}", skyb.max_segments)),
        (
            "bytes",
            format!(
                "{bytes_each:.0} per vehicle, at most {} (vehicle {}), at most {} of lights",
                skyb.max_bytes, skyb.largest_vehicle, skyb.max_light_bytes
            ),
        ),
    ];
    if skyb.max_yaw_error_deg > 0.0 {
        rows.push(("yaw", format!("off by at most {:.3} degrees", skyb.max_yaw_error_deg)));
    }
    if let Some(layout) = skyb.rth_layout {
        let (off_mm, shift_ms) = (skyb.max_return_error_m * 1000.0, skyb.max_return_shift_ms);
        let value = format!("layout {layout}, points moved by at most {off_mm:.2} mm, durations by {shift_ms} ms");
        rows.push(("returns to home", value));
    }
    rows
}
