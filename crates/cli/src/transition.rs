use std::fmt::Write as _;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, bail};
use kapok_certify::{Certificate, Certified, Options, Rule, RuleReport, Verdict, certify_skyc};
use kapok_design::points::{ListedPoint, PointListUse, read_points as read_points_csv};
use kapok_format::content_sha256;
use kapok_plan::{MotionLimits, TransitionOutcome, TransitionReport, TransitionSettings, transition};
use kapok_show::{
    BadSetting, Chapter, ChapterKind, DVec3, LightKey, LightProgram, Limits, MAX_VEHICLES, Reporter, Rgb, Show,
    Trajectory, Vehicle, VehicleProfile, figure, figure_beside, printable,
};
use serde::Serialize;

use crate::args::TransitionArgs;
use crate::outputs::{Batch, by_ending, keep_apart};
use crate::page::Page;
use crate::plan::certificate_path;
use crate::progress::Terminal;
use crate::prove::in_pool;
use crate::{Outcome, terminal};

/// Largest file of points, bytes: rows of far more digits than a program writes, for the most vehicles.
const MAX_POINTS_BYTES: u64 = 16 << 20;

/// Farthest coordinate, metres. The proof takes ten times as much, which leaves room to spread.
const MAX_COORDINATE_M: f64 = 1e5;

/// Most rows of a CSV file that is written.
const MAX_CSV_ROWS: u64 = 100_000_000;

/// No transition is this long; the battery and the ceiling are not what is asked here.
const DAY_S: f64 = 86_400.0;

/// `kapok transition`: points → plan → bytes → decoded → proved → files.
pub fn run(args: &TransitionArgs) -> Result<Outcome> {
    let targets = targets(&args.outputs)?;
    let certificates: Vec<PathBuf> =
        targets.iter().filter(|(_, t)| *t == Target::Skyc).map(|(path, _)| certificate_path(path)).collect();
    let outputs: Vec<&Path> = args.outputs.iter().chain(&certificates).map(PathBuf::as_path).collect();
    keep_apart(&[&args.start, &args.goal], &outputs)?;
    let reporter = Stopwatch::new();
    let made = in_pool(args.threads, || make(args, &targets, &reporter))?;
    let phases = reporter.finish();
    let (answer, files) = made?;
    let written =
        if answer.status == Status::Complete { files.iter().map(WrittenFile::of).collect() } else { Vec::new() };
    let answer = Answer { phases, files: written, ..answer };
    if answer.status == Status::Complete {
        let mut batch = Batch::default();
        for (path, bytes) in &files {
            batch.add(path, bytes)?;
        }
        batch.commit()?;
    }
    if args.json {
        terminal::print_json(&answer)?;
    } else {
        answer.page().print()?;
    }
    if let Some(reason) = &answer.reason {
        terminal::complain(&printable(&format!("error: {reason}")));
    }
    Ok(match answer.status {
        Status::Complete => Outcome::Done,
        Status::Infeasible => Outcome::Infeasible,
        Status::Violated | Status::Undecided => Outcome::NotProved,
    })
}

/// What was found, and the files to be written if it is proved.
type Made = (Answer, Vec<(PathBuf, Vec<u8>)>);

