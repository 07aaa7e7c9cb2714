use std::cmp::Ordering::Equal;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_certify::{
    Certificate, Certified, LimitSource, LossFigure, LossMode, LossWitness, Options, RuleReport, SectorLoss, Source,
    Verdict, Witness, certify, clock, sarif,
};
use kapok_show::Reporter;

use crate::Outcome;
use crate::args::ProveArgs;
use crate::check;
use crate::files::Batch;
use crate::plot::{PlotFormat, plot};
use crate::progress::Terminal;
use crate::table::Table;
use crate::wrap;

/// Cases beside the worst that are shown for people, a rule.
const MORE_CASES: usize = 5;

/// `kapok prove`: judges a file.
pub fn run(args: &ProveArgs) -> Result<Outcome> {
    if let Some(certificate) = &args.check {
        return check::run(&args.file, certificate, args.threads, args.json);
    }
    outputs_differ(args)?;
    let reporter = Terminal::new();
    let options =
        Options { limits: args.limits.replacing(), max_payload_bytes: args.max_payload_bytes, ..Options::default() };
    let judged = in_pool(args.threads, || {
        let judged = judge(&args.file, &options, &reporter)?;
        let seen = args.safety.as_ref().map(|_| judged.safety(&reporter));
        anyhow::Ok((judged, seen))
    });
    reporter.finish();
    let (judged, seen) = judged??;
    let certificate = judged.certificate();
    if args.json {
        // The report prints them.
        judged.notes().iter().for_each(|note| reporter.warn(note));
    }
    let mut batch = Batch::default();
    if let Some(path) = &args.certificate {
        batch.add(path, &certificate.to_json()?)?;
    }
    if let Some(path) = &args.plot {
        batch.add(path, &plot(PlotFormat::of(path)?, judged.show(), certificate)?)?;
    }
    if let Some((path, seen)) = args.safety.as_ref().zip(seen) {
        batch.add(path, &serde_json::to_vec(&seen)?)?;
    }
    if let Some(path) = &args.sarif {
        batch.add(path, &serde_json::to_vec_pretty(&sarif(certificate, &args.file.to_string_lossy()))?)?;
    }
    batch.commit()?;
    if args.json {
        println!("{}", serde_json::to_string_pretty(certificate)?);
    } else {
        print!("{}", wrap::for_stdout(&report(certificate)));
    }
    Ok(outcome(certificate))
}

/// A plot has an ending that is known, and no file that is written is the one that is read or the other one.
fn outputs_differ(args: &ProveArgs) -> Result<()> {
    if let Some(plot) = &args.plot {
        PlotFormat::of(plot)?;
    }
    let outputs: Vec<&PathBuf> =
        args.certificate.iter().chain(&args.plot).chain(&args.safety).chain(&args.sarif).collect();
    if let Some(path) = outputs.iter().find(|path| ***path == args.file) {
        bail!("{} would be written over the show itself", path.display());
    }
    if let Some(k) = (1..outputs.len()).find(|&k| outputs[..k].contains(&outputs[k])) {
        bail!("{} is given twice", outputs[k].display());
    }
    Ok(())
}

/// Reads a file, decodes and proves it.
pub fn judge(path: &Path, options: &Options, reporter: &dyn Reporter) -> Result<Certified> {
    let judge = || anyhow::Ok(certify(&Source::load(path)?, options, reporter)?);
    judge().with_context(|| format!("cannot judge {}", path.display()))
}

/// Runs `work` on this many threads.
pub fn in_pool<T: Send>(threads: Option<usize>, work: impl FnOnce() -> T + Send) -> Result<T> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads.unwrap_or(0)).build();
    Ok(pool.context("cannot start the worker threads")?.install(work))
}

/// Exit code of a verdict: undecided counts as not safe.
pub fn outcome(certificate: &Certificate) -> Outcome {
    if certificate.verdict == Verdict::Proved { Outcome::Done } else { Outcome::NotProved }
}

