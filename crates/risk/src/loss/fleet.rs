use kapok_proof::{Distances, MotionBox, ProofSettings, Speeds};
use kapok_show::{DVec3, Show, Trajectory};

/// What the box of a vehicle costs, in comparisons.
pub const BOX_LOOKS: u64 = 8;
/// More than positions and speeds lose to rounding, metres.
const SLOP_M: f64 = 1e-9;

/// Where a vehicle is in a stretch of time, and how fast.
#[derive(Clone, Copy)]
pub struct VehicleBox {
    pub motion: MotionBox,
    /// Its place at one instant of the stretch, which the maker of the box states.
    pub anchor_m: DVec3,
}

impl VehicleBox {
    /// A vehicle at one instant.
    pub fn at_instant(position_m: DVec3, velocity_m_s: DVec3) -> Self {
        let (low_m, high_m, slow_m_s, fast_m_s) = (position_m, position_m, velocity_m_s, velocity_m_s);
        Self { motion: MotionBox { low_m, high_m, slow_m_s, fast_m_s }, anchor_m: position_m }
    }

    /// Both stretches together; the anchor is that of the first.
    pub fn with(&self, other: &Self) -> Self {
        Self { motion: self.motion.with(&other.motion), anchor_m: self.anchor_m }
    }

    /// Greatest speeds in the stretch.
    pub fn speeds(&self) -> Speeds {
        let MotionBox { slow_m_s, fast_m_s, .. } = self.motion;
        let most = fast_m_s.max(-slow_m_s).max(DVec3::ZERO);
        Speeds { xy_m_s: most.truncate().length(), up_m_s: fast_m_s.z.max(0.0), down_m_s: (-slow_m_s.z).max(0.0) }
    }
}

/// The fleet as all scenarios of loss see it.
pub struct LossFleet<'a> {
    pub show: &'a Show,
    pub start_ms: i64,
    pub end_ms: i64,
    pub wind_m_s: f64,
    /// Drag per squared airspeed, 1/m.
    pub kappa: f64,
    /// Two vehicles touch at this distance, metres.
    pub touch_m: f64,
    /// Vehicles from this altitude up fly.
    pub flight_m: f64,
    pub ground_m: f64,
    pub top_m: f64,
    /// Gaps beyond this are not looked for.
    pub radius_m: f64,
    first_s: i64,
    /// No two vehicles are nearer, if at least one flies, per second from `first_s`.
    pub apart_m: Vec<f64>,
    /// Greatest speeds in each second, from `first_s`.
    pub fastest: Vec<Speeds>,
}

impl<'a> LossFleet<'a> {
    /// `None` if the profile makes no sense, or the distances do not cover the show (findings that were read from outside).
    pub fn new(show: &'a Show, distances: &Distances, settings: &ProofSettings) -> Option<Self> {
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
            start_ms: show.vehicles.iter().map(|v| v.trajectory.start_ms()).min().unwrap_or(0),
            end_ms: show.vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0),
            wind_m_s: l.max_wind_m_s,
            kappa,
            touch_m: profile.diameter_m,
            flight_m: l.min_navigation_altitude_m,
            ground_m,
            top_m: points.fold(ground_m, |m, p| m.max(p.z)),
            radius_m: settings.search_radius_factor * l.min_separation_m,
            first_s: distances.first_s,
            apart_m: distances.flight_per_second_m.clone(),
            fastest: vec![Speeds::default(); distances.flight_per_second_m.len()],
        };
        let first_ms = fleet.first_s.saturating_mul(1000);
        let after_ms = first_ms.saturating_add((fleet.apart_m.len() as i64).saturating_mul(1000));
        if !show.vehicles.is_empty() && (fleet.start_ms < first_ms || fleet.end_ms > after_ms) {
            return None;
        }
        for piece in show.vehicles.iter().flat_map(|v| v.trajectory.segments()) {
            let warp = settings.warp(piece.end_ms - piece.start_ms, 1);
            let speeds = Speeds::of_piece(piece.control_m, piece.duration_s()).times(1.0 + warp);
            let seconds = fleet.seconds((piece.start_ms, piece.end_ms));
            for s in &mut fleet.fastest[seconds] {
                *s = s.max(speeds);
            }
        }
        Some(fleet)
    }

    /// A vehicle in a stretch; the anchor is its place in the middle of it.
    pub fn vehicle_box(&self, vehicle: u32, (from_ms, to_ms): (i64, i64)) -> VehicleBox {
        let trajectory = &self.show.vehicles[vehicle as usize].trajectory;
        let motion = MotionBox::of(trajectory, (from_ms, to_ms));
        // Only a moving vehicle costs a look at the trajectory.
        let rests = motion.low_m == motion.high_m;
        let middle_ms = 0.5 * (from_ms + to_ms) as f64;
        let anchor_m = if rests { motion.low_m } else { trajectory.sample(middle_ms).position_m };
        VehicleBox { motion, anchor_m }
    }

    /// The seconds that a stretch of time touches, as places in the lists.
    pub fn seconds(&self, window_ms: (i64, i64)) -> std::ops::RangeInclusive<usize> {
        let last = self.apart_m.len().saturating_sub(1);
        let at = |t_ms: i64| ((t_ms.div_euclid(1000) - self.first_s).max(0) as usize).min(last);
        at(window_ms.0)..=at(window_ms.1 - 1)
    }
}

/// Where the other can be, seen from the lost one, axis by axis: by their boxes.
pub fn offset_by_boxes(lost: &VehicleBox, other: &VehicleBox) -> (DVec3, DVec3) {
    (other.motion.low_m - lost.motion.high_m, other.motion.high_m - lost.motion.low_m)
}

/// The same by their anchors and velocities, where these lie inside of it. The loss is at most `half_s` away from the instant of
/// the lost one's anchor, and the time after it differs from the time between both anchors by `lag_s`.
pub fn offset(lost: &VehicleBox, other: &VehicleBox, half_s: f64, lag_s: (f64, f64)) -> (DVec3, DVec3) {
    let (low, high) = offset_by_boxes(lost, other);
    let between = other.anchor_m - lost.anchor_m;
    let (mine, theirs) = (&lost.motion, &other.motion);
    let apart = (theirs.fast_m_s - mine.slow_m_s).max(mine.fast_m_s - theirs.slow_m_s) * half_s + DVec3::splat(SLOP_M);
    let (early_s, late_s) = (lag_s.0.min(0.0), lag_s.1.max(0.0));
    let least = (theirs.slow_m_s * late_s).min(theirs.fast_m_s * early_s).min(DVec3::ZERO);
    let most = (theirs.fast_m_s * late_s).max(theirs.slow_m_s * early_s).max(DVec3::ZERO);
    (low.max(between + least - apart), high.min(between + most + apart))
}