fn make(args: &TransitionArgs, targets: &[(PathBuf, Target)], reporter: &Stopwatch) -> Result<Made> {
    reporter.phase("reading", 0);
    let settings = settings(args);
    settings.validate().map_err(|bad| in_flags(args, bad))?;
    let (starts, goals) = (read_points(&args.start, reporter)?, read_points(&args.goal, reporter)?);
    let counts = [starts.points_m.len(), goals.points_m.len()];
    if counts[0] != counts[1] {
        bail!(
            "{} has {} points but {} has {}: each vehicle needs one goal",
            args.start.display(),
            counts[0],
            args.goal.display(),
            counts[1]
        );
    }
    let asked = Answer::asked(args, &starts, &goals);
    let plan = match transition(&starts.points_m, &goals.points_m, &settings, reporter)? {
        TransitionOutcome::Complete(plan) => *plan,
        TransitionOutcome::Infeasible(reason) => {
            return Ok((Answer { reason: Some(reason.to_string()), ..asked }, Vec::new()));
        }
    };
    reporter.phase("writing curves", 0);
    let (report, assignment) = (plan.report.clone(), plan.goal_of_start.clone());
    let show = show_of(plan.trajectories()?, limits(args), targets.iter().any(|(_, t)| *t == Target::Skyc))?;
    drop(plan);
    let (bytes, judged) = judge(&show.show, targets, reporter)?;
    drop(show.show);
    let peak_speed_m_s = peak_speed_m_s(judged.show());
    let mut answer = asked.found(&report, assignment, judged.certificate());
    answer.peak_speed_m_s = Some(peak_speed_m_s);
    if let Some(limit_m_s) = args.max_velocity
        && answer.status == Status::Complete
        && peak_speed_m_s > limit_m_s
    {
        answer.status = Status::Undecided;
        answer.reason = Some(format!(
            "the speed may reach {} m/s, more than {} m/s",
            figure_beside(peak_speed_m_s, limit_m_s),
            figure(limit_m_s)
        ));
    }
    let mut files = Vec::new();
    if answer.status == Status::Complete {
        reporter.phase("writing files", 0);
        for (path, target) in targets {
            match target {
                Target::Skyc => {
                    files.push((path.clone(), bytes.clone()));
                    files.push((certificate_path(path), judged.certificate().to_json()?));
                }
                Target::Csv => files.push((path.clone(), csv(judged.show(), args.rate, show.lift_m)?)),
            }
        }
    }
    Ok((answer, files))
}

fn settings(args: &TransitionArgs) -> TransitionSettings {
    let limits = match args.max_velocity {
        Some(v) => MotionLimits::isotropic(v, args.max_acceleration, args.max_jerk),
        None => MotionLimits::from(&limits(args)),
    };
    let mut settings = TransitionSettings::new(limits, args.separation, args.downwash_scale);
    settings.keep_order = args.keep_order;
    settings
}

/// A setting that makes no sense, by the name of the flag that says it.
fn in_flags(args: &TransitionArgs, bad: BadSetting) -> anyhow::Error {
    let flag = match bad.field {
        "min_separation_m" => "--separation",
        "downwash_scale" => "--downwash-scale",
        // One flag for all directions stands for the three.
        "max_velocity_m_s" => "--max-velocity",
        "max_velocity_xy_m_s" | "max_velocity_up_m_s" | "max_velocity_down_m_s" if args.max_velocity.is_some() => {
            "--max-velocity"
        }
        "max_velocity_xy_m_s" => "--max-velocity-xy",
        "max_velocity_up_m_s" => "--max-velocity-up",
        "max_velocity_down_m_s" => "--max-velocity-down",
        "max_acceleration_m_s2" => "--max-acceleration",
        "max_jerk_m_s3" => "--max-jerk",
        _ => return bad.into(),
    };
    anyhow::anyhow!("{flag} is {}, but {}", bad.value, bad.why)
}

/// The flags as limits of a show. What the flags do not speak of is set so wide that it forbids nothing.
fn limits(args: &TransitionArgs) -> Limits {
    // The arguments are only legal with one speed or all three; 0 is refused by the check of the limits.
    let or_all = |v: Option<f64>| v.or(args.max_velocity).unwrap_or(0.0);
    Limits {
        min_separation_m: args.separation,
        downwash_scale: args.downwash_scale,
        ground_separation_m: args.separation,
        max_velocity_xy_m_s: or_all(args.max_velocity_xy),
        max_velocity_up_m_s: or_all(args.max_velocity_up),
        max_velocity_down_m_s: or_all(args.max_velocity_down),
        max_acceleration_m_s2: args.max_acceleration,
        max_jerk_m_s3: args.max_jerk,
        max_yaw_rate_deg_s: 1e6,
        max_altitude_m: 1e6,
        min_navigation_altitude_m: 0.0,
        max_wind_m_s: 0.0,
        battery_reserve: 0.0,
    }
}

/// A transition as a show, and by how much it stands higher there.
struct Lifted {
    show: Show,
    lift_m: f64,
}

