use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use kapok_jobs::{
    MAX_POINTS_BYTES, PointsSource, Repair, TransitionAnswer, TransitionLimits, TransitionRequest, TransitionStatus,
    plan_transition,
};
use kapok_show::{LimitField, printable};

use crate::args::TransitionArgs;
use crate::outcome::Outcome;
use crate::outputs::keep_apart;
use crate::page::Page;
use crate::stopwatch::Stopwatch;
use crate::terminal;
use crate::work::{in_flags, in_pool, print_answer, write_files};

/// `kapok transition`: points → plan → bytes → decoded → proved → files.
pub fn run(args: &TransitionArgs) -> Result<Outcome> {
    let request = request(args);
    let outputs = request.paths()?;
    keep_apart(&[&args.start, &args.goal], &outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let (start, goal) = (read_points(&args.start)?, read_points(&args.goal)?);
    let (start_name, goal_name) = (args.start.display().to_string(), args.goal.display().to_string());
    let points = [PointsSource { name: &start_name, bytes: &start }, PointsSource { name: &goal_name, bytes: &goal }];
    let reporter = Stopwatch::new();
    let planned = in_pool(args.work.threads, || plan_transition(points, &request, &reporter))?;
    let phases = reporter.finish();
    let planned = planned.map_err(|error| in_flags(error, &flags(args)))?;
    let answer = TransitionAnswer { phases, ..planned.answer };
    write_files(&planned.files)?;
    if args.work.json {
        print_answer(&answer)?;
    } else {
        page(&answer).print()?;
    }
    if let Some(reason) = &answer.reason {
        terminal::complain(&printable(&format!("error: {reason}")));
    }
    Ok(match answer.status {
        TransitionStatus::Complete => Outcome::Done,
        TransitionStatus::Infeasible => Outcome::Infeasible,
        TransitionStatus::Violated | TransitionStatus::Undecided => Outcome::NotProved,
    })
}

fn request(args: &TransitionArgs) -> TransitionRequest {
    // The arguments are only legal with one speed or all three; 0 is refused by the check of the limits.
    let or_all = |v: Option<f64>| v.or(args.max_velocity).unwrap_or(0.0);
    TransitionRequest {
        limits: TransitionLimits {
            min_separation_m: args.separation,
            downwash_scale: args.downwash_scale,
            max_velocity_xy_m_s: or_all(args.max_velocity_xy),
            max_velocity_up_m_s: or_all(args.max_velocity_up),
            max_velocity_down_m_s: or_all(args.max_velocity_down),
            max_velocity_m_s: args.max_velocity,
            max_acceleration_m_s2: args.max_acceleration,
            max_jerk_m_s3: args.max_jerk,
        },
        keep_order: args.keep_order,
        outputs: args.outputs.clone(),
        csv_rate_hz: args.rate,
    }
}

/// The flag that says each limit; one flag for all directions stands for the three.
fn flags(args: &TransitionArgs) -> Vec<(&'static str, &'static str)> {
    use LimitField::{MaxVelocityDown, MaxVelocityUp, MaxVelocityXy};
    let flag = |field: LimitField| match field {
        MaxVelocityXy | MaxVelocityUp | MaxVelocityDown if args.max_velocity.is_some() => "--max-velocity",
        field => field.flag(),
    };
    let all = LimitField::ALL.into_iter().map(|field| (field.name(), flag(field)));
    all.chain([("max_velocity_m_s", "--max-velocity")]).collect()
}

fn read_points(path: &Path) -> Result<Vec<u8>> {
    let file = File::open(path).with_context(|| format!("cannot open {}", path.display()))?;
    let mut bytes = Vec::new();
    file.take(MAX_POINTS_BYTES + 1)
        .read_to_end(&mut bytes)
        .with_context(|| format!("cannot read {}", path.display()))?;
    if bytes.len() as u64 > MAX_POINTS_BYTES {
        bail!("{} is larger than {} MiB, the largest file of points", path.display(), MAX_POINTS_BYTES >> 20);
    }
    Ok(bytes)
}

/// The answer for people.
fn page(answer: &TransitionAnswer) -> Page {
    let verdict = match answer.status {
        TransitionStatus::Complete => "complete, PROVED",
        TransitionStatus::Infeasible => "infeasible",
        TransitionStatus::Violated => "planned, but VIOLATED",
        TransitionStatus::Undecided => "planned, but UNDECIDED",
    };
    let mut rows = vec![("vehicles", answer.n.to_string()), ("status", verdict.into())];
    let mut add = |name, value: Option<String>| rows.extend(value.map(|v| (name, v)));
    add("duration", answer.duration_s.map(|s| format!("{s:.3} s")));
    add("lower bound", answer.lower_bound_s.map(|s| format!("{s:.3} s")));
    add("ratio", answer.ratio.map(|r| format!("{r:.4}")));
    let scale = answer.limits.downwash_scale;
    let scaled = if scale == 1.0 { String::new() } else { format!(" (z divided by {scale})") };
    let closest = answer.min_separation_m.zip(answer.min_separation_pair).zip(answer.min_separation_t_s);
    add("closest", closest.map(|((m, [i, j]), s)| format!("{m:.4} m{scaled}, vehicles {i} and {j} at {s:.3} s")));
    add("peak speed", answer.peak_speed_m_s.map(|v| format!("{v:.3} m/s")));
    for repair in &answer.repairs {
        add("changed", Some(repaired(repair)));
    }
    let mut page = Page::default();
    page.facts(rows);
    page.gap();
    for phase in &answer.phases {
        page.line(2, format!("{:>8.3} s   {}", phase.seconds, phase.name));
    }
    for file in &answer.files {
        page.line(2, format!("wrote {} ({} kB)", file.path, file.bytes.div_ceil(1000)));
    }
    page
}

fn repaired(repair: &Repair) -> String {
    let count = repair.count;
    match (repair.factor, repair.longest_m) {
        (Some(factor), _) => format!("the formation spreads {factor:.3} times wider on the way"),
        (None, Some(longest_m)) => format!("{count} vehicles leave the straight line, by {longest_m:.2} m at most"),
        (None, None) => format!("{count} vehicles fly to other goals, so that the longest trips are shorter"),
    }
}
