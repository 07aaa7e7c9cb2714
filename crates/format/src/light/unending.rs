use kapok_show::Vehicle;
use rayon::prelude::*;

use super::{LightNote, decode_lights_until};
use crate::swarm::notes::Notes;
use crate::{Place, ReadBounds, ReadError};

/// Programs unrolled at once: bounds the keys that are held before they are counted.
const BATCH: usize = 64;

/// The byte code of a vehicle's program that never ends.
pub(crate) struct Unending {
    /// Index of the vehicle.
    pub vehicle: usize,
    pub code: Vec<u8>,
}

/// Unrolls programs without end up to the end of the show: the light of a vehicle that has landed goes on.
///
/// # Errors
/// [`ReadError::OverLimit`] for more light commands of a vehicle, or keys of all, than `limits` allow.
pub(crate) fn unroll(
    vehicles: &mut [Vehicle],
    unending: &[Unending],
    bounds: &ReadBounds,
    notes: &mut Notes,
) -> Result<(), ReadError> {
    let end_ms = vehicles.iter().map(|v| v.trajectory.end_ms()).max().unwrap_or(0).max(0);
    let mut keys: usize = vehicles.iter().map(|v| v.lights.keys().len()).sum();
    for batch in unending.chunks(BATCH) {
        let unrolled: Vec<_> = batch.par_iter().map(|u| decode_lights_until(&u.code, end_ms, bounds)).collect();
        for (Unending { vehicle: index, .. }, decoded) in batch.iter().zip(unrolled) {
            let Some(vehicle) = vehicles.get_mut(*index) else { continue };
            let program = decoded.map_err(|e| e.of_vehicle(*index, &vehicle.name))?.program;
            keys = keys - vehicle.lights.keys().len() + program.keys().len();
            if keys > bounds.max_light_keys {
                return Err(ReadError::OverLimit {
                    place: Place::in_member("the show", "").of_vehicle(*index, &vehicle.name),
                    what: "the number of all light keys",
                    value: keys as u64,
                    limit: bounds.max_light_keys as u64,
                    field: "max_light_keys",
                });
            }
            vehicle.lights = program;
            notes.add_vehicle(&vehicle.name, LightNote::Unending { until_ms: end_ms }.to_string());
        }
    }
    Ok(())
}