/// The curves as a show of white lights.
///
/// Points have no ground, a show has one at z = 0 with rules of its own. So unless the show itself is wanted, what lies
/// lower is lifted above it, by whole metres: no rule that the flags speak of depends on the height.
fn show_of(trajectories: Vec<Trajectory>, limits: Limits, as_it_is: bool) -> Result<Lifted> {
    let lowest_m = trajectories.iter().flat_map(Trajectory::control_points_m).map(|p| p.z).fold(0.0, f64::min);
    let lift_m = if as_it_is { 0.0 } else { (-lowest_m).ceil() };
    let mut vehicles = Vec::with_capacity(trajectories.len());
    for (i, trajectory) in trajectories.into_iter().enumerate() {
        let trajectory = if lift_m > 0.0 { lifted(&trajectory, lift_m)? } else { trajectory };
        vehicles.push(Vehicle::new(i.to_string(), trajectory.start_point_m(), trajectory, white()));
    }
    let mut show = Show {
        title: "Transition".into(),
        limits,
        profile: VehicleProfile { endurance_s: DAY_S, ..VehicleProfile::default() },
        ..Show::of_vehicles(vehicles)
    };
    let end_ms = show.duration_ms();
    if end_ms > 0 {
        show.chapters.push(Chapter { name: "Transition".into(), kind: ChapterKind::Transition, start_ms: 0, end_ms });
    }
    Ok(Lifted { show, lift_m })
}

fn lifted(trajectory: &Trajectory, lift_m: f64) -> Result<Trajectory> {
    // Decimals stay what they were: the sum is rounded to the planner's grid of 0.1 mm.
    let up = |p: DVec3| DVec3::new(p.x, p.y, ((p.z + lift_m) * 1e4).round() / 1e4);
    let mut out = Trajectory::starting_at(trajectory.start_ms(), up(trajectory.start_point_m()))?;
    let mut control_m = Vec::new();
    for segment in trajectory.segments() {
        control_m.clear();
        control_m.extend(segment.control_m.iter().skip(1).map(|&p| up(p)));
        out.push(segment.end_ms, &control_m)?;
    }
    Ok(out)
}

fn white() -> LightProgram {
    let mut lights = LightProgram::dark();
    lights.push(LightKey { t_ms: 0, colour: Rgb { r: 255, g: 255, b: 255 }, fade: false });
    lights
}

/// The bytes of the show and what is proved of them.
fn judge(show: &Show, targets: &[(PathBuf, Target)], reporter: &dyn Reporter) -> Result<(Vec<u8>, Certified)> {
    let written = targets.iter().find(|(_, t)| *t == Target::Skyc);
    let name = written.and_then(|(path, _)| path.file_name()).map(|n| n.to_string_lossy().into_owned());
    // What lost vehicles reach is told by a certificate; without a .skyc there is none.
    // Points have no ground: the vehicles hang in the air before and after.
    let options = Options { without_losses: written.is_none(), airborne_ends: true, ..Options::default() };
    Ok(certify_skyc(show, &name.unwrap_or_default(), &options, reporter)?)
}

/// No vehicle is ever faster, m/s: a curve's velocity lies in the hull of d (c_k+1 − c_k) / T. The certificate judges
/// speed by axis only.
fn peak_speed_m_s(show: &Show) -> f64 {
    let mut peak_m_s = 0.0_f64;
    for segment in show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        let per_second = segment.degree() as f64 * 1000.0 / (segment.end_ms - segment.start_ms) as f64;
        for pair in segment.control_m.windows(2) {
            peak_m_s = peak_m_s.max((pair[1] - pair[0]).length() * per_second);
        }
    }
    peak_m_s
}

/// A file the command writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Target {
    Skyc,
    Csv,
}

fn targets(outputs: &[PathBuf]) -> Result<Vec<(PathBuf, Target)>> {
    let targets = by_ending(outputs, &[("csv", Target::Csv), ("skyc", Target::Skyc)])?;
    if targets.iter().filter(|(_, t)| *t == Target::Skyc).count() > 1 {
        bail!("only one .skyc can be written, because the certificate names its file");
    }
    Ok(targets)
}

