//! Vehicles are decoded in batches, many at once; what is counted over all of them is counted in their order.

use kapok_show::Vehicle;
use rayon::prelude::*;

use super::bounds::ReadBounds;
use super::notes::{Note, Notes};
use super::rounding::Rounding;
use crate::light::{Unending, unroll};
use crate::{Place, ReadError};

/// Vehicles decoded at once; bounds on totals are looked at after each batch.
const BATCH: usize = 64;

/// One vehicle as read.
pub(crate) struct VehicleRead<M = ()> {
    pub vehicle: Vehicle,
    pub notes: Vec<Note>,
    pub rounding: Rounding,
    /// The byte code of lights that never end: how far they count is known when all vehicles are.
    pub unending: Option<Vec<u8>>,
    /// What else the format measures.
    pub more: M,
}

impl<M> VehicleRead<M> {
    /// A vehicle whose format has no lights without end.
    pub fn new(vehicle: Vehicle, notes: Vec<Note>, rounding: Rounding, more: M) -> Self {
        Self { vehicle, notes, rounding, unending: None, more }
    }
}

/// The vehicles of a show as read.
pub(crate) struct Swarm {
    pub vehicles: Vec<Vehicle>,
    pub rounding: Rounding,
    unending: Vec<Unending>,
}

impl Swarm {
    /// Gives lights that never end as much of them as the show lasts.
    ///
    /// # Errors
    /// [`ReadError::OverLimit`] for more light commands, or keys, than the bounds allow.
    pub fn unroll_lights(&mut self, bounds: &ReadBounds, notes: &mut Notes) -> Result<(), ReadError> {
        unroll(&mut self.vehicles, &self.unending, bounds, notes)
    }
}

/// Are there no more vehicles than a show may have?
pub(crate) fn check_count(place: &Place, count: usize, bounds: &ReadBounds) -> Result<(), ReadError> {
    if count <= bounds.max_vehicles {
        return Ok(());
    }
    Err(ReadError::OverLimit {
        place: place.clone(),
        what: "the number of drones",
        value: count as u64,
        limit: bounds.max_vehicles as u64,
        field: "max_vehicles",
    })
}

/// Reads all vehicles; `read_one` gets the index and the item of each, `measure` the index and what it measured.
///
/// # Errors
/// Of several faults the first in the order of the vehicles.
pub(crate) fn read_vehicles<T: Sync, M: Send>(
    items: &[T],
    place: &Place,
    bounds: &ReadBounds,
    notes: &mut Notes,
    read_one: impl Fn(usize, &T) -> Result<VehicleRead<M>, ReadError> + Sync,
    mut measure: impl FnMut(usize, M) -> Result<(), ReadError>,
) -> Result<Swarm, ReadError> {
    check_count(place, items.len(), bounds)?;
    let vehicles = Vec::with_capacity(items.len());
    let mut swarm = Swarm { vehicles, rounding: Rounding::default(), unending: Vec::new() };
    let (mut segments, mut light_keys, mut yaw_keys) = (0, 0, 0);
    for (start, batch) in (0..).step_by(BATCH).zip(items.chunks(BATCH)) {
        let read: Vec<Result<VehicleRead<M>, ReadError>> =
            batch.par_iter().enumerate().map(|(k, item)| read_one(start + k, item)).collect();
        for item in read {
            let read = item?;
            let index = swarm.vehicles.len();
            measure(index, read.more)?;
            segments += read.vehicle.trajectory.segment_count();
            light_keys += read.vehicle.lights.keys().len();
            yaw_keys += read.vehicle.yaw.as_ref().map_or(0, |yaw| yaw.keys().len());
            for (what, value, limit, field) in [
                ("the number of all segments", segments, bounds.max_segments, "max_segments"),
                ("the number of all light keys", light_keys, bounds.max_light_keys, "max_light_keys"),
                ("the number of all yaw set points", yaw_keys, bounds.max_light_keys, "max_light_keys"),
            ] {
                if value > limit {
                    let (value, limit) = (value as u64, limit as u64);
                    return Err(ReadError::OverLimit { place: place.clone(), what, value, limit, field });
                }
            }
            swarm.rounding.merge(read.rounding);
            for note in read.notes {
                notes.add_vehicle(&read.vehicle.name, note);
            }
            swarm.unending.extend(read.unending.map(|code| Unending { vehicle: index, code }));
            swarm.vehicles.push(read.vehicle);
        }
    }
    Ok(swarm)
}
