use sha2::{Digest, Sha256};

/// The most corners and circles of a fence that a vehicle keeps.
pub const MAX_FENCE_ITEMS: usize = 255;
const INCLUSION_CORNER: u16 = 5001;
const EXCLUSION_CORNER: u16 = 5002;
const INCLUSION_CIRCLE: u16 = 5003;
const EXCLUSION_CIRCLE: u16 = 5004;
/// Largest radius of a circle, metres.
const MAX_RADIUS_M: f32 = 100_000.0;

/// A place on WGS-84.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FencePoint {
    /// Latitude, 1e-7 degrees.
    pub latitude_e7: i32,
    /// Longitude, 1e-7 degrees.
    pub longitude_e7: i32,
}

/// Where vehicles must stay, or must not be.
#[derive(Clone, Debug, PartialEq)]
pub enum FenceArea {
    /// Stay inside these corners.
    Inclusion(Vec<FencePoint>),
    /// Stay outside these corners.
    Exclusion(Vec<FencePoint>),
    /// Stay within this many metres.
    InclusionCircle(FencePoint, f32),
    /// Stay away this many metres.
    ExclusionCircle(FencePoint, f32),
}

/// One item of the mission that carries a fence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct FenceItem {
    /// 5001 to 5004.
    pub command: u16,
    /// Number of corners, or radius.
    pub p1: f32,
    pub point: FencePoint,
}

/// The polygons and circles of a geofence.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fence {
    areas: Vec<FenceArea>,
}

/// Why areas are no fence.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum FenceFault {
    /// More than a vehicle keeps.
    #[error("a fence of {0} corners and circles: at most {MAX_FENCE_ITEMS}")]
    TooMany(usize),
    /// A polygon needs three corners.
    #[error("area {0} of the fence has fewer than three corners")]
    FewCorners(usize),
    /// A radius that is no length.
    #[error("area {0} of the fence has a radius that is not between 0 and {MAX_RADIUS_M} m")]
    Radius(usize),
    /// A place that is not on the earth.
    #[error("area {0} of the fence has a place beyond ±90° or ±180°")]
    Place(usize),
    /// An item that is no part of a fence, or corners that do not agree on their number.
    #[error("item {0} does not continue the fence")]
    Item(usize),
}

impl Fence {
    /// A fence of these areas; none of them is no fence.
    ///
    /// # Errors
    /// Any [`FenceFault`] but [`FenceFault::Item`].
    pub fn new(areas: Vec<FenceArea>) -> Result<Self, FenceFault> {
        let mut items = 0;
        for (i, area) in areas.iter().enumerate() {
            let points = match area {
                FenceArea::Inclusion(corners) | FenceArea::Exclusion(corners) if corners.len() < 3 => {
                    return Err(FenceFault::FewCorners(i));
                }
                FenceArea::Inclusion(corners) | FenceArea::Exclusion(corners) => corners.as_slice(),
                FenceArea::InclusionCircle(_, radius_m) | FenceArea::ExclusionCircle(_, radius_m)
                    if !(*radius_m > 0.0 && *radius_m <= MAX_RADIUS_M) =>
                {
                    return Err(FenceFault::Radius(i));
                }
                FenceArea::InclusionCircle(centre, _) | FenceArea::ExclusionCircle(centre, _) => {
                    std::slice::from_ref(centre)
                }
            };
            let on_earth = |p: &FencePoint| {
                p.latitude_e7.unsigned_abs() <= 900_000_000 && p.longitude_e7.unsigned_abs() <= 1_800_000_000
            };
            if !points.iter().all(on_earth) {
                return Err(FenceFault::Place(i));
            }
            items += points.len();
        }
        if items > MAX_FENCE_ITEMS {
            return Err(FenceFault::TooMany(items));
        }
        Ok(Self { areas })
    }

    /// Its areas.
    pub fn areas(&self) -> &[FenceArea] {
        &self.areas
    }

    /// Hash of the fence as a vehicle holds it, to be compared with what was sent.
    ///
    /// # Source
    /// SHA-256 over its mission items in order, little-endian: command (u16), parameter 1 (f32), latitude and longitude (i32).
    pub fn sha256(&self) -> [u8; 32] {
        let mut hash = Sha256::new();
        for item in self.items() {
            hash.update(item.command.to_le_bytes());
            hash.update(item.p1.to_le_bytes());
            hash.update(item.point.latitude_e7.to_le_bytes());
            hash.update(item.point.longitude_e7.to_le_bytes());
        }
        hash.finalize().into()
    }