/// The points of a CSV file, and the hash of its bytes.
struct Points {
    points_m: Vec<DVec3>,
    sha256: String,
}

fn read_points(path: &Path, reporter: &dyn Reporter) -> Result<Points> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_POINTS_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > MAX_POINTS_BYTES {
        bail!("{} is larger than {} MiB, the largest file of points", path.display(), MAX_POINTS_BYTES >> 20);
    }
    let points = parse_points(&bytes, &path.display().to_string())?;
    if points.iter().any(|point| point.colour.is_some()) {
        reporter.warn(&format!("the names and colours of {} are not used: a transition has none", path.display()));
    }
    let points_m = points.into_iter().map(|point| point.position_m).collect();
    Ok(Points { points_m, sha256: content_sha256(&bytes) })
}

/// The points of a file. Errors name line and column, counted from 1, a column in characters. A row is a vehicle of the
/// answer, so none may be missing.
fn parse_points(bytes: &[u8], name: &str) -> Result<Vec<ListedPoint>> {
    let list_use = PointListUse { is_flat: false, has_gaps: false, farthest_m: MAX_COORDINATE_M, most: MAX_VEHICLES };
    read_points_csv(bytes, &list_use)
        .map_err(|error| anyhow::anyhow!("{name}:{}:{}: {}", error.line, error.character, error.why))
}

/// Rows `vehicle,t,x,y,z`, vehicle by vehicle, at the multiples of the period (to the millisecond) and at the end.
fn csv(show: &Show, rate_hz: u32, lift_m: f64) -> Result<Vec<u8>> {
    let end_ms = show.duration_ms();
    let rate = i64::from(rate_hz);
    let mut times_ms: Vec<i64> =
        (0..=end_ms * rate / 1000).map(|k| (k * 1000 + rate / 2) / rate).filter(|&t_ms| t_ms < end_ms).collect();
    times_ms.push(end_ms);
    let rows = times_ms.len() as u64 * show.vehicles.len() as u64;
    if rows > MAX_CSV_ROWS {
        bail!("the CSV file would have {rows} rows, more than {MAX_CSV_ROWS}: choose a lower --rate, or .skyc");
    }
    let mut text = String::from("vehicle,t,x,y,z\n");
    for vehicle in &show.vehicles {
        for &t_ms in &times_ms {
            let p = vehicle.trajectory.sample(t_ms as f64).position_m - DVec3::new(0.0, 0.0, lift_m);
            // Adding zero turns a rounded −0 into 0.
            let [x, y, z] = p.to_array().map(|c| (c * 1e4).round() / 1e4 + 0.0);
            let _ = writeln!(text, "{},{},{x:.4},{y:.4},{z:.4}", vehicle.name, t_ms as f64 / 1000.0);
        }
    }
    Ok(text.into_bytes())
}

/// How it ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
enum Status {
    /// Planned, and every rule is proved on the decoded bytes.
    Complete,
    /// Not possible, or not by this planner.
    Infeasible,
    /// Planned, but the proof found a rule broken.
    Violated,
    /// Planned, but the proof could not decide.
    Undecided,
}

/// The result for machines.
#[derive(Serialize)]
struct Answer {
    kapok_version: &'static str,
    n: usize,
    status: Status,
    /// What the proof says of the decoded bytes; nothing where there is no plan.
    verdict: Option<Verdict>,
    reason: Option<String>,
    /// The limits that were asked for.
    limits: Asked,
    starts_sha256: String,
    goals_sha256: String,
    duration_s: Option<f64>,
    lower_bound_s: Option<f64>,
    ratio: Option<f64>,
    /// In the metric of the separation, which divides z by the downwash scale.
    min_separation_m: Option<f64>,
    min_separation_pair: Option<[usize; 2]>,
    min_separation_t_s: Option<f64>,
    peak_speed_m_s: Option<f64>,
    assignment: Option<Vec<u32>>,
    phases: Vec<Phase>,
    repairs: Vec<Repair>,
    files: Vec<WrittenFile>,
}

