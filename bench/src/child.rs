//! One measurement, in a process of its own: prints one line of JSON.

use std::path::Path;
use std::time::Instant;

use anyhow::{Context, Result, bail};
use kapok_plan::{AssignSettings, MotionLimits, TransitionOutcome, TransitionSettings, assign, transition};
use kapok_proof::{ProofSettings, Verdict, prove};
use kapok_show::{DVec3, LightProgram, Limits, Show, Silent, Vehicle, VehicleProfile};
use serde::{Deserialize, Serialize};

use crate::instance::read;

/// What a child says of a plain assignment.
#[derive(Debug, Deserialize, Serialize)]
pub struct Solved {
    pub seconds: f64,
    pub peak_mb: f64,
}

/// What a child says of a whole transition.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct Flown {
    /// Planning, bound included.
    pub plan_s: f64,
    /// Proof of the written curves.
    pub proof_s: f64,
    pub peak_mb: f64,
    /// Duration to bound; nothing if it was refused.
    pub ratio: Option<f64>,
    /// Why it was refused, or empty.
    pub refusal: String,
    /// Is it proved?
    pub proved: bool,
}

impl Flown {
    /// No answer within this time.
    pub fn stopped(limit_s: f64) -> Self {
        let refusal = format!("stopped after {limit_s} s");
        Self { plan_s: limit_s, proof_s: 0.0, peak_mb: 0.0, ratio: None, refusal, proved: false }
    }
}

/// Limits of all transitions: 6 m/s, 3 m/s², 6 m/s³.
pub const LIMITS: MotionLimits = MotionLimits::isotropic(6.0, 3.0, 6.0);

/// `SOLVER INSTANCE OUT` or `transition INSTANCE SEPARATION DOWNWASH`.
pub fn run(args: &[String]) -> Result<()> {
    let [name, instance, rest @ ..] = args else { bail!("child: too few arguments") };
    let points = read(Path::new(instance))?;
    if name == "transition" {
        let [separation, downwash] = rest else { bail!("child: separation and downwash are missing") };
        let flown = fly(&points.starts, &points.goals, separation.parse()?, downwash.parse()?)?;
        println!("{}", serde_json::to_string(&flown)?);
        return Ok(());
    }
    let [out] = rest else { bail!("child: where shall the answer go?") };
    let begin = now();
    let goal_of_start: Vec<u32> = match name.as_str() {
        "kapok" => assign(&points.starts, &points.goals, &AssignSettings::default())?.goal_of_start,
        "crate lapjv" => {
            let n = points.starts.len();
            let cost =
                ndarray::Array2::from_shape_fn((n, n), |(i, j)| points.starts[i].distance_squared(points.goals[j]));
            let (rows, _) = lapjv::lapjv(&cost).map_err(|e| anyhow::anyhow!("lapjv: {e:?}"))?;
            rows.into_iter().map(|g| g as u32).collect()
        }
        "crate pathfinding" => {
            let n = points.starts.len();
            // Whole numbers: thousandths of a square metre.
            let mut cost = pathfinding::matrix::Matrix::new(n, n, 0_i64);
            for (i, a) in points.starts.iter().enumerate() {
                for (j, b) in points.goals.iter().enumerate() {
                    cost[(i, j)] = (a.distance_squared(*b) * 1000.0).round() as i64;
                }
            }
            let (_, rows) = pathfinding::kuhn_munkres::kuhn_munkres_min(&cost);
            rows.into_iter().map(|g| g as u32).collect()
        }
        other => bail!("no solver \"{other}\""),
    };
    let seconds = begin.elapsed().as_secs_f64();
    let lines: Vec<String> = goal_of_start.iter().map(ToString::to_string).collect();
    std::fs::write(out, lines.join("\n") + "\n")?;
    println!("{}", serde_json::to_string(&Solved { seconds, peak_mb: peak_mb()? })?);
    Ok(())
}

#[allow(clippy::disallowed_methods, reason = "measuring time is what this program is for")]
pub fn now() -> Instant {
    Instant::now()
}

/// Largest memory of this process so far, as Linux tells it.
fn peak_mb() -> Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("peak memory is read from /proc: Linux only")?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:")).context("no VmHWM in /proc/self/status")?;
    let kilobytes: f64 = line.split_whitespace().nth(1).context("VmHWM is empty")?.parse()?;
    Ok(kilobytes / 1024.0)
}

fn fly(starts: &[DVec3], goals: &[DVec3], min_separation_m: f64, downwash_scale: f64) -> Result<Flown> {
    let settings = TransitionSettings::new(LIMITS, min_separation_m, downwash_scale);
    let begin = now();
    let outcome = transition(starts, goals, &settings, &Silent)?;
    let plan_s = begin.elapsed().as_secs_f64();
    let plan = match outcome {
        TransitionOutcome::Complete(plan) => plan,
        TransitionOutcome::Infeasible(reason) => {
            let refusal = reason.to_string();
            return Ok(Flown { plan_s, proof_s: 0.0, peak_mb: peak_mb()?, ratio: None, refusal, proved: false });
        }
    };
    let begin = now();
    let vehicles = plan.trajectories()?.into_iter().enumerate();
    let show = Show { limits: Limits {
            min_separation_m,
            downwash_scale,
            ground_separation_m: min_separation_m,
            max_velocity_xy_m_s: 6.0,
            max_velocity_up_m_s: 6.0,
            max_velocity_down_m_s: 6.0,
            max_acceleration_m_s2: 3.0,
            max_jerk_m_s3: 6.0,
            max_altitude_m: 1e6,
            min_navigation_altitude_m: 0.0,
            ..Limits::default()
        }, profile: VehicleProfile { endurance_s: 86_400.0, ..VehicleProfile::default() }, ..Show::of_vehicles(vehicles
            .map(|(i, t)| Vehicle::new(i.to_string(), t.start_point_m(), t, LightProgram::dark()))
            .collect()) };
    // As `kapok transition` proves: without the figures of lost vehicles, which only a certificate tells.
    let settings = ProofSettings::default();
    let proved = prove(&show, &settings, &Silent).verdict == Verdict::Proved;
    let proof_s = begin.elapsed().as_secs_f64();
    let ratio = Some(plan.report.ratio);
    Ok(Flown { plan_s, proof_s, peak_mb: peak_mb()?, ratio, refusal: String::new(), proved })
}
