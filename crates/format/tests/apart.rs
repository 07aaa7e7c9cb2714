//! Written .skyb files, judged by a reader of the tests' own that shares nothing with the crate: bytes to millimetres,
//! colours and angles by the tables of the format alone, each as short as it can be.

#![allow(clippy::unwrap_used, reason = "helpers of tests fail by panicking, like tests")]

use crate::support;

use kapok_format::skyb::{RthWriting, SkybOptions};
use kapok_format::write_skyb;
use kapok_show::{DVec3, Nwu, Trajectory, Vehicle};
use proptest::prelude::*;
use support::{extras, lights, trajectory_of};

fn u16_at(b: &[u8], i: usize) -> usize {
    usize::from(b[i]) | usize::from(b[i + 1]) << 8
}

fn i16_at(b: &[u8], i: usize) -> f64 {
    let raw = u16_at(b, i) as f64;
    if raw >= 32768.0 { raw - 65536.0 } else { raw }
}

/// Bit by bit: reflected polynomial, start 0, nothing inverted at the end.
fn checksum(bytes: impl Iterator<Item = u8>) -> u32 {
    bytes.fold(0, |crc, byte| {
        (0..8).fold(crc ^ u32::from(byte), |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0xEDB8_8320 } else { crc >> 1 })
    })
}

/// Types and bodies, after the head and the checksum are found right.
fn blocks(file: &[u8]) -> Vec<(u8, &[u8])> {
    assert_eq!(&file[..6], b"skyb\x02\x01");
    let stated = u32::try_from(u16_at(file, 6) | u16_at(file, 8) << 16).unwrap();
    let zeroed = file.iter().enumerate().map(|(i, &b)| if (6..10).contains(&i) { 0 } else { b });
    assert_eq!(checksum(zeroed), stated);
    let (mut list, mut i) = (Vec::new(), 10);
    while i < file.len() {
        let end = i + 3 + u16_at(file, i + 1);
        list.push((file[i], &file[i + 3..end]));
        i = end;
    }
    list
}

/// Scale in millimetres, and the place at each asked time (ascending, milliseconds) in millimetres.
fn fly(body: &[u8], times_ms: &[f64]) -> (f64, Vec<[f64; 3]>) {
    let scale = f64::from(body[0]);
    assert!((1.0..=127.0).contains(&scale), "no scale, or a reserved bit");
    assert_eq!(i16_at(body, 7).abs(), 0.0, "the retired yaw");
    let mut here = [1, 3, 5].map(|i| i16_at(body, i));
    let (mut i, mut begin_ms) = (9, 0.0);
    let mut times = times_ms.iter().peekable();
    let mut places = Vec::new();
    let mut tell = |here: [f64; 3]| places.push(here.map(|c| c * scale));
    while i < body.len() {
        let (head, duration_ms) = (body[i], u16_at(body, i + 1) as f64);
        assert!((1.0..=60_000.0).contains(&duration_ms) && head >> 6 == 0);
        i += 3;
        let axes: [Vec<f64>; 3] = [0, 1, 2].map(|axis| {
            let count = [0, 1, 3, 7][usize::from(head >> (2 * axis) & 3)];
            let values = (0..count).map(|k| i16_at(body, i + 2 * k)).collect::<Vec<_>>();
            i += 2 * count;
            std::iter::once(here[axis]).chain(values).collect()
        });
        while let Some(t_ms) = times.next_if(|t_ms| **t_ms <= begin_ms + duration_ms) {
            let u = (t_ms - begin_ms).max(0.0) / duration_ms;
            tell([0, 1, 2].map(|axis| {
                let n = axes[axis].len() as i32 - 1;
                let weight = |k: i32| (0..k).map(|j| f64::from(n - j) / f64::from(j + 1)).product::<f64>();
                axes[axis].iter().zip(0..).map(|(c, k)| c * weight(k) * u.powi(k) * (1.0 - u).powi(n - k)).sum()
            }));
        }
        here = [0, 1, 2].map(|axis| *axes[axis].last().unwrap());
        begin_ms += duration_ms;
    }
    times.for_each(|_| tell(here));
    (scale, places)
}