/// The limits that were asked for.
#[derive(Clone, Copy, Serialize)]
struct Asked {
    min_separation_m: f64,
    downwash_scale: f64,
    max_velocity_xy_m_s: f64,
    max_velocity_up_m_s: f64,
    max_velocity_down_m_s: f64,
    /// The speed in any direction, if one flag was given for all.
    max_velocity_m_s: Option<f64>,
    max_acceleration_m_s2: f64,
    max_jerk_m_s3: f64,
}

impl Asked {
    fn of(args: &TransitionArgs) -> Self {
        let limits = limits(args);
        Self {
            min_separation_m: limits.min_separation_m,
            downwash_scale: limits.downwash_scale,
            max_velocity_xy_m_s: limits.max_velocity_xy_m_s,
            max_velocity_up_m_s: limits.max_velocity_up_m_s,
            max_velocity_down_m_s: limits.max_velocity_down_m_s,
            max_velocity_m_s: args.max_velocity,
            max_acceleration_m_s2: limits.max_acceleration_m_s2,
            max_jerk_m_s3: limits.max_jerk_m_s3,
        }
    }
}

#[derive(Serialize)]
struct WrittenFile {
    path: String,
    bytes: usize,
    sha256: String,
}

impl WrittenFile {
    fn of((path, bytes): &(PathBuf, Vec<u8>)) -> Self {
        Self { path: path.display().to_string(), bytes: bytes.len(), sha256: content_sha256(bytes) }
    }
}

#[derive(Clone, Debug, Serialize)]
struct Phase {
    name: String,
    seconds: f64,
}

/// What was done where the straight lines of the least squares do not serve.
#[derive(Serialize)]
struct Repair {
    /// "reassigned": other goals for the sake of the longest trips; "detour": off the straight line and back; "spread": the
    /// whole formation spreads out, flies spread, draws together.
    kind: &'static str,
    /// Vehicles concerned; 1 for the whole formation.
    count: usize,
    /// How many times wider the formation is on the way.
    #[serde(skip_serializing_if = "Option::is_none")]
    factor: Option<f64>,
    /// How far off the straight line the farthest of them is, metres.
    #[serde(skip_serializing_if = "Option::is_none")]
    longest_m: Option<f64>,
}

impl Repair {
    fn all(report: &TransitionReport) -> Vec<Self> {
        let plain = |kind, count| Self { kind, count, factor: None, longest_m: None };
        let mut repairs = Vec::new();
        if report.reassigned_count > 0 {
            repairs.push(plain("reassigned", report.reassigned_count));
        }
        if report.detour_count > 0 {
            repairs.push(Self { longest_m: Some(report.longest_detour_m), ..plain("detour", report.detour_count) });
        }
        if report.spread_factor > 1.0 {
            repairs.push(Self { factor: Some(report.spread_factor), ..plain("spread", 1) });
        }
        repairs
    }

    /// For people.
    fn text(&self) -> String {
        let count = self.count;
        match (self.factor, self.longest_m) {
            (Some(factor), _) => format!("the formation spreads {factor:.3} times wider on the way"),
            (None, Some(longest_m)) => format!("{count} vehicles leave the straight line, by {longest_m:.2} m at most"),
            (None, None) => format!("{count} vehicles fly to other goals, so that the longest trips are shorter"),
        }
    }
}

impl Answer {
    /// Before anything is found.
    fn asked(args: &TransitionArgs, starts: &Points, goals: &Points) -> Self {
        Self {
            kapok_version: env!("CARGO_PKG_VERSION"),
            n: starts.points_m.len(),
            status: Status::Infeasible,
            verdict: None,
            reason: None,
            limits: Asked::of(args),
            starts_sha256: starts.sha256.clone(),
            goals_sha256: goals.sha256.clone(),
            duration_s: None,
            lower_bound_s: None,
            ratio: None,
            min_separation_m: None,
            min_separation_pair: None,
            min_separation_t_s: None,
            peak_speed_m_s: None,
            assignment: None,
            phases: Vec::new(),
            repairs: Vec::new(),
            files: Vec::new(),
        }
    }

