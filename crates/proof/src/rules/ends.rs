use kapok_show::{DVec3, Show, Vehicle};

use crate::kernel::tally::VehicleWorst;
use crate::kernel::window::Window;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::ProofSettings;

/// Every motion begins on its pad and ends on a pad or on the ground, which is at z = 0; the value is how far from there.
///
/// That it is at rest there is the rule of continuity: a start or an end at speed is a jump.
pub fn ends(show: &Show, settings: &ProofSettings) -> RuleReport {
    if settings.airborne_ends {
        let detail =
            "The motion may begin and end in the air, as was asked for: pads and the ground are not looked at.";
        return without_cases(show, Rule::Ends, settings.pad_limit_m(), Verdict::NotApplicable, detail);
    }
    let pads = Pads::of(show, settings);
    let off_m: Vec<[f64; 2]> = show.vehicles.iter().map(|v| [start_off_m(v, settings), end_off_m(v, &pads)]).collect();
    let mut report = judged(show, settings, &off_m);
    let far = |k: usize| off_m.iter().filter(|off| off[k] > settings.pad_limit_m()).count();
    if report.verdict == Verdict::Violated {
        report.detail = format!(
            "{} of the vehicles do not begin on their pads, {} do not end on a pad or on the ground (z = 0).",
            far(0),
            far(1)
        );
    }
    let heights = show.vehicles.iter().map(|v| v.home_m.z);
    let (low_m, high_m) = heights.fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), z| (l.min(z), h.max(z)));
    if low_m.min(-high_m) < -settings.pad_limit_m() {
        report.detail = format!("{} Pads stand between {low_m:.2} m and {high_m:.2} m.", report.detail);
    }
    report
}

/// The same of the ends alone, for motions that begin in the air: returns to home.
pub fn landings(show: &Show, settings: &ProofSettings) -> RuleReport {
    let pads = Pads::of(show, settings);
    let off_m: Vec<[f64; 2]> = show.vehicles.iter().map(|v| [0.0, end_off_m(v, &pads)]).collect();
    judged(show, settings, &off_m)
}

fn judged(show: &Show, settings: &ProofSettings, off_m: &[[f64; 2]]) -> RuleReport {
    let each = show.vehicles.iter().zip(off_m).map(|(v, &[start_m, end_m])| {
        let (value, t_ms) =
            if end_m > start_m { (end_m, v.trajectory.end_ms()) } else { (start_m, v.trajectory.start_ms()) };
        Some(VehicleWorst { value, bound: value, t_ms: t_ms as f64, window: Window::default(), cut_short: false })
    });
    let kept =
        "Every motion begins on its pad and ends on a pad or on the ground. The value is the farthest from there.";
    fold(show, Rule::Ends, (settings.pad_limit_m(), 0.0), each, kept)
}

/// The values of the rule for one vehicle: at its start and at its end, metres.
pub fn ends_off_m(show: &Show, vehicle: usize, settings: &ProofSettings) -> [f64; 2] {
    let v = &show.vehicles[vehicle];
    [start_off_m(v, settings), end_off_m(v, &Pads::of(show, settings))]
}

/// How far from its pad a motion begins; how high it begins, if what is called its pad hangs in the air.
fn start_off_m(v: &Vehicle, settings: &ProofSettings) -> f64 {
    let off_m = v.trajectory.start_point_m().distance(v.home_m);
    if v.home_m.z.abs() > settings.pad_height_m { off_m.max(v.home_m.z.abs()) } else { off_m }
}

/// How far from the ground or the nearest pad a motion ends; how far from where the file says that it lands, if that is
/// more.
fn end_off_m(v: &Vehicle, pads: &Pads) -> f64 {
    let end_m = v.trajectory.end_point_m();
    let mut off_m = end_m.z.abs();
    if v.home_m.z.abs() <= pads.height_m {
        off_m = off_m.min(end_m.distance(v.home_m));
    }
    // Most end on their own pads or on the ground; the others are looked up.
    if off_m > pads.limit_m {
        off_m = off_m.min(pads.near_m(end_m).unwrap_or(f64::INFINITY));
    }
    v.land_at_m.map_or(off_m, |at_m| off_m.max(at_m.distance(end_m)))
}

/// The pads of a fleet, in the order of the cells of a grid that they are in.
struct Pads {
    standing: Vec<([i64; 3], DVec3)>,
    cell_m: f64,
    limit_m: f64,
    height_m: f64,
}

impl Pads {
    fn of(show: &Show, settings: &ProofSettings) -> Self {
        let (limit_m, height_m) = (settings.pad_limit_m(), settings.pad_height_m);
        let mut pads = Self { standing: Vec::new(), cell_m: limit_m.max(0.01), limit_m, height_m };
        let standing = show.vehicles.iter().map(|v| v.home_m).filter(|p| p.z.abs() <= height_m);
        pads.standing = standing.map(|p| (pads.cell(p), p)).collect();
        pads.standing.sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then(a.1.to_array().partial_cmp(&b.1.to_array()).unwrap_or(std::cmp::Ordering::Equal))
        });
        pads.standing.dedup();
        pads
    }

    fn cell(&self, p: DVec3) -> [i64; 3] {
        (p / self.cell_m).to_array().map(|c| c.floor() as i64)
    }

    /// Distance to a pad that is no farther than the limit; `None` if there is none.
    fn near_m(&self, p: DVec3) -> Option<f64> {
        let [x, y, z] = self.cell(p);
        let rows = (x - 1..=x + 1).flat_map(|x| (y - 1..=y + 1).map(move |y| (x, y)));
        rows.flat_map(|(x, y)| {
            let from = self.standing.partition_point(|(cell, _)| *cell < [x, y, z - 1]);
            self.standing[from..].iter().take_while(move |(cell, _)| *cell <= [x, y, z + 1])
        })
        .map(|(_, pad_m)| pad_m.distance(p))
        .filter(|&m| m <= self.limit_m)
        .reduce(f64::min)
    }
}
