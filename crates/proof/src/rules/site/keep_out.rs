use kapok_show::{DVec2, DVec3, KeepOut, KeepOutShape, Reporter, Show, Trajectory};
use rayon::prelude::*;

use crate::kernel::area::plane;
use crate::kernel::bernstein::{Bernstein, SQUARE};
use crate::kernel::polygon::{Polygon, hull};
use crate::kernel::rounding::{MAX_COORDINATE_M, U, root_high, root_low};
use crate::kernel::search::{Objective, Poly};
use crate::kernel::tally::{Tally, VehicleWorst};
use crate::kernel::track::Track;
use crate::report::{fold, without_cases};
use crate::rule::{Rule, RuleReport, Verdict};
use crate::settings::{DECISION_SLACK, ProofSettings};

/// A volume, ready to be measured against.
struct Volume {
    base: Base,
    bottom_m: f64,
    top_m: f64,
    low: DVec3,
    high: DVec3,
}

enum Base {
    Circle { centre: DVec2, radius_m: f64 },
    Polygon(Polygon),
}

/// Outside every volume at every instant; the value is the least distance to one.
pub fn keep_outs(show: &Show, keep_outs: &[KeepOut], settings: &ProofSettings, reporter: &dyn Reporter) -> RuleReport {
    if keep_outs.is_empty() {
        return without_cases(show, Rule::KeepOut, 0.0, Verdict::NotApplicable, "The show has no keep-out volumes.");
    }
    let mut volumes = Vec::with_capacity(keep_outs.len());
    for k in keep_outs {
        match Volume::new(k) {
            Ok(v) => volumes.push(v),
            Err(why) => {
                let detail = format!("The keep-out volume \"{}\" makes no sense: {why}.", k.name);
                return without_cases(show, Rule::KeepOut, 0.0, Verdict::Undecided, &detail);
            }
        }
    }
    let each: Vec<Option<(VehicleWorst, usize)>> = show
        .vehicles
        .par_iter()
        .map(|v| {
            let found = vehicle(&v.trajectory, &volumes, settings);
            reporter.advance(1);
            found
        })
        .collect();
    let kept = "No vehicle enters a keep-out volume. The value is the least distance to one.";
    let cases = each.iter().map(|e| e.map(|(worst, _)| worst));
    let mut report = fold(show, Rule::KeepOut, (0.0, DECISION_SLACK), cases, kept);
    let nearest = report.worst.as_ref().and_then(|w| each[w.vehicles[0].index]);
    if let Some((_, volume)) = nearest {
        report.detail = format!("{} Nearest is \"{}\".", report.detail, keep_outs[volume].name);
    }
    report
}

/// The value of the rule at one point: the least distance to a volume. `None` if there is no volume that makes sense.
pub fn keep_out_distance_m(keep_outs: &[KeepOut], p: DVec3) -> Option<f64> {
    let distance_m = |v: &Volume| {
        let horizontal_m = match &v.base {
            Base::Circle { centre, radius_m } => (p.truncate() - *centre).length() - radius_m,
            Base::Polygon(polygon) => -polygon.signed_m(p.truncate()),
        };
        clearance(horizontal_m, v.vertical_m((p.z, p.z)))
    };
    let volumes = keep_outs.iter().map(|k| Volume::new(k).ok());
    volumes.map(|v| v.as_ref().map(distance_m)).collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::min)
}

fn vehicle(trajectory: &Trajectory, volumes: &[Volume], settings: &ProofSettings) -> Option<(VehicleWorst, usize)> {
    let mut tally = Tally::new(0.0, 0.0, settings);
    let mut nearest = 0;
    let track = Track::new(trajectory);
    for index in 0..=trajectory.segment_count() {
        let piece = track.piece(index);
        let (window, (low, high)) = (piece.window_ms(), piece.hull());
        let curve = piece.curve(window.0, window.1);
        let degree = curve.iter().map(Bernstein::degree).max().unwrap_or(0);
        for (k, volume) in volumes.iter().enumerate() {
            let gap = (volume.low - high).max(low - volume.high).max(DVec3::ZERO).length();
            if gap - 1e-6 >= tally.best() {
                continue;
            }
            let before = tally.best();
            let z: Poly = curve[2].widen();
            let slop_m = 64.0 * U * (high.abs().max(low.abs()).max_element() + volume.reach_m());
            match &volume.base {
                Base::Circle { centre, radius_m } => {
                    let (x, y) = (curve[0].minus(centre.x), curve[1].minus(centre.y));
                    let objective = ToCylinder { volume, radius_m: *radius_m, slop_m };
                    tally.add(window, [x.squared().plus(&y.squared()), z], &objective);
                }
                Base::Polygon(polygon) => {
                    let [x, y] = [0, 1].map(|axis| curve[axis].elevated(degree).widen());
                    tally.add(window, [x, y, z], &ToPrism { volume, polygon, slop_m });
                }
            }
            if tally.best() < before {
                nearest = k;
            }
        }
    }
    tally.small().map(|w| (w, nearest))
}

