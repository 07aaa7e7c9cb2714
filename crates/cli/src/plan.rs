use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::Result;
use kapok_certify::{Certificate, Options, Rule, Verdict, certify_skyc, clock, read_file};
use kapok_design::{AssetFolder, line_of_scene, other_file};
use kapok_plan::{
    Plan, PlanSettings, Planned, ReturnToHomeOutcome, ReturnToHomeSettings, TransitionReport, plan, return_to_home,
};
use kapok_show::{Reporter, Storyboard, printable};
use serde::Serialize;

use crate::args::PlanArgs;
use crate::outputs::{Batch, by_ending, keep_apart};
use crate::page::{Column, Page, Table};
use crate::progress::Terminal;
use crate::prove::{self, in_pool};
use crate::{Outcome, inputs, terminal};

/// A file the command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Skyc,
    CsvZip,
}

/// `kapok plan`: script → storyboard → plan → bytes → decoded → proved → files.
pub fn run(args: &PlanArgs) -> Result<Outcome> {
    inputs::expect_script(&args.script)?;
    let targets = by_ending(&args.outputs, &[("skyc", Target::Skyc), ("zip", Target::CsvZip)])?;
    let certificates: Vec<PathBuf> =
        targets.iter().filter(|(_, t)| *t == Target::Skyc).map(|(path, _)| certificate_path(path)).collect();
    let outputs: Vec<&Path> = args.outputs.iter().chain(&certificates).map(PathBuf::as_path).collect();
    keep_apart(&[&args.script], &outputs)?;
    let reporter = Terminal::new();
    let made = in_pool(args.threads, || make(args, &targets, &reporter))?;
    reporter.finish();
    let made = match made? {
        Found::Made(made) => *made,
        Found::Refused(refusal) => {
            if args.json {
                terminal::print_json(&refusal)?;
            }
            let (script, reason) = (args.script.display().to_string(), &refusal.reason);
            terminal::complain(&printable(&format!("error: {script} cannot be planned: {reason}")));
            if let Some(line) = refusal.line {
                terminal::complain(&printable(&format!("  --> {script}:{line}")));
            }
            return Ok(Outcome::Infeasible);
        }
    };
    if made.certificate.verdict != Verdict::Proved {
        let mut page = prove::report(&made.certificate);
        page.gap();
        page.line(0, format!("The plan is {}, so nothing was written.", made.certificate.verdict));
        page.complain();
        if args.json {
            terminal::print_json(&Answer::of(&Made { files: Vec::new(), ..made }))?;
        }
        return Ok(Outcome::NotProved);
    }
    let mut batch = Batch::default();
    for file in &made.files {
        batch.add(&file.path, &file.bytes)?;
    }
    batch.commit()?;
    if args.json {
        terminal::print_json(&Answer::of(&made))?;
    } else {
        summary(&made).print()?;
    }
    Ok(Outcome::Done)
}

/// Where the certificate of a .skyc stands.
pub fn certificate_path(skyc: &Path) -> PathBuf {
    skyc.with_extension("certificate.json")
}

/// What came of a script.
enum Found {
    Made(Box<Made>),
    Refused(Refusal),
}

/// The answer for machines where there is no plan.
#[derive(Serialize)]
struct Refusal {
    title: String,
    vehicle_count: usize,
    verdict: &'static str,
    reason: String,
    /// Line of the script in which the scene that it is about begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<usize>,
}

/// Everything made, nothing written yet.
struct Made {
    plan: Plan,
    certificate: Certificate,
    /// What was found, if returns to home were asked for.
    return_to_home: Option<ReturnToHomeOutcome>,
    files: Vec<MadeFile>,
}

struct MadeFile {
    path: PathBuf,
    bytes: Vec<u8>,
    note: String,
}

