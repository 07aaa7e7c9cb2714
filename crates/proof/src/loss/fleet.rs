use kapok_show::{DVec3, Show, Trajectory};

use super::best::Best;
use super::floor::fastest;
use super::{Known, LONGEST_FALL_MS, LossMode, Question, SEEDS};
use crate::fall::{GRAVITY_M_S2, Speeds};
use crate::separation::Meeting;
use crate::settings::ProofSettings;
use crate::track::Track;

/// More than positions and speeds lose to rounding, metres.
const SLOP_M: f64 = 1e-9;

/// Where a vehicle is in a stretch of time, and how fast.
#[derive(Clone, Copy)]
pub struct Hull {
    pub low: DVec3,
    pub high: DVec3,
    /// Every velocity lies between these two, axis by axis.
    pub slow: DVec3,
    pub fast: DVec3,
    /// Where it is at some instant of the stretch: see who made it.
    pub anchor: DVec3,
}

impl Hull {
    const EMPTY: Self = Self {
        low: DVec3::INFINITY,
        high: DVec3::NEG_INFINITY,
        slow: DVec3::INFINITY,
        fast: DVec3::NEG_INFINITY,
        anchor: DVec3::ZERO,
    };

    /// Both stretches together; the anchor is that of the first.
    pub fn with(&self, other: &Self) -> Self {
        Self {
            low: self.low.min(other.low),
            high: self.high.max(other.high),
            slow: self.slow.min(other.slow),
            fast: self.fast.max(other.fast),
            anchor: self.anchor,
        }
    }

    fn speeds(&self) -> (f64, f64, f64) {
        let most = self.fast.max(-self.slow).max(DVec3::ZERO);
        (most.truncate().length(), self.fast.z.max(0.0), (-self.slow.z).max(0.0))
    }
}

/// What all questions share.
pub struct Fleet<'a> {
    pub show: &'a Show,
    pub tracks: Vec<Track<'a>>,
    pub start_ms: i64,
    pub end_ms: i64,
    wind_m_s: f64,
    kappa: f64,
    pub touch_m: f64,
    pub flight_m: f64,
    ground_m: f64,
    top_m: f64,
    /// Gaps beyond this are not looked for.
    pub radius_m: f64,
    first_s: i64,
    /// No two vehicles are nearer, if at least one flies, per second from `first_s`.
    pub apart_m: Vec<f64>,
    pub fastest: Vec<Speeds>,
}

