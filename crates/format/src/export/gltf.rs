//! Binary glTF: every vehicle a small glowing body on an animated path.
//!
//! Pieces of degree 1 to 3 are written exactly, as Hermite pieces of a `CUBICSPLINE` sampler; the 7th degree is cut into
//! Hermite pieces. Light goes into the body's emission through the extension `KHR_animation_pointer`; programs that do
//! not know it show the bodies in white.

use std::fmt::Write as _;

use kapok_show::{BadSetting, DVec3, LightProgram, Rgb, Show, Trajectory, math};
use rayon::prelude::*;
use serde_json::Value;

use crate::WriteError;

/// Hermite pieces that stand for a piece of degree above 3.
const PIECES_OF_HIGH_DEGREE: i64 = 16;
/// Step of a fade's samples, milliseconds.
const FADE_STEP_MS: i64 = 40;
/// Latest time, milliseconds: further on, seconds in 32 bits do not tell milliseconds apart.
const MAX_TIME_MS: i64 = 16_384_000;
/// Largest file: lengths in the head have 32 bits.
const MAX_BYTES: u64 = u32::MAX as u64;

/// How to write glTF.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GltfOptions {
    /// Radius of the bodies, metres. Default 0.25.
    pub radius_m: f64,
    /// Write the lights. Default true.
    pub lights: bool,
}

impl Default for GltfOptions {
    fn default() -> Self {
        Self { radius_m: 0.25, lights: true }
    }
}

/// Writes a show as binary glTF 2.0 (.glb) with one animation.
///
/// # Shapes, units and frames
/// Metres and seconds; x right, y up, z towards the audience (the site frame turned about x).
///
/// # Guarantees
/// But for the rounding to 32-bit floats, positions are exact for pieces of degree 1 to 3. Fades are steps of 40 ms.
///
/// # Errors
/// [`WriteError::Show`]; [`WriteError::Setting`] for the radius; [`WriteError::NotCarried`] for a show that begins before
/// time 0; [`WriteError::TooLarge`] above 4.5 hours or 4 GiB.
///
/// # Source
/// Khronos, glTF 2.0 Specification, sections 3.11 (animations), 4.4 (binary), appendix C (interpolation);
/// KHR_animation_pointer.
pub fn write_glb(show: &Show, options: &GltfOptions) -> Result<Vec<u8>, WriteError> {
    show.check()?;
    if let Some(early) = show.vehicles.iter().find(|v| v.trajectory.start_ms() < 0) {
        return Err(WriteError::NotCarried {
            what: format!("vehicle \"{}\", which moves before time 0,", early.name),
            format: "glTF",
            why: "animations begin at time 0: move the show so that nothing happens before",
        });
    }
    let last_key_ms = show.vehicles.iter().filter_map(|v| v.lights.keys().last()).map(|k| k.t_ms).max().unwrap_or(0);
    let end_ms = show.duration_ms().max(last_key_ms);
    if end_ms > MAX_TIME_MS {
        return Err(WriteError::TooLarge {
            what: "the duration in milliseconds".into(),
            value: end_ms as f64,
            limit: MAX_TIME_MS as f64,
            format: "glTF, which has 32-bit times,",
            remedy: "split the show",
        });
    }
    if !(options.radius_m > 0.0 && options.radius_m <= 1000.0) {
        let why = "it must be above 0 and at most 1000";
        return Err(BadSetting { field: "radius_m", value: options.radius_m, why }.into());
    }
    let samplers: Vec<(Option<Sampler>, Option<Sampler>)> =
        show.vehicles.par_iter().map(|v| (motion(&v.trajectory), options.lights.then(|| light(&v.lights)))).collect();
    let mut file = File::default();
    let radius = options.radius_m as f32;
    let axes =
        [[1.0f32, 0.0, 0.0], [-1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0], [0.0, 0.0, 1.0], [0.0, 0.0, -1.0]];
    let corners: Vec<f32> = axes.iter().flatten().map(|c| c * radius).collect();
    let position = file.accessor(&corners, "VEC3", Some((&[-radius; 3], &[radius; 3])));
    let faces: [u16; 24] = [0, 2, 4, 2, 1, 4, 1, 3, 4, 3, 0, 4, 2, 0, 5, 1, 2, 5, 3, 1, 5, 0, 3, 5];
    let indices = file.indices(&faces);

    let (mut nodes, mut meshes, mut materials) = (String::new(), String::new(), String::new());
    let (mut channels, mut sampler_list, mut sampler_count) = (String::new(), String::new(), 0);
    for (i, (vehicle, (motion, light))) in show.vehicles.iter().zip(&samplers).enumerate() {
        let comma = if i == 0 { "" } else { "," };
        let name = Value::from(vehicle.name.as_str());
        let [x, y, z] = gltf(vehicle.trajectory.start_point_m());
        push(&mut nodes, format_args!("{comma}{{\"name\":{name},\"mesh\":{i},\"translation\":[{x},{y},{z}]}}"));
        push(
            &mut meshes,
            format_args!(
                "{comma}{{\"primitives\":[{{\"attributes\":{{\"POSITION\":{position}}},\"indices\":{indices},\"material\":{i}}}]}}"
            ),
        );
        let start = light.as_ref().and_then(|l| l.values.first_chunk::<3>().copied()).unwrap_or([1.0; 3]);
        let [r, g, b] = start;
        push(
            &mut materials,
            format_args!(
                "{comma}{{\"name\":{name},\"emissiveFactor\":[{r},{g},{b}],\"pbrMetallicRoughness\":{{\"baseColorFactor\":[0,0,0,1],\
                 \"metallicFactor\":0}}}}"
            ),
        );
        for (sampler, target) in [
            (motion, format!("{{\"node\":{i},\"path\":\"translation\"}}")),
            (
                light,
                format!(
                    "{{\"path\":\"pointer\",\"extensions\":{{\"KHR_animation_pointer\":{{\"pointer\":\"/materials/{i}/emissiveFactor\"}}}}}}"
                ),
            ),
        ] {
            let Some(sampler) = sampler else { continue };
            let (first, last) = (sampler.times_s[0], sampler.times_s[sampler.times_s.len() - 1]);
            let input = file.accessor(&sampler.times_s, "SCALAR", Some((&[first], &[last])));
            let output = file.accessor(&sampler.values, "VEC3", None);
            let comma = if sampler_count == 0 { "" } else { "," };
            push(&mut channels, format_args!("{comma}{{\"sampler\":{sampler_count},\"target\":{target}}}"));
            push(
                &mut sampler_list,
                format_args!(
                    "{comma}{{\"input\":{input},\"output\":{output},\"interpolation\":\"{}\"}}",
                    sampler.interpolation
                ),
            );
            sampler_count += 1;
        }
    }
    let roots: Vec<String> = (0..show.vehicles.len()).map(|i| i.to_string()).collect();
    let mut text = String::from("{\"asset\":{\"version\":\"2.0\",\"generator\":\"Kapok\"},\"scene\":0,");
    if samplers.iter().any(|(_, light)| light.is_some()) {
        text.push_str("\"extensionsUsed\":[\"KHR_animation_pointer\"],");
    }
    push(
        &mut text,
        format_args!("\"scenes\":[{{\"name\":{},\"nodes\":[{}]}}],", Value::from(show.title.as_str()), roots.join(",")),
    );
    push(&mut text, format_args!("\"nodes\":[{nodes}],\"meshes\":[{meshes}],\"materials\":[{materials}],"));
    if sampler_count > 0 {
        push(
            &mut text,
            format_args!(
                "\"animations\":[{{\"name\":\"show\",\"channels\":[{channels}],\"samplers\":[{sampler_list}]}}],"
            ),
        );
    }
    push(
        &mut text,
        format_args!(
            "\"accessors\":[{}],\"bufferViews\":[{}],\"buffers\":[{{\"byteLength\":{}}}]}}",
            file.accessors,
            file.views,
            file.binary.len()
        ),
    );
    file.finish(text)
}