fn make(args: &PlanArgs, targets: &[(PathBuf, Target)], reporter: &dyn Reporter) -> Result<Found> {
    let Loaded { text, storyboard } = load(&args.script, reporter)?;
    let mut plan = match plan(&storyboard, &PlanSettings::default(), reporter)? {
        Planned::Complete(plan) => *plan,
        Planned::Infeasible(reason) => {
            let scene = reason.scene(storyboard.scenes.iter().map(|scene| scene.name.as_str()));
            return Ok(Found::Refused(Refusal {
                line: scene.and_then(|scene| line_of_scene(&text, scene)),
                vehicle_count: storyboard.fleet.pads_m.len() + storyboard.fleet.spare_pads_m.len(),
                title: storyboard.title,
                verdict: "infeasible",
                reason: reason.counted_from_one().to_string(),
            }));
        }
    };
    let return_to_home = if args.return_to_home { Some(add_return_to_home(&mut plan, args, reporter)?) } else { None };
    let name = targets.iter().find(|(_, t)| *t == Target::Skyc).map_or(Path::new("show.skyc"), |(p, _)| p.as_path());
    let (skyc, judged) = certify_skyc(&plan.show, &file_name(name), &Options::default(), reporter)?;
    judged.notes().iter().for_each(|note| reporter.warn(note));
    if let Some(note) = kapok_format::altitude_note(&plan.show.site) {
        reporter.warn(note);
    }
    let mut files = Vec::new();
    for (path, target) in targets {
        match target {
            Target::Skyc => {
                let certificate = judged.certificate().for_copy(&file_name(path)).to_json()?;
                files.push(MadeFile { path: path.clone(), bytes: skyc.clone(), note: String::new() });
                let path = certificate_path(path);
                files.push(MadeFile { path, bytes: certificate, note: "the certificate".into() });
            }
            Target::CsvZip => {
                let csv = kapok_format::write_csv_zip(judged.show(), f64::from(args.csv_rate))?;
                let note = format!(
                    "{} rows per second; straight lines between rows stay within {:.1} mm of the flown curve",
                    args.csv_rate,
                    csv.max_deviation_m * 1000.0
                );
                files.push(MadeFile { path: path.clone(), bytes: csv.bytes, note });
            }
        }
    }
    Ok(Found::Made(Box::new(Made { plan, certificate: judged.certificate().clone(), return_to_home, files })))
}

fn add_return_to_home(plan: &mut Plan, args: &PlanArgs, reporter: &dyn Reporter) -> Result<ReturnToHomeOutcome> {
    let settings = ReturnToHomeSettings { every_s: args.return_every, ..ReturnToHomeSettings::default() };
    let found = return_to_home(&plan.show, &settings, reporter)?;
    for (vehicle, way) in plan.show.vehicles.iter_mut().zip(&found.plans) {
        vehicle.return_to_home = Some(way.clone());
    }
    Ok(found)
}

/// A script and what it says.
struct Loaded {
    text: String,
    storyboard: Storyboard,
}

fn load(script: &Path, reporter: &dyn Reporter) -> Result<Loaded> {
    let bytes = read_file(script)?;
    let text = String::from_utf8(bytes).map_err(|error| {
        let what = other_file(error.as_bytes()).unwrap_or("binary or of another encoding than UTF-8");
        anyhow::anyhow!("{} is no show script but {what}", script.display())
    })?;
    let folder = script.parent().map(Path::to_path_buf).unwrap_or_default();
    reporter.phase("reading the script", 0);
    let storyboard = kapok_design::load(&text, &script.display().to_string(), &AssetFolder::new(folder), reporter)
        .map_err(|diagnostics| anyhow::Error::new(diagnostics).context("the script has mistakes"))?;
    Ok(Loaded { text, storyboard })
}

fn file_name(path: &Path) -> String {
    path.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default()
}