/// The certificate as a table for people.
pub fn report(certificate: &Certificate) -> String {
    let mut table = Table::new(&["rule", "verdict", "limit", "worst", "margin", "when", "who"], 2);
    for rule in &certificate.rules {
        table.row(row(rule));
    }
    let mut text = format!(
        "{}: {} ({} {}, {})\n\n{}",
        certificate.title,
        certificate.verdict.to_string().to_uppercase(),
        certificate.vehicle_count,
        if certificate.vehicle_count == 1 { "vehicle" } else { "vehicles" },
        clock(certificate.duration_ms as f64),
        table.render()
    );
    for rule in certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)) {
        let _ = write!(text, "\n  {}: {}\n", rule.title, rule.detail);
        text.push_str(&cases(rule));
    }
    text.push_str(&if_something_fails(certificate));
    text.push_str(&provenance(certificate));
    let file = &certificate.provenance().file;
    let _ = write!(text, "\n  {} ({} bytes)\n  sha256 {}\n", file.name, file.bytes, file.sha256);
    text
}

/// The worst case of a rule and up to [`MORE_CASES`] more, and how many are not shown.
fn cases(rule: &RuleReport) -> String {
    let Some(worst) = &rule.worst else { return String::new() };
    let more = rule.witnesses.len().min(MORE_CASES);
    let mut table = Table::new(&["", "when", "value", "who", "where (x, y, z in m)"], 1);
    for (k, w) in std::iter::once(worst).chain(&rule.witnesses[..more]).enumerate() {
        let places: Vec<String> = w.positions_m.iter().map(|p| format!("{:.2}, {:.2}, {:.2}", p.x, p.y, p.z)).collect();
        table.row(vec![
            if k == 0 { "worst".into() } else { String::new() },
            format!("{:.3} s", w.t_ms / 1000.0),
            with_unit(w.value, rule),
            names(w),
            places.join(" | "),
        ]);
    }
    let mut text = table.render().lines().fold(String::new(), |text, line| text + "  " + line + "\n");
    let hidden = rule.violations.saturating_sub(1 + more as u64);
    if hidden > 0 {
        let _ = writeln!(text, "    and {hidden} more");
    }
    text
}

/// What is reckoned with if something fails; figures, no verdicts.
fn if_something_fails(certificate: &Certificate) -> String {
    let Some(f) = &certificate.failure else { return String::new() };
    let mut text = format!("\n  If something fails, in wind up to {} m/s:\n", f.wind_m_s);
    if let Some(reach_m) = f.largest_reach_m {
        let _ = writeln!(text, "    a vehicle comes down within {reach_m:.1} m of the point below where it fails");
    }
    if let Some(w) = &f.water {
        let reached = if w.distance_m > 0.0 {
            format!("stays {:.1} m clear of", w.distance_m)
        } else {
            format!("reaches {:.1} m into", -w.distance_m)
        };
        let _ = writeln!(text, "    that {reached} the water \"{}\" ({})", w.name, w.vehicle.name);
    }
    let least = |get: fn(&SectorLoss) -> Option<f64>| f.sectors.iter().filter_map(get).reduce(f64::min);
    if let Some(s) = f.sectors.first() {
        let _ = write!(text, "    a sector without position drifts {:.1} m before it lands", s.drift_m);
        for (what, left) in [("fence", least(|s| s.fence_left_m)), ("audience", least(|s| s.audience_left_m))] {
            if let Some(left_m) = left {
                let _ = if left_m > 0.0 {
                    write!(text, "; {left_m:.1} m are left to the {what}")
                } else {
                    write!(text, "; that is {:.1} m beyond the {what}", -left_m)
                };
            }
        }
        text.push('\n');
    }
    let sectors = f.sectors.iter().filter_map(|s| s.others.as_ref());
    let sector =
        sectors.min_by(|a, b| (a.untouched_s, a.left_m).partial_cmp(&(b.untouched_s, b.left_m)).unwrap_or(Equal));
    let one = f.one_lost.iter().map(|l| ("one vehicle", l));
    for (what, loss) in one.chain(sector.map(|l| ("a sector", l))) {
        let _ = writeln!(text, "    {what} that {}: {}", verb(loss.mode), reached(loss));
    }
    let w = &f.wind;
    let _ =
        write!(text, "    needed against the air: {:.1} m/s, tilt {:.0}°", w.needed_airspeed_m_s, w.needed_tilt_deg);
    if let Some(reserve_m_s) = w.reserve_m_s {
        let _ = if reserve_m_s >= 0.0 {
            write!(text, "; {reserve_m_s:.1} m/s in reserve")
        } else {
            write!(text, "; {:.1} m/s too much for the vehicle", -reserve_m_s)
        };
    }
    text.push('\n');
    text
}