/// x right, y up, z backwards, as 32-bit floats.
fn gltf(p_m: DVec3) -> [f32; 3] {
    [p_m.x, p_m.z, -p_m.y].map(|c| (c + 0.0) as f32)
}

/// Times and values of one animated property.
struct Sampler {
    times_s: Vec<f32>,
    values: Vec<f32>,
    interpolation: &'static str,
}

/// A key of a cubic spline: velocity before, position, velocity after, in glTF axes.
struct Knot {
    t_ms: i64,
    arriving: DVec3,
    position: DVec3,
    leaving: DVec3,
}

fn motion(trajectory: &Trajectory) -> Option<Sampler> {
    let mut knots: Vec<Knot> = Vec::with_capacity(trajectory.segment_count() + 1);
    for segment in trajectory.segments() {
        let span_ms = segment.end_ms - segment.start_ms;
        let pieces = if segment.degree() <= 3 { 1 } else { span_ms.min(PIECES_OF_HIGH_DEGREE) };
        for k in 0..=pieces {
            let t_ms = segment.start_ms + span_ms * k / pieces;
            let motion = segment.sample(t_ms as f64);
            if k == 0 {
                match knots.last_mut() {
                    Some(last) => last.leaving = motion.velocity_m_s,
                    None => knots.push(Knot {
                        t_ms,
                        arriving: DVec3::ZERO,
                        position: motion.position_m,
                        leaving: motion.velocity_m_s,
                    }),
                }
                continue;
            }
            let leaving = if k < pieces { motion.velocity_m_s } else { DVec3::ZERO };
            knots.push(Knot { t_ms, arriving: motion.velocity_m_s, position: motion.position_m, leaving });
        }
    }
    if knots.is_empty() {
        return None;
    }
    let mut sampler = Sampler {
        times_s: Vec::with_capacity(knots.len()),
        values: Vec::with_capacity(9 * knots.len()),
        interpolation: "CUBICSPLINE",
    };
    for knot in &knots {
        sampler.times_s.push((knot.t_ms as f64 / 1000.0) as f32);
        for v in [knot.arriving, knot.position, knot.leaving] {
            sampler.values.extend_from_slice(&gltf(v));
        }
    }
    Some(sampler)
}