/// The plan for people. "Shortest" is what the planner can do, "bound" what no planner can beat; a duration longer
/// than the shortest was asked for by the script. Scenes that move while they stand have a row of their own.
fn summary(made: &Made) -> Page {
    let plan = &made.plan;
    let mut table = Table::new(&[
        Column::text("transition"),
        Column::figure("start"),
        Column::figure("duration"),
        Column::figure("shortest").spare(3),
        Column::figure("bound").spare(2),
        Column::figure("ratio"),
        Column::figure("longest trip").spare(1),
        Column::figure("min separation"),
    ]);
    let ways = std::iter::once(&plan.takeoff).chain(&plan.transitions).chain([&plan.descent]);
    let mut stretches: Vec<(&TransitionReport, bool)> =
        ways.map(|t| (t, false)).chain(plan.motions.iter().map(|t| (t, true))).collect();
    stretches.sort_by_key(|(t, _)| t.start_ms);
    for (t, is_motion) in stretches {
        let of_way = |text: String| if is_motion { "–".into() } else { text };
        table.row(vec![
            if is_motion { format!("{} (moving)", t.name) } else { t.name.clone() },
            clock(t.start_ms as f64),
            format!("{:.2} s", t.duration_ms as f64 / 1000.0),
            of_way(format!("{:.2} s", t.shortest_ms as f64 / 1000.0)),
            bound_ms(t).map_or_else(|| "–".into(), |ms| format!("{:.2} s", ms / 1000.0)),
            shortest_ratio(t).map_or_else(|| "–".into(), |ratio| format!("{ratio:.3}")),
            of_way(format!("{:.1} m", t.longest_trip_m)),
            closest(t.min_separation_m),
        ]);
    }
    let s = &plan.summary;
    let path_of = &plan.show.vehicles[s.longest_path_vehicle].name;
    let mut rows = vec![
        ("vehicles", plan.show.vehicles.len().to_string()),
        ("duration", clock(s.duration_ms as f64)),
        ("longest path", format!("{:.1} m (vehicle {path_of})", s.longest_path_m)),
        (
            "peak speed",
            format!(
                "{:.2} m/s level, {:.2} m/s up, {:.2} m/s down",
                s.peak_velocity_xy_m_s, s.peak_velocity_up_m_s, s.peak_velocity_down_m_s
            ),
        ),
        ("peak acceleration", format!("{:.2} m/s²", s.peak_acceleration_m_s2)),
        ("battery margin", format!("{:.0} s of {:.0} s, reserve kept", s.battery_margin_s, s.battery_allowed_s)),
        ("verdict", proved_sentence(&made.certificate)),
    ];
    if let Some(found) = &made.return_to_home {
        rows.insert(rows.len() - 1, ("returns to home", return_to_home_sentence(found)));
    }
    let mut page = Page::default();
    page.line(0, plan.show.title.clone());
    page.gap();
    page.table(2, table);
    page.gap();
    page.facts(rows);
    page.gap();
    for file in &made.files {
        let size_kb = file.bytes.len() as f64 / 1000.0;
        let note = if file.note.is_empty() { String::new() } else { format!("; {}", file.note) };
        page.line(2, format!("wrote {} ({size_kb:.0} kB{note})", file.path.display()));
    }
    page
}

/// The least distance of a stretch; none for one vehicle, and none for a motion in which all stay much farther apart than
/// the separation, because the plan does not look so far.
fn closest(min_separation_m: f64) -> String {
    if min_separation_m.is_finite() { format!("{min_separation_m:.3} m") } else { "–".into() }
}

/// What no planner can beat; no such figure is known for motions and for transitions that join one.
fn bound_ms(t: &TransitionReport) -> Option<f64> {
    (t.bound_ms > 0.0 || t.duration_ms == 0).then_some(t.bound_ms)
}

/// How near the planner came to the bound: 1 is the best there can be. A longer duration that the script asks for is not
/// held against it.
fn shortest_ratio(t: &TransitionReport) -> Option<f64> {
    bound_ms(t).map(|ms| if ms > 0.0 { t.shortest_ms as f64 / ms } else { 1.0 })
}