/// The colour in force in the middle of each 20 ms, by playing the commands 00 to 0D.
fn shine(code: &[u8], ticks: usize) -> Vec<[u8; 3]> {
    let (mut i, mut colour, mut loops, mut shown) = (0, [0_u8; 3], Vec::<(usize, u8)>::new(), Vec::new());
    while i < code.len() && shown.len() < ticks {
        let command = code[i];
        i += 1;
        let mut take = |count: usize| {
            i += count;
            code[i - count..i].to_vec()
        };
        let next = match command {
            0 => break,
            1 | 2 => colour,
            4 | 8 => take(3).try_into().unwrap(),
            5 | 9 => [take(1)[0]; 3],
            6 | 10 => [0; 3],
            7 | 11 => [255; 3],
            12 => {
                let rounds = take(1)[0];
                loops.push((i, rounds));
                continue;
            }
            13 => {
                let (start, rounds) = loops.last_mut().unwrap();
                *rounds -= 1;
                if *rounds == 0 {
                    loops.pop();
                } else {
                    i = *start;
                }
                continue;
            }
            other => panic!("command {other:02x} is not in the portable subset"),
        };
        assert!(loops.len() <= 4);
        let (mut duration, mut shift) = (0, 0);
        let mut more = command != 1;
        while more {
            duration |= usize::from(code[i] & 127) << shift;
            more = code[i] >= 128;
            (shift, i) = (shift + 7, i + 1);
        }
        let from = if command >= 8 { colour } else { next };
        for tick in 0..duration.min(ticks) {
            let u = (tick as f64 + 0.5) / duration as f64;
            shown.push([0, 1, 2].map(|k| (f64::from(from[k]) + (f64::from(next[k]) - f64::from(from[k])) * u) as u8));
        }
        colour = next;
    }
    shown.resize(ticks, colour);
    shown
}

fn body<'a>(list: &[(u8, &'a [u8])], kind: u8) -> Option<&'a [u8]> {
    list.iter().find(|(t, _)| *t == kind).map(|(_, body)| *body)
}

fn farthest_mm(trajectory: &Trajectory) -> f64 {
    trajectory.control_points_m().iter().map(|p| p.abs().max_element() * 1000.0).fold(0.0, f64::max)
}

/// A flight within so many metres of the origin on every axis.
fn flight(extent_m: f64) -> impl Strategy<Value = Trajectory> {
    let axis = move || -extent_m..extent_m;
    trajectory_of(150_000, (axis(), axis(), axis()).prop_map(|(x, y, z)| DVec3::new(x, y, z)))
}

proptest! {
    /// Sections 5.1 to 5.3 and 5.5, and 6: what was meant, within half a unit of the finest scale that fits.
    #[test]
    fn a_written_file_is_what_was_meant(
        trajectory in prop_oneof![flight(1.0), flight(32.767), flight(300.0), flight(4161.0)],
        lights in lights(20),
        (yaw, pyro, _, _) in extras(),
    ) {
        if trajectory.start_ms() < 0 {
            return Ok(());
        }
        let mut vehicle = Vehicle::new("A", trajectory.start_point_m(), trajectory, lights);
        (vehicle.yaw, vehicle.pyro) = (yaw, pyro);
        let options = SkybOptions { rth: RthWriting::LeaveOut, ..SkybOptions::default() };
        let export = write_skyb(&vehicle, &options).unwrap_or_else(|_| {
            // Yaw and events may be wilder than the format holds; the flight and its lights never are.
            (vehicle.yaw, vehicle.pyro) = (None, None);
            write_skyb(&vehicle, &options).unwrap()
        });
        let list = blocks(&export.bytes);
        let order: Vec<usize> = list.iter().map(|(t, _)| [1, 2, 6, 4, 5].iter().position(|k| k == t).unwrap()).collect();
        prop_assert!(order.windows(2).all(|w| w[0] < w[1]), "{:?}", order);

        let end_ms = vehicle.trajectory.end_ms() as f64;
        let times_ms: Vec<f64> = (0..=100).map(|k| (end_ms + 100.0) * f64::from(k) / 100.0).collect();
        let (scale, places) = fly(body(&list, 1).unwrap(), &times_ms);
        prop_assert!(scale < 2.0 || farthest_mm(&vehicle.trajectory) > (scale - 1.0) * 32_767.0, "a finer scale fits");
        for (t_ms, place) in times_ms.iter().zip(places) {
            let meant = Nwu::from_site(vehicle.trajectory.sample(*t_ms).position_m).0 * 1000.0;
            let off = meant.to_array().iter().zip(place).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            prop_assert!(off <= 0.5 * scale + 1e-6, "{} mm at {} ms, scale {}", off, t_ms, scale);
        }

        let shown = shine(body(&list, 2).unwrap_or_default(), 400);
        for (tick, found) in shown.into_iter().enumerate() {
            let meant = vehicle.lights.sample(20.0 * tick as f64 + 10.0);
            let off = [meant.r, meant.g, meant.b].iter().zip(found).map(|(a, b)| a.abs_diff(b)).max().unwrap();
            prop_assert!(off <= 1, "{:?} is not {:?} in tick {}", found, meant, tick);
        }

        if let (Some(program), Some(b)) = (&vehicle.yaw, body(&list, 5)) {
            let (mut at_ms, mut decideg) = (0.0, i16_at(b, 1));
            for step in b[3..].chunks_exact(4) {
                let (duration_ms, change) = (u16_at(step, 0) as f64, i16_at(step, 2));
                let meant = program.sample_deg(at_ms + 0.5 * duration_ms);
                prop_assert!((meant - (decideg + 0.5 * change) / 10.0).abs() < 0.11, "yaw at {} ms", at_ms);
                (at_ms, decideg) = (at_ms + duration_ms, decideg + change);
            }
        }
    }
}