impl<'a> Fleet<'a> {
    /// `None` if the profile makes no sense.
    pub fn new(show: &'a Show, known: &Known, settings: &ProofSettings) -> Option<Self> {
        let (profile, l) = (&show.profile, &show.limits);
        let kappa = 0.5 * settings.air_density_kg_m3 * profile.drag_area_m2 / profile.mass_kg;
        let sense = kappa.is_finite() && kappa >= 0.0 && profile.diameter_m.is_finite() && profile.diameter_m >= 0.0;
        if !sense {
            return None;
        }
        let ends = |t: &Trajectory| t.start_point_m().z.min(t.end_point_m().z);
        let ground_m = show.vehicles.iter().map(|v| ends(&v.trajectory)).fold(0.0, f64::min);
        let points = show.vehicles.iter().flat_map(|v| v.trajectory.control_points_m());
        let mut fleet = Self {
            show,
            tracks: show.vehicles.iter().map(|v| Track::new(&v.trajectory)).collect(),
            start_ms: show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0),
            end_ms: show.vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0),
            wind_m_s: l.max_wind_m_s,
            kappa,
            touch_m: profile.diameter_m,
            flight_m: l.min_navigation_altitude_m,
            ground_m,
            top_m: points.fold(ground_m, |m, p| m.max(p.z)),
            radius_m: settings.search_radius_factor * l.min_separation_m,
            first_s: known.first_s,
            apart_m: known.flight_per_second_m.to_vec(),
            fastest: Vec::new(),
        };
        fleet.fastest = fastest(&fleet);
        Some(fleet)
    }

    /// A vehicle on a stretch; the anchor is its place in the middle of it.
    pub fn hull(&self, vehicle: u32, (from_ms, to_ms): (i64, i64)) -> Hull {
        let track = self.tracks[vehicle as usize];
        let mut hull = Hull::EMPTY;
        let (mut t, mut index) = (from_ms, track.index_after(from_ms));
        while t < to_ms {
            let piece = track.piece(index);
            let end = piece.end_ms.min(to_ms);
            let mut here = Hull { slow: DVec3::ZERO, fast: DVec3::ZERO, ..Hull::EMPTY };
            if piece.is_rest() {
                (here.low, here.high) = (piece.control_m[0], piece.control_m[0]);
            } else {
                let curve = piece.curve(t, end);
                let axes = curve.map(|axis| axis.range());
                let speeds = curve.map(|axis| axis.derivative(end - t).range());
                (here.low, here.high) = (DVec3::from_array(axes.map(|r| r.0)), DVec3::from_array(axes.map(|r| r.1)));
                (here.slow, here.fast) =
                    (DVec3::from_array(speeds.map(|r| r.0)), DVec3::from_array(speeds.map(|r| r.1)));
            }
            hull = hull.with(&here);
            (t, index) = (end, index + 1);
        }
        let middle_ms = 0.5 * (from_ms + to_ms) as f64;
        // Who rests is where it is; only others cost a look at the trajectory.
        let rests = hull.low == hull.high;
        hull.anchor =
            if rests { hull.low } else { self.show.vehicles[vehicle as usize].trajectory.sample(middle_ms).position_m };
        hull
    }

    /// The seconds that a stretch of time touches, as places in the lists.
    pub fn seconds(&self, window_ms: (i64, i64)) -> std::ops::RangeInclusive<usize> {
        let last = self.apart_m.len().saturating_sub(1);
        let at = |t_ms: i64| ((t_ms.div_euclid(1000) - self.first_s).max(0) as usize).min(last);
        at(window_ms.0)..=at(window_ms.1 - 1)
    }
}

/// A question about a fleet.
pub struct Ask<'a> {
    pub fleet: &'a Fleet<'a>,
    pub question: &'a Question,
    pub horizon_ms: i64,
    /// For so long nobody is touched by whoever is lost in that second.
    floor_s: Vec<f64>,
}

impl<'a> Ask<'a> {
    pub fn new(fleet: &'a Fleet<'a>, question: &'a Question, settings: &ProofSettings) -> Self {
        let horizon_ms = match question.mode {
            // Without drag: a vehicle that takes longer is below whoever flew there already.
            LossMode::Falls => {
                let free_s = (2.0 * (fleet.top_m - fleet.ground_m) / GRAVITY_M_S2).sqrt();
                ((1500.0 * free_s).ceil() as i64 + 1).min(LONGEST_FALL_MS)
            }
            _ => (settings.gnss_reaction_s * 1000.0).ceil().min(LONGEST_FALL_MS as f64) as i64,
        };
        let mut ask = Self { fleet, question, horizon_ms, floor_s: Vec::new() };
        ask.floor_s = ask.floor();
        ask
    }

    /// Which figure the loss of a vehicle counts in.
    pub fn figure_of(&self, vehicle: u32) -> usize {
        self.question.figure_of[vehicle as usize] as usize
    }

    /// Is the loss of the first measured against the second?
    pub fn asked(&self, lost: u32, other: u32) -> bool {
        lost != other && !(self.question.together && self.figure_of(lost) == self.figure_of(other))
    }

    /// Nobody is touched before this by whoever is lost on this stretch, seconds.
    pub fn free_s(&self, window_ms: (i64, i64)) -> f64 {
        self.floor_s[self.fleet.seconds(window_ms)].iter().copied().fold(f64::INFINITY, f64::min)
    }

    /// The same for the whole show.
    pub fn least_free_s(&self) -> f64 {
        self.floor_s.iter().copied().fold(self.horizon_ms as f64 / 1000.0, f64::min)
    }

