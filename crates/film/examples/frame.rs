//! Times frames: `frame SHOW [WIDTHxHEIGHT] [AT_S] [CAMERA] [MOOD] [OUT.png]` draws one picture, and a second of film. SHOW is a
//! show file, or a number: that many lights on a turning sphere.
#![allow(clippy::print_stdout, clippy::disallowed_methods, reason = "the times are what is asked for")]

use std::time::Instant;

use kapok_film::{Camera, Film, FrameSize, Mood, Pictures, View, png};
use kapok_format::ReadBounds;
use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Show, Trajectory, Vehicle, math};
use rayon::prelude::*;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let at = |k: usize, otherwise: &str| args.get(k).cloned().unwrap_or_else(|| otherwise.to_owned());
    let name = at(0, "3000");
    let show = match name.parse() {
        Ok(count) => sphere(count)?,
        Err(_) => kapok_format::read(&std::fs::read(&name)?, &name, &ReadBounds::default())?.show,
    };
    let size = at(1, "1920x1080");
    let (width, height) = size.split_once('x').ok_or("WIDTHxHEIGHT")?;
    let size = FrameSize::new(width.parse()?, height.parse()?)?;
    let at_ms = 1000.0 * at(2, "60").parse::<f64>()?;
    let since = Instant::now();
    let pictures = Pictures::of(&show);
    println!(
        "{} vehicles, pictures {:.3} s, spacing {:.2} m",
        show.vehicles.len(),
        since.elapsed().as_secs_f64(),
        pictures.spacing_m()
    );
    let view = View::from_name(&at(3, "audience"), &show)?;
    let camera = Camera::of_view(&show, &pictures, view, None, size)?;
    let since = Instant::now();
    let mood = Mood::from_name(&at(4, "night")).ok_or("day, dusk, night, hall")?;
    let film = Film::new(&show, &pictures, camera, mood, None);
    println!("background {:.3} s, field of view {:.1} degrees", since.elapsed().as_secs_f64(), camera.fov_deg());
    let mut best_s = f64::INFINITY;
    let mut frame = film.frame(at_ms);
    for _ in 0..10 {
        let since = Instant::now();
        frame = film.frame(at_ms);
        best_s = best_s.min(since.elapsed().as_secs_f64());
    }
    println!("frame {:.1} ms, best of ten", 1000.0 * best_s);
    let since = Instant::now();
    let sum: usize =
        (0..30).into_par_iter().map(|k| film.frame(at_ms + f64::from(k) * 1000.0 / 30.0).rgb().len()).sum();
    println!("30 frames of film {:.3} s ({sum} bytes)", since.elapsed().as_secs_f64());
    if let Some(out) = args.get(5) {
        let since = Instant::now();
        std::fs::write(out, png(&frame)?)?;
        println!("png {:.3} s", since.elapsed().as_secs_f64());
    }
    Ok(())
}

/// Lights 1.5 m apart on a sphere that turns once in two minutes.
fn sphere(count: u32) -> Result<Show, Box<dyn std::error::Error>> {
    let radius_m = 1.5 * (f64::from(count) / 12.0).sqrt();
    let vehicle = |i: u32| -> Result<Vehicle, Box<dyn std::error::Error>> {
        let z = 1.0 - (2.0 * f64::from(i) + 1.0) / f64::from(count);
        let at = |t: u32| {
            let (s, c) = math::sin_cos(2.399_963 * f64::from(i) + f64::from(t) / 60.0 * std::f64::consts::PI);
            let r = (1.0 - z * z).sqrt();
            DVec3::new(0.0, 0.0, 1.3 * radius_m) + radius_m * DVec3::new(r * c, r * s, z)
        };
        let mut trajectory = Trajectory::starting_at(0, at(0))?;
        (1..=120).try_for_each(|t| trajectory.push(i64::from(t) * 1000, &[at(t)]))?;
        let colour = Rgb::new(255, (i * 7 % 256) as u8, (128.0 + 127.0 * z) as u8);
        let lights = LightProgram::from_keys(vec![LightKey { t_ms: 0, colour, fade: false }]).ok_or("keys")?;
        Ok(Vehicle::new(i.to_string(), at(0).with_z(0.0), trajectory, lights))
    };
    Ok(Show::of_vehicles((0..count).map(vehicle).collect::<Result<_, _>>()?))
}