    /// As mission items.
    pub(super) fn items(&self) -> Vec<FenceItem> {
        let polygon = |command, points: &[FencePoint]| -> Vec<FenceItem> {
            points.iter().map(|&point| FenceItem { command, p1: points.len() as f32, point }).collect()
        };
        let circle = |command, point, p1| vec![FenceItem { command, p1, point }];
        let items = self.areas.iter().flat_map(|area| match area {
            FenceArea::Inclusion(points) => polygon(INCLUSION_CORNER, points),
            FenceArea::Exclusion(points) => polygon(EXCLUSION_CORNER, points),
            FenceArea::InclusionCircle(centre, radius_m) => circle(INCLUSION_CIRCLE, *centre, *radius_m),
            FenceArea::ExclusionCircle(centre, radius_m) => circle(EXCLUSION_CIRCLE, *centre, *radius_m),
        });
        items.collect()
    }

    /// From mission items in order.
    pub(super) fn from_items(items: &[FenceItem]) -> Result<Self, FenceFault> {
        let mut areas = Vec::new();
        let mut at = 0;
        while let Some(first) = items.get(at) {
            match first.command {
                INCLUSION_CORNER | EXCLUSION_CORNER => {
                    let corners = first.p1 as usize;
                    let polygon = items.get(at..at.saturating_add(corners)).ok_or(FenceFault::Item(at))?;
                    let alike = |item: &FenceItem| item.command == first.command && item.p1 == first.p1;
                    if corners == 0 || corners as f32 != first.p1 || !polygon.iter().all(alike) {
                        return Err(FenceFault::Item(at));
                    }
                    let points = polygon.iter().map(|item| item.point).collect();
                    let inside = first.command == INCLUSION_CORNER;
                    areas.push(if inside { FenceArea::Inclusion(points) } else { FenceArea::Exclusion(points) });
                    at += corners;
                }
                INCLUSION_CIRCLE => {
                    areas.push(FenceArea::InclusionCircle(first.point, first.p1));
                    at += 1;
                }
                EXCLUSION_CIRCLE => {
                    areas.push(FenceArea::ExclusionCircle(first.point, first.p1));
                    at += 1;
                }
                _ => return Err(FenceFault::Item(at)),
            }
        }
        Self::new(areas)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(latitude_e7: i32, longitude_e7: i32) -> FencePoint {
        FencePoint { latitude_e7, longitude_e7 }
    }

    fn any_point() -> impl Strategy<Value = FencePoint> {
        (-900_000_000..=900_000_000, -1_800_000_000..=1_800_000_000).prop_map(|(a, b)| point(a, b))
    }

    fn any_area() -> impl Strategy<Value = FenceArea> {
        let corners = || prop::collection::vec(any_point(), 3..20);
        prop_oneof![
            corners().prop_map(FenceArea::Inclusion),
            corners().prop_map(FenceArea::Exclusion),
            (any_point(), 1.0f32..1e4).prop_map(|(p, r)| FenceArea::InclusionCircle(p, r)),
            (any_point(), 1.0f32..1e4).prop_map(|(p, r)| FenceArea::ExclusionCircle(p, r)),
        ]
    }

    proptest! {
        #[test]
        fn items_carry_the_whole_fence(areas in prop::collection::vec(any_area(), 0..8), cut: prop::sample::Index) {
            let fence = Fence::new(areas).unwrap();
            let items = fence.items();
            prop_assert_eq!(Fence::from_items(&items), Ok(fence.clone()));
            // One item less, or one changed, is another fence or none.
            if !items.is_empty() {
                let i = cut.index(items.len());
                let mut less = items.clone();
                less.remove(i);
                prop_assert_ne!(Fence::from_items(&less), Ok(fence.clone()));
                let mut moved = items;
                moved[i].point.latitude_e7 ^= 1;
                let moved = Fence::from_items(&moved).map(|f| f.sha256());
                prop_assert_ne!(moved, Ok(fence.sha256()));
            }
        }
    }

    #[test]
    fn impossible_areas_are_named() {
        let corner = point(0, 0);
        let fault = |area| Fence::new(vec![area]).unwrap_err();
        assert_eq!(fault(FenceArea::Inclusion(vec![corner; 2])), FenceFault::FewCorners(0));
        assert_eq!(fault(FenceArea::Inclusion(vec![corner; 256])), FenceFault::TooMany(256));
        assert_eq!(fault(FenceArea::InclusionCircle(corner, f32::NAN)), FenceFault::Radius(0));
        assert_eq!(fault(FenceArea::ExclusionCircle(point(900_000_001, 0), 5.0)), FenceFault::Place(0));
        assert_eq!(fault(FenceArea::ExclusionCircle(point(i32::MIN, 0), 5.0)), FenceFault::Place(0));
        for p1 in [f32::NAN, -1.0, 0.0, 2.5, 1e30, 5.0] {
            let items = [FenceItem { command: 5001, p1, point: corner }; 3];
            assert_eq!(Fence::from_items(&items), Err(FenceFault::Item(0)), "{p1}");
        }
    }
}