/// From how many instants there is a return to home, how long the longest is, and why the first one is missing.
fn return_to_home_sentence(found: &ReturnToHomeOutcome) -> String {
    let mut text = format!("from {} of {} instants", found.safe_count(), found.instants.len());
    if let Some((time_s, way_ms)) = found.longest() {
        let _ = write!(
            text,
            "; the longest takes {:.0} s, from {}",
            way_ms as f64 / 1000.0,
            clock(f64::from(time_s) * 1000.0)
        );
    }
    let missing = found.instants.iter().find_map(|i| Some((i.time_s, i.found.err()?)));
    if let Some((time_s, why)) = missing {
        let _ = write!(text, "; none from {}: {why}", clock(f64::from(time_s) * 1000.0));
    }
    text
}

/// The verdict with the closest pair.
fn proved_sentence(certificate: &Certificate) -> String {
    let verdict = certificate.verdict.to_string().to_uppercase();
    let Some(worst) = certificate.rule(Rule::Separation).and_then(|r| r.worst.as_ref()) else { return verdict };
    let names: Vec<&str> = worst.vehicles.iter().map(|v| v.name.as_str()).collect();
    format!("{verdict}, closest {:.3} m at {} between {}", worst.value, clock(worst.t_ms), names.join(" and "))
}

/// The plan as JSON for machines.
#[derive(Serialize)]
struct Answer<'a> {
    title: &'a str,
    vehicle_count: usize,
    verdict: Verdict,
    totals: Totals<'a>,
    transitions: Vec<TransitionAnswer<'a>>,
    /// Scenes that move while they stand.
    motions: Vec<MotionAnswer<'a>>,
    files: Vec<FileAnswer>,
    #[serde(skip_serializing_if = "Option::is_none")]
    return_to_home: Option<ReturnToHomeAnswer>,
    certificate: &'a Certificate,
}

#[derive(Serialize)]
struct ReturnToHomeAnswer {
    instants: usize,
    with_return_to_home: usize,
    longest_s: Option<f64>,
    without: Vec<NoWayAnswer>,
}

#[derive(Serialize)]
struct NoWayAnswer {
    time_s: u32,
    why: String,
}

impl ReturnToHomeAnswer {
    fn of(found: &ReturnToHomeOutcome) -> Self {
        Self {
            instants: found.instants.len(),
            with_return_to_home: found.safe_count(),
            longest_s: found.longest().map(|(_, ms)| ms as f64 / 1000.0),
            without: found
                .instants
                .iter()
                .filter_map(|i| Some(NoWayAnswer { time_s: i.time_s, why: i.found.err()?.to_string() }))
                .collect(),
        }
    }
}

#[derive(Serialize)]
struct Totals<'a> {
    duration_ms: i64,
    longest_path_m: f64,
    longest_path_vehicle: &'a str,
    min_separation_m: f64,
    peak_velocity_xy_m_s: f64,
    peak_velocity_up_m_s: f64,
    peak_velocity_down_m_s: f64,
    peak_acceleration_m_s2: f64,
    peak_jerk_m_s3: f64,
    battery_allowed_s: f64,
    battery_margin_s: f64,
}

#[derive(Serialize)]
struct TransitionAnswer<'a> {
    name: &'a str,
    start_ms: i64,
    duration_ms: i64,
    shortest_ms: i64,
    /// Nothing for transitions that join a motion.
    bound_ms: Option<f64>,
    ratio: Option<f64>,
    longest_trip_m: f64,
    bottleneck_m: f64,
    assignment_cost_m2: f64,
    assignment_gap_m2: f64,
    min_separation_m: f64,
    min_separation_pair: [&'a str; 2],
    min_separation_t_ms: f64,
}

