use glam::DVec3;
use rayon::prelude::*;

use crate::Airframe;
use crate::airframe::GRAVITY_M_S2;

/// How deep a jet is followed, in motor distances.
const DEPTH: f64 = 25.0;
/// How far out a jet is followed, in half widths: at two, its speed is a seventh of that in the middle.
const WIDTH: f64 = 2.0;
/// Air density, kg/m³.
pub const AIR_KG_M3: f64 = 1.225;

/// The far wake of a hovering vehicle: a jet that widens and slows below it.
///
/// With l the distance of neighbouring motors and s the depth below the rotors: speed in the middle
/// `U = U_H · 10.11 / (s/l + 5.817)`, `U_H = √(m g / (2 ρ n π R²))`; half width `b = 0.0767 (s + 5.817 l)`; across,
/// `(1 + (√2 − 1)(r/b)²)⁻²`. Jets that meet add up as momentum does: the squares of their speeds. Above 2.5 l, where the rotors' own
/// streams are still apart, the law of 2.5 l is used.
///
/// # Source
/// Bauersfeld, Muller, Ziegler, Coletti, Scaramuzza, "Robotics meets fluid dynamics" (arXiv 2403.13321); constants as the GADEN
/// project codes them, with the number of rotors in the denominator, as the balance of momentum demands. The wake is not blown aside
/// by wind here: that overstates it in wind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wake {
    hover_m_s: f64,
    spacing_m: f64,
}

impl Wake {
    /// The wake of an airframe in hover.
    pub fn of(airframe: &Airframe) -> Self {
        let area = std::f64::consts::PI * airframe.rotor_radius_m * airframe.rotor_radius_m;
        Self {
            hover_m_s: (airframe.mass_kg * GRAVITY_M_S2 / (2.0 * AIR_KG_M3 * 4.0 * area)).sqrt(),
            spacing_m: airframe.arm_m * std::f64::consts::SQRT_2,
        }
    }

    /// How deep the wake is followed, metres.
    pub fn depth_m(&self) -> f64 {
        DEPTH * self.spacing_m
    }

    /// How far from its axis it is followed at the most, metres.
    pub fn reach_m(&self) -> f64 {
        WIDTH * 0.0767 * (DEPTH + 5.817) * self.spacing_m
    }

    /// Speed downwards at a depth below and a distance from the axis, m/s; 0 above and beyond reach.
    #[inline]
    pub fn speed_m_s(&self, depth_m: f64, beside2_m2: f64) -> f64 {
        if depth_m <= 0.0 || depth_m > self.depth_m() {
            return 0.0;
        }
        let s = depth_m.max(2.5 * self.spacing_m);
        let half = 0.0767 * (s + 5.817 * self.spacing_m);
        let ratio = beside2_m2 / (half * half);
        if ratio > WIDTH * WIDTH {
            return 0.0;
        }
        let profile = 1.0 / (1.0 + (std::f64::consts::SQRT_2 - 1.0) * ratio);
        self.hover_m_s * 10.11 / (s / self.spacing_m + 5.817) * profile * profile
    }
}

/// The vehicles that make wakes, sorted by cells as wide as a wake reaches and as high as it is deep: what sinks on a vehicle
/// comes from nine cells of its own layer and nine of the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Columns {
    /// (cell, place, index), sorted by cell and index.
    entries: Vec<(u64, DVec3, u32)>,
}

/// Bits of an axis of a cell's key.
const BITS: u32 = 21;

impl Columns {
    /// Sorts the vehicles that make a wake.
    pub fn fill(&mut self, wake: &Wake, positions: &[DVec3], makes_wake: impl Fn(usize) -> bool) {
        let (across, up) = (wake.reach_m().recip(), wake.depth_m().recip());
        self.entries.clear();
        for (i, &place) in positions.iter().enumerate().filter(|&(i, _)| makes_wake(i)) {
            // x, then the layer, then y: three neighbours in y are neighbours in the list.
            let key = axis(place.x * across) << (2 * BITS) | axis(place.z * up) << BITS | axis(place.y * across);
            self.entries.push((key, place, i as u32));
        }
        self.entries.par_sort_unstable_by_key(|e| (e.0, e.2));
    }

