//! Draws every scene of a show script as the audience camera sees it, to look at pictures before anything is planned:
//! `cargo run --release -p kapok-design --example scenes -- shows/guangzhou-2017.toml OUT_FOLDER [SECONDS]`.

use std::io::Write;
use std::path::{Path, PathBuf};

use kapok_design::{AssetFolder, load};
use kapok_show::{DVec3, Landmark, LandmarkShape, Rgb, Silent, Storyboard, math};
use tiny_skia::{Color, Pixmap, PremultipliedColorU8};

const WIDTH: u32 = 1600;
const HEIGHT: u32 = 900;
/// Horizontal angle of view, degrees.
const VIEW_DEG: f64 = 75.0;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [script, folder, rest @ ..] = arguments.as_slice() else {
        return Err("SCRIPT.toml OUT_FOLDER [SECONDS]".into());
    };
    let seconds: Option<f64> = rest.first().map(|text| text.parse()).transpose()?;
    let text = std::fs::read_to_string(script)?;
    let assets = AssetFolder::new(Path::new(script).parent().unwrap_or(Path::new("")));
    let show = load(&text, script, &assets, &Silent)?;
    std::fs::create_dir_all(folder)?;
    for (number, scene) in show.scenes.iter().enumerate() {
        let t_ms = seconds.map_or(scene.hold_ms as f64 / 2.0, |s| s * 1000.0);
        let lights = scene.points.iter().map(|p| (p.position_m, p.lights.sample(t_ms)));
        let most_keys = scene.points.iter().map(|p| p.lights.keys().len()).max().unwrap_or(0);
        writeln!(std::io::stdout(), "{} \"{}\": at most {most_keys} light keys a point", number + 1, scene.name)?;
        draw(&show, lights, &PathBuf::from(folder).join(format!("scene-{}.png", number + 1)))?;
    }
    Ok(())
}

fn draw(
    show: &Storyboard,
    lights: impl Iterator<Item = (DVec3, Rgb)>,
    file: &Path,
) -> Result<(), Box<dyn std::error::Error>> {
    let audience = show.environment.audiences.first();
    let (eye_m, at_m) =
        audience.map_or((DVec3::new(0.0, -150.0, 2.0), DVec3::new(0.0, 50.0, 50.0)), |a| (a.eye_m, a.look_at_m));
    let ahead = (at_m - eye_m).normalize_or(DVec3::Y);
    let right = ahead.cross(DVec3::Z).normalize_or(DVec3::X);
    let up = right.cross(ahead);
    let focal = f64::from(WIDTH) / 2.0 / math::tan((VIEW_DEG / 2.0).to_radians());
    let project = |p_m: DVec3| {
        let d = p_m - eye_m;
        let depth = d.dot(ahead);
        let (x, y) = (d.dot(right) / depth * focal, d.dot(up) / depth * focal);
        (depth > 1.0).then_some((f64::from(WIDTH) / 2.0 + x, f64::from(HEIGHT) / 2.0 - y, depth))
    };
    let mut glow = vec![[0.0f64; 3]; (WIDTH * HEIGHT) as usize];
    let mut spot = |(x, y): (f64, f64), radius: f64, rgb: Rgb, strength: f64| {
        let colour = [rgb.r, rgb.g, rgb.b].map(|c| f64::from(c) / 255.0 * strength);
        let reach = (3.0 * radius).ceil();
        for row in (y - reach).max(0.0) as u32..((y + reach).max(0.0) as u32).min(HEIGHT - 1) {
            for column in (x - reach).max(0.0) as u32..((x + reach).max(0.0) as u32).min(WIDTH - 1) {
                let (dx, dy) = (f64::from(column) + 0.5 - x, f64::from(row) + 0.5 - y);
                let share = math::exp(-(dx * dx + dy * dy) / (radius * radius));
                for (sum, c) in glow[(row * WIDTH + column) as usize].iter_mut().zip(colour) {
                    *sum += c * share;
                }
            }
        }
    };
    for p_m in show.environment.landmarks.iter().flat_map(outline) {
        if let Some((x, y, _)) = project(p_m) {
            spot((x, y), 1.0, Rgb::new(110, 90, 160), 0.25);
        }
    }
    for p_m in show.environment.waters.iter().flat_map(|water| along_edges(&water.polygon_m)) {
        if let Some((x, y, _)) = project(p_m) {
            spot((x, y), 1.0, Rgb::new(40, 90, 160), 0.3);
        }
    }
    for (p_m, rgb) in lights {
        if let Some((x, y, depth)) = project(p_m) {
            spot((x, y), (focal * 0.55 / depth).max(1.2), rgb, 1.0);
        }
    }
    let mut picture = Pixmap::new(WIDTH, HEIGHT).ok_or("no memory")?;
    picture.fill(Color::BLACK);
    for (pixel, sum) in picture.pixels_mut().iter_mut().zip(&glow) {
        let [r, g, b] = sum.map(|c| ((1.0 - math::exp(-2.0 * c)) * 255.0) as u8);
        *pixel = PremultipliedColorU8::from_rgba(r, g, b, 255).ok_or("colour")?;
    }
    picture.save_png(file)?;
    Ok(())
}

/// Dots along the edges of a polygon on the ground.
fn along_edges(polygon_m: &[kapok_show::DVec2]) -> Vec<DVec3> {
    let ends = polygon_m.iter().zip(polygon_m.iter().cycle().skip(1));
    ends.flat_map(|(a, b)| (0..200).map(|k| a.lerp(*b, f64::from(k) / 200.0).extend(0.0)).collect::<Vec<_>>()).collect()
}

/// Dots along the lines of a landmark.
fn outline(landmark: &Landmark) -> Vec<DVec3> {
    let foot_m = landmark.centre_m.extend(0.0);
    match &landmark.shape {
        &LandmarkShape::HyperboloidTower {
            base_radii_m,
            top_radii_m,
            twist_deg,
            body_height_m,
            total_height_m,
            columns,
            ..
        } => {
            let mut dots = Vec::new();
            for column in 0..columns {
                let angle = f64::from(column) / f64::from(columns) * std::f64::consts::TAU;
                let at = |radii: kapok_show::DVec2, angle: f64, z: f64| {
                    let (sin, cos) = math::sin_cos(angle);
                    DVec3::new(radii.x * cos, radii.y * sin, z)
                };
                let low = at(base_radii_m, angle, 0.0);
                let high = at(top_radii_m, angle + twist_deg.to_radians(), body_height_m);
                dots.extend((0..400).map(|k| foot_m + low.lerp(high, f64::from(k) / 400.0)));
            }
            let mast = total_height_m - body_height_m;
            dots.extend((0..200).map(|k| foot_m + DVec3::Z * (body_height_m + mast * f64::from(k) / 200.0)));
            dots
        }
        LandmarkShape::Block { size_m } => {
            let corner = |x: f64, y: f64, z: f64| foot_m + *size_m * DVec3::new(x, y, z);
            let mut dots = Vec::new();
            for (x, y) in [(-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)] {
                dots.extend((0..100).map(|k| corner(x, y, f64::from(k) / 100.0)));
            }
            dots.extend((0..100).map(|k| corner(f64::from(k) / 100.0 - 0.5, -0.5, 1.0)));
            dots
        }
    }
}