    fn found(self, report: &TransitionReport, assignment: Vec<u32>, certificate: &Certificate) -> Self {
        let n = assignment.len();
        let worst = certificate.rule(Rule::Separation).and_then(|r| r.worst.as_ref()).filter(|w| w.vehicles.len() == 2);
        // The proof names no pair where all are far apart; the planner always does.
        let closest = match worst {
            Some(w) => Some((w.value, [w.vehicles[0].index, w.vehicles[1].index], w.t_ms)),
            None if n > 1 => {
                let (i, j) = report.min_separation_pair;
                Some((report.min_separation_m, [i, j], report.min_separation_t_ms))
            }
            None => None,
        };
        let status = match certificate.verdict {
            Verdict::Proved => Status::Complete,
            Verdict::Violated => Status::Violated,
            Verdict::Undecided | Verdict::NotApplicable => Status::Undecided,
        };
        let failed = certificate.rules.iter().find(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided));
        let reason = failed.map(not_proved);
        Self {
            status,
            verdict: Some(certificate.verdict),
            reason,
            duration_s: Some(report.duration_ms as f64 / 1000.0),
            lower_bound_s: Some(report.bound_ms / 1000.0),
            ratio: Some(report.ratio),
            min_separation_m: closest.map(|c| c.0),
            min_separation_pair: closest.map(|c| c.1),
            min_separation_t_s: closest.map(|c| c.2 / 1000.0),
            assignment: Some(assignment),
            repairs: Repair::all(report),
            ..self
        }
    }

    /// The result for people.
    fn page(&self) -> Page {
        let verdict = match self.status {
            Status::Complete => "complete, PROVED",
            Status::Infeasible => "infeasible",
            Status::Violated => "planned, but VIOLATED",
            Status::Undecided => "planned, but UNDECIDED",
        };
        let mut rows = vec![("vehicles", self.n.to_string()), ("status", verdict.into())];
        let mut add = |name, value: Option<String>| rows.extend(value.map(|v| (name, v)));
        add("duration", self.duration_s.map(|s| format!("{s:.3} s")));
        add("lower bound", self.lower_bound_s.map(|s| format!("{s:.3} s")));
        add("ratio", self.ratio.map(|r| format!("{r:.4}")));
        let scale = self.limits.downwash_scale;
        let scaled = if scale == 1.0 { String::new() } else { format!(" (z divided by {scale})") };
        let closest = self.min_separation_m.zip(self.min_separation_pair).zip(self.min_separation_t_s);
        add("closest", closest.map(|((m, [i, j]), s)| format!("{m:.4} m{scaled}, vehicles {i} and {j} at {s:.3} s")));
        add("peak speed", self.peak_speed_m_s.map(|v| format!("{v:.3} m/s")));
        for repair in &self.repairs {
            add("changed", Some(repair.text()));
        }
        let mut page = Page::default();
        page.facts(rows);
        page.gap();
        for phase in &self.phases {
            page.line(2, format!("{:>8.3} s   {}", phase.seconds, phase.name));
        }
        for file in &self.files {
            page.line(2, format!("wrote {} ({} kB)", file.path, file.bytes.div_ceil(1000)));
        }
        page
    }
}

/// A rule that fails, with its worst case.
fn not_proved(rule: &RuleReport) -> String {
    let mut text = format!("not proved: {} is {}: {}", rule.title, rule.verdict, rule.detail);
    if let Some(worst) = &rule.worst {
        let who: Vec<&str> = worst.vehicles.iter().map(|v| v.name.as_str()).collect();
        let (limit, unit, at_s) = (figure(rule.limit.value), &rule.limit.unit, worst.t_ms / 1000.0);
        let _ = write!(text, " Worst: {:.4} {unit} against {limit} {unit}, vehicle ", worst.value);
        let _ = write!(text, "{} at {at_s:.3} s.", who.join(" and "));
    }
    text
}

/// Passes progress on to the terminal and takes the time of each phase.
struct Stopwatch {
    terminal: Terminal,
    state: Mutex<Option<(String, Instant)>>,
    done: Mutex<Vec<Phase>>,
}

impl Stopwatch {
    const fn new() -> Self {
        Self { terminal: Terminal::new(), state: Mutex::new(None), done: Mutex::new(Vec::new()) }
    }

