use kapok_show::Vehicle;
use sha2::{Digest, Sha256};

/// SHA-256 of a file's bytes as 64 lower-case hexadecimal digits: the name a certificate knows the file by.
///
/// ```
/// assert!(kapok_format::content_sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn content_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of what one vehicle does: name, pad, motion and light, independent of the file format and of its order.
///
/// # Source
/// Hashed are, all little-endian: the name's length (u64) and UTF-8 bytes; home x, y, z (f64); the number of segments
/// (u64), the start time (i64 ms) and point (3 f64); per segment its end time (i64), degree (u64) and the control
/// points after the start (3 f64 each); the number of light keys (u64), per key its time (i64), r, g, b and fade (u8
/// each). Negative zeros count as zeros.
pub fn vehicle_sha256(vehicle: &Vehicle) -> String {
    let mut data = Vec::with_capacity(64 + 40 * vehicle.trajectory.point_count() + 12 * vehicle.lights.keys().len());
    let put_point = |data: &mut Vec<u8>, p: kapok_show::DVec3| {
        for c in p.to_array() {
            data.extend_from_slice(&(c + 0.0).to_le_bytes());
        }
    };
    data.extend_from_slice(&(vehicle.name.len() as u64).to_le_bytes());
    data.extend_from_slice(vehicle.name.as_bytes());
    put_point(&mut data, vehicle.home_m);
    let trajectory = &vehicle.trajectory;
    data.extend_from_slice(&(trajectory.segment_count() as u64).to_le_bytes());
    data.extend_from_slice(&trajectory.start_ms().to_le_bytes());
    put_point(&mut data, trajectory.start_point_m());
    for segment in trajectory.segments() {
        data.extend_from_slice(&segment.end_ms.to_le_bytes());
        data.extend_from_slice(&(segment.degree() as u64).to_le_bytes());
        for &p in &segment.control_m[1..] {
            put_point(&mut data, p);
        }
    }
    data.extend_from_slice(&(vehicle.lights.keys().len() as u64).to_le_bytes());
    for key in vehicle.lights.keys() {
        data.extend_from_slice(&key.t_ms.to_le_bytes());
        data.extend_from_slice(&[key.colour.r, key.colour.g, key.colour.b, u8::from(key.fade)]);
    }
    hex(&Sha256::digest(&data))
}

fn hex(digest: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * digest.len());
    for byte in digest {
        text.push(DIGITS[usize::from(byte >> 4)] as char);
        text.push(DIGITS[usize::from(byte & 15)] as char);
    }
    text
}