    /// Radius, below and above of the region at a time after the loss.
    pub fn region(&self, after_s: f64, xy_m_s: f64, up_m_s: f64, down_m_s: f64) -> [f64; 3] {
        let wind_m_s = self.fleet.wind_m_s;
        match self.question.mode {
            LossMode::Stops => [0.0; 3],
            LossMode::Drifts => [wind_m_s * after_s, 0.0, 0.0],
            LossMode::Falls => {
                let sideways = xy_m_s.max(wind_m_s) + wind_m_s;
                let vertical = down_m_s + up_m_s + GRAVITY_M_S2 * after_s;
                let air_m_s = (sideways * sideways + vertical * vertical).sqrt();
                let blown_m = 0.5 * wind_m_s * self.fleet.kappa * air_m_s * after_s * after_s;
                let below_m = down_m_s * after_s + 0.5 * GRAVITY_M_S2 * after_s * after_s;
                [(xy_m_s * after_s + blown_m) * (1.0 + 1e-12), below_m * (1.0 + 1e-12), up_m_s * after_s]
            }
        }
    }

    /// The region that grows from a stretch: radius, below (not deeper than the ground), above.
    pub fn region_of(&self, lost: &Hull, after_s: f64) -> [f64; 3] {
        let (xy_m_s, up_m_s, down_m_s) = lost.speeds();
        let [radius_m, below_m, above_m] = self.region(after_s, xy_m_s, up_m_s, down_m_s);
        [radius_m, below_m.min((lost.high.z - self.fleet.ground_m).max(0.0)), above_m]
    }

    /// Seeds the search with the closest pairs of the seconds that promise least: what is found there prunes the rest.
    pub fn seeds(&self, closest_per_second: &[Option<Meeting>]) -> Vec<Best> {
        let mut best = vec![Best::new(self.horizon_ms); self.question.figures];
        let window_of = |second: usize| (1000 * second as i64, 1000 * second as i64 + 1000);
        let of =
            |(second, m): (usize, &Option<Meeting>)| Some((self.free_s(window_of(second)), second, m.as_ref()?.pair));
        let mut meetings: Vec<(f64, usize, (u32, u32))> =
            closest_per_second.iter().enumerate().filter_map(of).collect();
        meetings.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
        for (_, second, (a, b)) in meetings.into_iter().take(SEEDS) {
            let window = ((1000 * second as i64 - 500).max(self.fleet.start_ms), 1000 * second as i64 + 1500);
            for (lost, other) in [(a, b), (b, a)] {
                if self.asked(lost, other) && window.0 < window.1 {
                    let slot = &mut best[self.figure_of(lost)];
                    let mut found = *slot;
                    self.search((lost, other), window, (0, slot.hi_ms.max(1)), false, &mut found);
                    // Only what is attained counts here: bounds come from looking at everybody.
                    (found.lo_ms, found.cut) = (slot.lo_ms, slot.cut);
                    *slot = found;
                }
            }
        }
        best
    }
}

/// Where the other can be, seen from the lost one, axis by axis: by their boxes.
pub fn offset_by_boxes(lost: &Hull, other: &Hull) -> (DVec3, DVec3) {
    (other.low - lost.high, other.high - lost.low)
}

/// The same by their anchors and velocities, where these lie inside of it. The loss is at most `half_s` away from the instant of the lost one's anchor; and
/// the time after it differs from the time between both anchors by `lag_s`.
pub fn offset(lost: &Hull, other: &Hull, half_s: f64, lag_s: (f64, f64)) -> (DVec3, DVec3) {
    let (low, high) = offset_by_boxes(lost, other);
    let between = other.anchor - lost.anchor;
    let apart = (other.fast - lost.slow).max(lost.fast - other.slow) * half_s + DVec3::splat(SLOP_M);
    let (early_s, late_s) = (lag_s.0.min(0.0), lag_s.1.max(0.0));
    let least = (other.slow * late_s).min(other.fast * early_s).min(DVec3::ZERO);
    let most = (other.fast * late_s).max(other.slow * early_s).max(DVec3::ZERO);
    (low.max(between + least - apart), high.min(between + most + apart))
}