    /// Speed of the air downwards on each vehicle that makes a wake itself, from all those above it, m/s; 0 for others.
    pub fn sinks(&self, wake: &Wake, sinks: &mut [f64]) {
        /// Vehicles that a thread takes at a time.
        const BLOCK: usize = 512;
        let found: Vec<Vec<f64>> = self.entries.par_chunks(BLOCK).map(|block| self.block(wake, block)).collect();
        sinks.fill(0.0);
        for (entry, speed) in self.entries.iter().zip(found.into_iter().flatten()) {
            sinks[entry.2 as usize] = speed;
        }
    }

    /// The speeds on a run of the list. Keys rise, so the six runs of neighbours only move forward.
    fn block(&self, wake: &Wake, block: &[(u64, DVec3, u32)]) -> Vec<f64> {
        let (row, layer) = (1 << (2 * BITS), 1 << BITS);
        let mut runs: [(u64, usize); 6] = [0, row, 2 * row, layer, row + layer, 2 * row + layer].map(|step| (step, 0));
        if let Some(first) = block.first() {
            for (step, cursor) in &mut runs {
                let from = first.0 + *step - row - 1;
                *cursor = self.entries.partition_point(|e| e.0 < from);
            }
        }
        let sink = |&(key, place, _): &(u64, DVec3, u32)| {
            let mut squares = 0.0;
            for (step, cursor) in &mut runs {
                let middle = key + *step - row;
                while self.entries.get(*cursor).is_some_and(|e| e.0 < middle - 1) {
                    *cursor += 1;
                }
                for (_, other, _) in self.entries[*cursor..].iter().take_while(|e| e.0 <= middle + 1) {
                    let (dx, dy) = (other.x - place.x, other.y - place.y);
                    let speed = wake.speed_m_s(other.z - place.z, dx * dx + dy * dy);
                    squares += speed * speed;
                }
            }
            squares.sqrt()
        };
        block.iter().map(sink).collect()
    }
}

/// A coordinate in cells as a part of a key, never at an end, so that neighbours are never carried over.
fn axis(cells: f64) -> u64 {
    /// Cells from the origin to the edge.
    const HALF: f64 = 1_048_576.0;
    (cells + HALF).clamp(2.0, 2.0 * HALF - 3.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::HUMMINGBIRD;

    fn kilo() -> Wake {
        Wake::of(&Airframe {
            mass_kg: 1.0,
            rotor_radius_m: 0.128,
            arm_m: 0.42 / std::f64::consts::SQRT_2,
            ..HUMMINGBIRD
        })
    }

    /// The reference's example: 1 kg, R 0.128 m, l 0.42 m.
    #[test]
    fn the_worked_example_comes_out() {
        let wake = kilo();
        assert!((wake.speed_m_s(3.0, 0.0) - 3.4).abs() < 0.05, "{}", wake.speed_m_s(3.0, 0.0));
        assert!((wake.speed_m_s(10.0, 0.0) - 1.5).abs() < 0.05, "{}", wake.speed_m_s(10.0, 0.0));
        // At a half width the speed is a half.
        let half = 0.0767 * (3.0 + 5.817 * 0.42);
        assert!((half - 0.42_f64).abs() < 0.005);
        assert!((wake.speed_m_s(3.0, half * half) / wake.speed_m_s(3.0, 0.0) - 0.5).abs() < 1e-9);
    }

    #[test]
    fn columns_find_what_a_search_of_all_finds() {
        let wake = kilo();
        let random = crate::Random::new(4, 0);
        let positions: Vec<DVec3> = (0..600)
            .map(|i| {
                let [x, y, z, _] = random.uniform(i, 0, crate::Stream::Caller);
                DVec3::new(30.0 * x - 15.0, 30.0 * y - 15.0, 40.0 * z)
            })
            .collect();
        let mut columns = Columns::default();
        let mut sinks = vec![9.0; positions.len()];
        columns.fill(&wake, &positions, |i| i % 7 != 0);
        columns.sinks(&wake, &mut sinks);
        let mut met = 0;
        for (k, &place) in positions.iter().enumerate() {
            let squares: f64 = (0..positions.len())
                .filter(|i| i % 7 != 0 && k % 7 != 0)
                .map(|i| {
                    let d = positions[i] - place;
                    wake.speed_m_s(d.z, d.x * d.x + d.y * d.y).powi(2)
                })
                .sum();
            assert!((sinks[k] - squares.sqrt()).abs() < 1e-9);
            met += u32::from(sinks[k] > 0.0);
        }
        assert!(met > 100, "{met}");
    }
}