impl Volume {
    fn new(keep_out: &KeepOut) -> Result<Self, String> {
        let (base, bottom_m, top_m, (low, high)) = match &keep_out.shape {
            KeepOutShape::Cylinder { centre_m, radius_m, bottom_m, top_m } => {
                let legal = centre_m.is_finite()
                    && centre_m.abs().max_element() <= MAX_COORDINATE_M
                    && (0.0..=MAX_COORDINATE_M).contains(radius_m);
                if !legal {
                    return Err("its centre or radius is not of this site".into());
                }
                let r = DVec2::splat(*radius_m);
                let base = Base::Circle { centre: *centre_m, radius_m: *radius_m };
                (base, *bottom_m, *top_m, (*centre_m - r, *centre_m + r))
            }
            KeepOutShape::Prism { polygon_m, bottom_m, top_m } => {
                let base = Base::Polygon(Polygon::new(polygon_m)?);
                (base, *bottom_m, *top_m, hull(polygon_m))
            }
        };
        if !(bottom_m <= top_m && bottom_m >= -MAX_COORDINATE_M && top_m <= MAX_COORDINATE_M) {
            return Err(format!("it reaches from {bottom_m} m up to {top_m} m"));
        }
        Ok(Self { base, bottom_m, top_m, low: low.extend(bottom_m), high: high.extend(top_m) })
    }

    fn reach_m(&self) -> f64 {
        self.low.abs().max(self.high.abs()).max_element()
    }

    /// Lower bound of how far altitudes in this range are above or below the volume; negative between its ends.
    fn vertical_m(&self, (low_m, high_m): (f64, f64)) -> f64 {
        (self.bottom_m - high_m).max(low_m - self.top_m)
    }
}

/// Distance to a volume from the signed distances to its base and to its ends. Grows with both, so lower bounds give a
/// lower bound.
fn clearance(horizontal_m: f64, vertical_m: f64) -> f64 {
    if horizontal_m <= 0.0 || vertical_m <= 0.0 {
        horizontal_m.max(vertical_m)
    } else {
        (horizontal_m * horizontal_m + vertical_m * vertical_m).sqrt()
    }
}

/// Polynomials: squared distance from the axis; altitude.
struct ToCylinder<'a> {
    volume: &'a Volume,
    radius_m: f64,
    slop_m: f64,
}

impl Objective<2> for ToCylinder<'_> {
    fn bound(&self, p: &[Poly; 2]) -> Option<f64> {
        let horizontal = root_low(p[0].low()) - self.radius_m;
        Some(clearance(horizontal, self.volume.vertical_m(p[1].range())) - self.slop_m)
    }

    fn value(&self, p: &[Poly; 2], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        let horizontal = root_high(at(&p[0]) + p[0].err()) - self.radius_m;
        let z = at(&p[1]);
        Some(clearance(horizontal, self.volume.vertical_m((z, z))) + p[1].err() + self.slop_m)
    }
}

/// Polynomials: x, y of equal degree; altitude.
struct ToPrism<'a> {
    volume: &'a Volume,
    polygon: &'a Polygon,
    slop_m: f64,
}

impl Objective<3> for ToPrism<'_> {
    fn bound(&self, p: &[Poly; 3]) -> Option<f64> {
        let mut room = [DVec2::ZERO; SQUARE];
        let count = plane(&p[0], &p[1], &mut room);
        let horizontal = -self.polygon.enclose_m(&room[..count]).1 - p[0].err() - p[1].err();
        Some(clearance(horizontal, self.volume.vertical_m(p[2].range())) - self.slop_m)
    }

    fn value(&self, p: &[Poly; 3], at_end: bool) -> Option<f64> {
        let at = |q: &Poly| if at_end { q.end() } else { q.start() };
        let horizontal = -self.polygon.signed_m(DVec2::new(at(&p[0]), at(&p[1])));
        let z = at(&p[2]);
        let err = p[0].err() + p[1].err() + p[2].err();
        Some(clearance(horizontal, self.volume.vertical_m((z, z))) + err + self.slop_m)
    }
}
