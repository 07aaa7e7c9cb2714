use kapok_show::{PyroProgram, ReturnAction, ReturnToHomePlan, Vehicle, YawProgram};
use sha2::{Digest, Sha256};

/// SHA-256 of a file's bytes as 64 lower-case hexadecimal digits: the name a certificate knows the file by.
///
/// ```
/// assert!(kapok_format::content_sha256(b"abc").starts_with("ba7816bf8f01cfea"));
/// ```
pub fn content_sha256(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// SHA-256 of the files of a folder, in the order of their names, whatever order they are given in: hashed are, per file,
/// the lengths of name and content (u64, little-endian), the name and the content.
pub fn folder_sha256(files: &[(String, Vec<u8>)]) -> String {
    let mut sorted: Vec<&(String, Vec<u8>)> = files.iter().collect();
    sorted.sort();
    let mut hash = Sha256::new();
    for (name, bytes) in sorted {
        hash.update((name.len() as u64).to_le_bytes());
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(name.as_bytes());
        hash.update(bytes);
    }
    hex(&hash.finalize())
}

/// SHA-256 of what one vehicle does: name, pad, motion, light, yaw, pyrotechnics, return to home and group, independent of the
/// file format and of its order.
///
/// # Source
/// Hashed are, all little-endian: the name's length (u64) and UTF-8 bytes; home x, y, z (f64); the number of segments
/// (u64), the start time (i64 ms) and point (3 f64); per segment its end time (i64), degree (u64) and the control
/// points after the start (3 f64 each); the number of light keys (u64), per key its time (i64), r, g, b and fade (u8
/// each). Then, each only if the vehicle has it, after a letter: `Y` yaw (number of keys, per key i64 and f64; 0, or 1 and
/// the offset as f64); `P` pyrotechnics (number of events, per event i64, u8, text; number of payloads, per payload id and
/// name as texts, and prefire, duration (i64), yaw, pitch (f64) each as 0, or 1 and the value); `R` return plan (landing
/// speed and altitude as f64, the acceleration as 0, or 1 and f64; number of entries, per entry u32 s, pre-delay and
/// post-delay (i64), landing altitude as 0, or 1 and f64; 0 for landing, 1 with target (2 f64) and duration (i64), or 2 with
/// target (3 f64), duration, and the neck as 0, or 1 with f64 and i64); `G` group (u8) if it is not 0; `L` landing place (3 f64) if the
/// file states another one than the end of the motion. Counts are u64, a
/// text is its length (u64) and its UTF-8 bytes. Negative zeros count as zeros.
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
    if let Some(yaw) = &vehicle.yaw {
        put_yaw(&mut data, yaw);
    }
    if let Some(pyro) = &vehicle.pyro {
        put_pyro(&mut data, pyro);
    }
    if let Some(plan) = &vehicle.return_to_home {
        put_plan(&mut data, plan);
    }
    if vehicle.group != 0 {
        data.extend_from_slice(&[b'G', vehicle.group]);
    }
    if let Some(land_at_m) = vehicle.land_at_m {
        data.push(b'L');
        put_point(&mut data, land_at_m);
    }
    hex(&Sha256::digest(&data))
}

fn put_count(data: &mut Vec<u8>, count: usize) {
    data.extend_from_slice(&(count as u64).to_le_bytes());
}

fn put_text(data: &mut Vec<u8>, text: &str) {
    put_count(data, text.len());
    data.extend_from_slice(text.as_bytes());
}

fn put_f64(data: &mut Vec<u8>, value: f64) {
    data.extend_from_slice(&(value + 0.0).to_le_bytes());
}

fn put_i64(data: &mut Vec<u8>, value: i64) {
    data.extend_from_slice(&value.to_le_bytes());
}

/// 0 for nothing, else 1 and the value.
fn put_option<T>(data: &mut Vec<u8>, value: Option<T>, put: impl Fn(&mut Vec<u8>, T)) {
    data.push(u8::from(value.is_some()));
    if let Some(value) = value {
        put(data, value);
    }
}

fn put_yaw(data: &mut Vec<u8>, yaw: &YawProgram) {
    data.push(b'Y');
    put_count(data, yaw.keys().len());
    for key in yaw.keys() {
        put_i64(data, key.t_ms);
        put_f64(data, key.yaw_deg);
    }
    put_option(data, yaw.auto_offset_deg(), put_f64);
}

fn put_pyro(data: &mut Vec<u8>, pyro: &PyroProgram) {
    data.push(b'P');
    put_count(data, pyro.events.len());
    for event in &pyro.events {
        put_i64(data, event.t_ms);
        data.push(event.channel);
        put_text(data, &event.payload);
    }
    put_count(data, pyro.payloads.len());
    for (id, payload) in &pyro.payloads {
        put_text(data, id);
        put_text(data, &payload.name);
        put_option(data, payload.prefire_ms, put_i64);
        put_option(data, payload.duration_ms, put_i64);
        put_option(data, payload.yaw_deg, put_f64);
        put_option(data, payload.pitch_deg, put_f64);
    }
}

fn put_plan(data: &mut Vec<u8>, plan: &ReturnToHomePlan) {
    data.push(b'R');
    put_f64(data, plan.landing_speed_m_s);
    put_f64(data, plan.landing_altitude_m);
    put_option(data, plan.max_acceleration_m_s2, put_f64);
    put_count(data, plan.entries.len());
    for entry in &plan.entries {
        data.extend_from_slice(&entry.time_s.to_le_bytes());
        put_i64(data, entry.pre_delay_ms);
        put_i64(data, entry.post_delay_ms);
        put_option(data, entry.landing_altitude_m, put_f64);
        match entry.action {
            ReturnAction::Land => data.push(0),
            ReturnAction::KeepAltitude { target_m, duration_ms } => {
                data.push(1);
                target_m.to_array().into_iter().for_each(|c| put_f64(data, c));
                put_i64(data, duration_ms);
            }
            ReturnAction::Straight { target_m, duration_ms, neck } => {
                data.push(2);
                target_m.to_array().into_iter().for_each(|c| put_f64(data, c));
                put_i64(data, duration_ms);
                put_option(data, neck, |data, neck| {
                    put_f64(data, neck.height_m);
                    put_i64(data, neck.duration_ms);
                });
            }
        }
    }
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