#[derive(Serialize)]
struct MotionAnswer<'a> {
    name: &'a str,
    start_ms: i64,
    duration_ms: i64,
    /// Nothing where all stay so far apart that the plan does not look.
    min_separation_m: Option<f64>,
    min_separation_pair: Option<[&'a str; 2]>,
    min_separation_t_ms: Option<f64>,
    peak_velocity_xy_m_s: f64,
    peak_velocity_up_m_s: f64,
    peak_velocity_down_m_s: f64,
    peak_acceleration_m_s2: f64,
    peak_jerk_m_s3: f64,
}

#[derive(Serialize)]
struct FileAnswer {
    path: String,
    bytes: usize,
    sha256: String,
}

impl<'a> Answer<'a> {
    fn of(made: &'a Made) -> Self {
        let plan = &made.plan;
        let name = |i: usize| plan.show.vehicles[i].name.as_str();
        let transition = |t: &'a TransitionReport| TransitionAnswer {
            name: &t.name,
            start_ms: t.start_ms,
            duration_ms: t.duration_ms,
            shortest_ms: t.shortest_ms,
            bound_ms: bound_ms(t),
            ratio: shortest_ratio(t),
            longest_trip_m: t.longest_trip_m,
            bottleneck_m: t.bottleneck_m,
            assignment_cost_m2: t.assignment_cost_m2,
            assignment_gap_m2: t.assignment_gap_m2,
            min_separation_m: t.min_separation_m,
            min_separation_pair: [name(t.min_separation_pair.0), name(t.min_separation_pair.1)],
            min_separation_t_ms: t.min_separation_t_ms,
        };
        let motion = |t: &'a TransitionReport| {
            let is_known = t.min_separation_m.is_finite();
            MotionAnswer {
                name: &t.name,
                start_ms: t.start_ms,
                duration_ms: t.duration_ms,
                min_separation_m: is_known.then_some(t.min_separation_m),
                min_separation_pair: is_known.then(|| [name(t.min_separation_pair.0), name(t.min_separation_pair.1)]),
                min_separation_t_ms: is_known.then_some(t.min_separation_t_ms),
                peak_velocity_xy_m_s: t.peak_velocity_xy_m_s,
                peak_velocity_up_m_s: t.peak_velocity_up_m_s,
                peak_velocity_down_m_s: t.peak_velocity_down_m_s,
                peak_acceleration_m_s2: t.peak_acceleration_m_s2,
                peak_jerk_m_s3: t.peak_jerk_m_s3,
            }
        };
        let s = &plan.summary;
        Self {
            title: &plan.show.title,
            vehicle_count: plan.show.vehicles.len(),
            verdict: made.certificate.verdict,
            totals: Totals {
                duration_ms: s.duration_ms,
                longest_path_m: s.longest_path_m,
                longest_path_vehicle: name(s.longest_path_vehicle),
                min_separation_m: s.min_separation_m,
                peak_velocity_xy_m_s: s.peak_velocity_xy_m_s,
                peak_velocity_up_m_s: s.peak_velocity_up_m_s,
                peak_velocity_down_m_s: s.peak_velocity_down_m_s,
                peak_acceleration_m_s2: s.peak_acceleration_m_s2,
                peak_jerk_m_s3: s.peak_jerk_m_s3,
                battery_allowed_s: s.battery_allowed_s,
                battery_margin_s: s.battery_margin_s,
            },
            transitions: std::iter::once(&plan.takeoff)
                .chain(&plan.transitions)
                .chain([&plan.descent])
                .map(transition)
                .collect(),
            motions: plan.motions.iter().map(motion).collect(),
            files: made
                .files
                .iter()
                .map(|f| FileAnswer {
                    path: f.path.display().to_string(),
                    bytes: f.bytes.len(),
                    sha256: kapok_format::content_sha256(&f.bytes),
                })
                .collect(),
            return_to_home: made.return_to_home.as_ref().map(ReturnToHomeAnswer::of),
            certificate: &made.certificate,
        }
    }
}