fn light(program: &LightProgram) -> Sampler {
    let mut times_ms = vec![0];
    let mut last_ms = 0;
    for key in program.keys() {
        if key.fade {
            let mut t_ms = last_ms + FADE_STEP_MS;
            while t_ms < key.t_ms {
                times_ms.push(t_ms);
                t_ms += FADE_STEP_MS;
            }
        }
        times_ms.push(key.t_ms.max(0));
        last_ms = key.t_ms.max(0);
    }
    times_ms.dedup();
    let mut sampler = Sampler { times_s: Vec::new(), values: Vec::new(), interpolation: "STEP" };
    let mut shown = None;
    for t_ms in times_ms {
        let colour = program.sample(t_ms as f64);
        if shown != Some(colour) {
            shown = Some(colour);
            sampler.times_s.push((t_ms as f64 / 1000.0) as f32);
            sampler.values.extend_from_slice(&linear(colour));
        }
    }
    sampler
}

/// sRGB to linear light (IEC 61966-2-1).
fn linear(colour: Rgb) -> [f32; 3] {
    [colour.r, colour.g, colour.b].map(|c| {
        let v = f64::from(c) / 255.0;
        (if v <= 0.040_45 { v / 12.92 } else { math::pow((v + 0.055) / 1.055, 2.4) }) as f32
    })
}

fn push(out: &mut String, text: std::fmt::Arguments) {
    let written = out.write_fmt(text);
    debug_assert!(written.is_ok(), "writing to a string cannot fail");
}

/// The binary part with its accessors, one buffer view each.
#[derive(Default)]
struct File {
    binary: Vec<u8>,
    accessors: String,
    views: String,
    count: usize,
}

impl File {
    fn accessor(&mut self, values: &[f32], shape: &str, bounds: Option<(&[f32], &[f32])>) -> usize {
        let start = self.binary.len();
        for v in values {
            self.binary.extend_from_slice(&v.to_le_bytes());
        }
        let width = if shape == "VEC3" { 3 } else { 1 };
        self.add(start, 5126, values.len() / width, shape, bounds)
    }

    fn indices(&mut self, values: &[u16]) -> usize {
        let start = self.binary.len();
        for v in values {
            self.binary.extend_from_slice(&v.to_le_bytes());
        }
        self.add(start, 5123, values.len(), "SCALAR", None)
    }

    fn add(
        &mut self,
        start: usize,
        component: u32,
        count: usize,
        shape: &str,
        bounds: Option<(&[f32], &[f32])>,
    ) -> usize {
        let index = self.count;
        let comma = if index == 0 { "" } else { "," };
        let length = self.binary.len() - start;
        push(&mut self.views, format_args!("{comma}{{\"buffer\":0,\"byteOffset\":{start},\"byteLength\":{length}}}"));
        push(
            &mut self.accessors,
            format_args!(
                "{comma}{{\"bufferView\":{index},\"componentType\":{component},\"count\":{count},\"type\":\"{shape}\""
            ),
        );
        if let Some((min, max)) = bounds {
            push(&mut self.accessors, format_args!(",\"min\":{min:?},\"max\":{max:?}"));
        }
        self.accessors.push('}');
        self.count += 1;
        index
    }

    fn finish(mut self, mut text: String) -> Result<Vec<u8>, WriteError> {
        // Both chunks are padded to 4 bytes: text with spaces, binary with zeros.
        while !text.len().is_multiple_of(4) {
            text.push(' ');
        }
        while !self.binary.len().is_multiple_of(4) {
            self.binary.push(0);
        }
        let total = 12 + 8 + text.len() as u64 + 8 + self.binary.len() as u64;
        if total > MAX_BYTES {
            return Err(WriteError::TooLarge {
                what: "the file in bytes".into(),
                value: total as f64,
                limit: MAX_BYTES as f64,
                format: "binary glTF",
                remedy: "leave the lights out or split the show",
            });
        }
        let mut out = Vec::with_capacity(total as usize);
        out.extend_from_slice(b"glTF");
        for word in [2, total as u32, text.len() as u32] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        out.extend_from_slice(b"JSON");
        out.extend_from_slice(text.as_bytes());
        out.extend_from_slice(&(self.binary.len() as u32).to_le_bytes());
        out.extend_from_slice(b"BIN\0");
        out.extend_from_slice(&self.binary);
        Ok(out)
    }
}