const fn verb(mode: LossMode) -> &'static str {
    match mode {
        LossMode::Stops => "stops in the air",
        LossMode::Drifts => "drifts with the wind",
        LossMode::Falls => "falls",
    }
}

/// What a loss does to those who fly on.
fn reached(loss: &LossFigure) -> String {
    let case = |w: &LossWitness| format!("{}, lost at {}, and {}", w.lost.name, clock(w.t_ms), w.other.name);
    if loss.untouched_s >= loss.horizon_s {
        let nearest = loss.worst.as_ref().map_or(String::new(), |w| format!(" (nearest: {})", case(w)));
        return format!("nobody comes nearer than {:.1} m within {:.0} s{nearest}", loss.left_m, loss.horizon_s);
    }
    let known = match &loss.worst {
        Some(w) if loss.touches => format!("; the earliest case known: after {:.2} s ({})", w.after_s, case(w)),
        Some(w) => format!("; nobody is known to be touched, the nearest comes to {:.2} m ({})", w.distance_m, case(w)),
        None => "; no case is known".to_owned(),
    };
    // Rounded down: nobody is promised more than was found.
    let untouched_s = (loss.untouched_s * 100.0).floor() / 100.0;
    if untouched_s > 0.0 {
        format!("touches nobody in the first {untouched_s:.2} s{known}")
    } else {
        format!("may touch somebody at once{known}")
    }
}

/// Where the limits came from and what the reader had to assume.
fn provenance(certificate: &Certificate) -> String {
    let from = certificate.provenance();
    let mut text = String::new();
    for source in LimitSource::ALL {
        let of = from.limit_sources.iter().filter(|(_, s)| **s == source);
        let names: Vec<&str> = of.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            let _ = write!(text, "\n  Limits from {source}: {}", names.join(", "));
        }
    }
    if !text.is_empty() {
        text.push('\n');
    }
    for assumption in &from.assumptions {
        let _ = write!(text, "\n  Note: {assumption}");
    }
    if !from.assumptions.is_empty() {
        text.push('\n');
    }
    text
}

fn with_unit(value: f64, rule: &RuleReport) -> String {
    // Adding zero turns a rounded −0 into 0.
    format!("{:.3} {}", (value * 1000.0).round() / 1000.0 + 0.0, rule.limit.unit)
}

fn names(witness: &Witness) -> String {
    witness.vehicles.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn row(rule: &RuleReport) -> Vec<String> {
    let with_unit = |value: f64| with_unit(value, rule);
    let limit = if rule.verdict == Verdict::NotApplicable { String::new() } else { with_unit(rule.limit.value) };
    let mut cells = vec![rule.title.clone(), rule.verdict.to_string(), limit];
    let worst = rule.worst.as_ref();
    cells.push(worst.map(|w| with_unit(w.value)).unwrap_or_default());
    cells.push(rule.margin.map(with_unit).unwrap_or_default());
    cells.push(worst.map(|w| clock(w.t_ms)).unwrap_or_default());
    cells.push(worst.map(names).unwrap_or_default());
    cells
}