    /// Ends the current phase and begins the next.
    #[allow(clippy::disallowed_methods, reason = "the times are what is asked for; no plan depends on them")]
    fn turn(&self, next: Option<&str>) {
        let now = Instant::now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((name, since)) = state.take() {
            let seconds = now.duration_since(since).as_secs_f64();
            match done.iter_mut().find(|p| p.name == name) {
                Some(phase) => phase.seconds += seconds,
                None => done.push(Phase { name, seconds }),
            }
        }
        *state = next.map(|name| (name.to_owned(), now));
    }

    /// The phases in the order of their first beginning.
    fn finish(&self) -> Vec<Phase> {
        self.turn(None);
        self.terminal.finish();
        self.done.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Reporter for Stopwatch {
    fn phase(&self, name: &str, total: u64) {
        self.turn(Some(name.strip_prefix("start → goal: ").unwrap_or(name)));
        self.terminal.phase(name, total);
    }

    fn advance(&self, steps: u64) {
        self.terminal.advance(steps);
    }

    fn warn(&self, message: &str) {
        self.terminal.warn(message);
    }

    fn note(&self, message: &str) {
        self.terminal.note(message);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn points_are_read_with_and_without_a_header() {
        let points = vec![DVec3::new(1.0, -2.5, 30.0), DVec3::new(0.1, 0.0, 3e1)];
        let read = |text: &str| -> Vec<DVec3> {
            parse_points(text.as_bytes(), "a").unwrap().into_iter().map(|p| p.position_m).collect()
        };
        assert_eq!(read("x,y,z\n1,-2.5,30\n0.1,0,3e1\n"), points);
        assert_eq!(read("1, -2.5 ,30\r\n0.1,0,3e1"), points);
        assert_eq!(read("\u{feff}X, Y, Z\r\n1,-2.5,30\r\n0.1,0,3e1\r\n\r\n\n"), points);
        assert_eq!(read("x_m,y_m,z_m\n1,-2.5,30\n0.1,0,3e1\n"), points);
        assert_eq!(read("# x,y,z\n1,-2.5,30\n0.1,0,3e1\n"), points);
    }

    #[test]
    fn mistakes_are_named_by_line_and_column() {
        for (text, expected) in [
            ("1,2,3\n1,nan,3\n", "a:2:3: y is \"nan\""),
            ("1,2,3\n1,2,inf\n", "a:2:5: z is \"inf\""),
            ("x,y,z\n1,2\n", "a:2:1: "),
            ("x,y,z\n1,2,3,4\n", "a:2:1: "),
            ("x,y,z\n\n1,2,3\n", "a:2:1: "),
            ("x,y\n1,2,3\n", "a:1:1: "),
            ("z,y,x\n1,2,3\n", "a:1:1: the header is z,y,x, but must be x,y,z"),
            ("x_m,y_m,z_cm\n1,2,3\n", "a:1:9: the column is \"z_cm\", but coordinates are in metres"),
            (
                "x;y;z\n1;2;3\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 1 field; separate them by commas",
            ),
            (
                "1\t2\t3\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 1 field; separate them by commas",
            ),
            ("1,2,3,\n", "a:1:1: a row has three numbers x,y,z in metres, this one has 4 fields; the last comma"),
            (
                "1,2,3,4,5,6\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 6 fields; starts and goals",
            ),
            ("1,2,3\n\n1,2,3\n", "a:2:1: a row has three numbers x,y,z in metres, this one has 0 fields"),
            ("\n1,2,3\n", "a:1:1: a row has three numbers x,y,z in metres, this one has 0 fields"),
            ("1,2,3\n1,0x2,3\n", "a:2:3: y is \"0x2\""),
            ("1,2,1e6\n", "a:1:5: z is 1000000 m"),
            ("x,y,z\n", "a:1:1: the list holds no points"),
            ("", "a:1:1: the list holds no points"),
        ] {
            let error = parse_points(text.as_bytes(), "a").unwrap_err().to_string();
            assert!(error.starts_with(expected), "{text:?}: {error}");
        }
        let many = "0,0,0\n".repeat(MAX_VEHICLES + 1);
        assert!(parse_points(many.as_bytes(), "a").unwrap_err().to_string().starts_with("a:50001:1: more than 50000"));
    }
}
