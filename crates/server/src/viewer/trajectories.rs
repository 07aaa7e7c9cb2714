use kapok_show::Show;

use super::error::ViewError;

/// First four bytes of the binary form: "KPK1".
pub const MAGIC: u32 = u32::from_le_bytes(*b"KPK1");

/// Every motion and light of a show as typed arrays that a browser can read without parsing.
///
/// # Shapes, units and frames
/// Little-endian throughout; n vehicles, S segments, P points, L light keys.
///
/// | field | type |
/// | --- | --- |
/// | magic, version (1), n, S, P, L | 6 × u32 |
/// | first segment of each vehicle, then S | (n + 1) × u32 |
/// | first point of each vehicle, then P | (n + 1) × u32 |
/// | first light key of each vehicle, then L | (n + 1) × u32 |
/// | start of each motion, ms | n × i32 |
/// | end of each segment, ms | S × i32 |
/// | degree of each segment, padded with zeros to a multiple of four | S × u8 |
/// | points: start, then the control points of each segment; metres, site frame | 3 P × f32 |
/// | time of each light key, ms | L × i32 |
/// | red, green, blue, 1 for a fade | 4 L × u8 |
///
/// Positions are rounded to 32-bit floats (below 0.02 mm inside 250 m): good for pictures, never for proofs.
///
/// # Errors
/// [`ViewError::TooLong`] for times beyond ±24 days, [`ViewError::TooLarge`] for more than 2³² points.
///
/// # Complexity
/// O(S + P + L) time and memory.
pub fn encode_trajectories(show: &Show) -> Result<Vec<u8>, ViewError> {
    let vehicles = &show.vehicles;
    let segments: usize = vehicles.iter().map(|v| v.trajectory.segment_count()).sum();
    let points: usize = vehicles.iter().map(|v| v.trajectory.point_count()).sum();
    let keys: usize = vehicles.iter().map(|v| v.lights.keys().len()).sum();
    if [vehicles.len(), segments, points, keys].iter().any(|&count| u32::try_from(count).is_err()) {
        return Err(ViewError::TooLarge);
    }
    let mut out =
        Vec::with_capacity(24 + 12 * (vehicles.len() + 1) + 4 * vehicles.len() + 5 * segments + 12 * points + 8 * keys);

    for value in [MAGIC, 1, vehicles.len() as u32, segments as u32, points as u32, keys as u32] {
        out.extend(value.to_le_bytes());
    }
    let mut offsets = |count: &dyn Fn(usize) -> usize| {
        let mut sum = 0_u32;
        out.extend(sum.to_le_bytes());
        for i in 0..vehicles.len() {
            sum += count(i) as u32;
            out.extend(sum.to_le_bytes());
        }
    };
    offsets(&|i| vehicles[i].trajectory.segment_count());
    offsets(&|i| vehicles[i].trajectory.point_count());
    offsets(&|i| vehicles[i].lights.keys().len());

    for v in vehicles {
        out.extend(time_i32(v.trajectory.start_ms())?.to_le_bytes());
    }
    for segment in vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        out.extend(time_i32(segment.end_ms)?.to_le_bytes());
    }
    for segment in vehicles.iter().flat_map(|v| v.trajectory.segments()) {
        out.push(segment.degree() as u8);
    }
    out.resize(out.len().next_multiple_of(4), 0);
    for p in vehicles.iter().flat_map(|v| v.trajectory.control_points_m()) {
        for c in p.to_array() {
            out.extend((c as f32).to_le_bytes());
        }
    }
    for key in vehicles.iter().flat_map(|v| v.lights.keys()) {
        out.extend(time_i32(key.t_ms)?.to_le_bytes());
    }
    for key in vehicles.iter().flat_map(|v| v.lights.keys()) {
        out.extend([key.colour.r, key.colour.g, key.colour.b, u8::from(key.fade)]);
    }
    Ok(out)
}

fn time_i32(t_ms: i64) -> Result<i32, ViewError> {
    i32::try_from(t_ms).map_err(|_| ViewError::TooLong { t_ms })
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Trajectory, Vehicle};

    #[test]
    fn every_byte_is_where_the_table_says() {
        let mut a = Trajectory::starting_at(0, DVec3::new(1.0, 2.0, 3.0)).unwrap();
        a.push(1500, &[DVec3::X, DVec3::Y, DVec3::new(4.0, 5.0, 6.0)]).unwrap();
        let b = Trajectory::starting_at(-7, DVec3::ZERO).unwrap();
        let key = LightKey { t_ms: 40, colour: Rgb::new(9, 8, 7), fade: true };
        let vehicle = |name: &str, trajectory, lights| Vehicle::new(name, DVec3::ZERO, trajectory, lights);
        let show = Show::of_vehicles(vec![
            vehicle("a", a, LightProgram::from_keys(vec![key]).unwrap()),
            vehicle("b", b, LightProgram::dark()),
        ]);
        let bytes = encode_trajectories(&show).unwrap();
        let u32_at = |i: usize| u32::from_le_bytes(bytes[i..i + 4].try_into().unwrap());
        let head: Vec<u32> = (0..15).map(|k| u32_at(4 * k)).collect();
        assert_eq!(head, [MAGIC, 1, 2, 1, 5, 1, /* segments */ 0, 1, 1, /* points */ 0, 4, 5, /* keys */ 0, 1, 1]);
        assert_eq!((u32_at(60), u32_at(64) as i32), (0, -7));
        assert_eq!(u32_at(68), 1500);
        assert_eq!(bytes[72..76], [3, 0, 0, 0]);
        let f32_at = |i: usize| f32::from_le_bytes(bytes[i..i + 4].try_into().unwrap());
        assert_eq!([f32_at(76), f32_at(80), f32_at(84)], [1.0, 2.0, 3.0]);
        assert_eq!([f32_at(112), f32_at(116), f32_at(120)], [4.0, 5.0, 6.0]);
        assert_eq!(u32_at(136), 40);
        assert_eq!(bytes[140..], [9, 8, 7, 1]);
    }
}
