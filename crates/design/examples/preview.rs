//! Draws formations as glowing points on a night sky, to look at them: `cargo run -p kapok-design --example preview --
//! NAME COUNT SPACING_M OUT.png` with NAME one of the figures below, `text:FONT[+outline|+both|+stroke]:HEIGHT_M:TEXT` or `svg:HEIGHT_M:FILE`.

#![allow(clippy::print_stdout, reason = "a program that reports to people")]

use kapok_design::formation::{Formation, PictureSize, Source, TextStyle, built_in_font, sample};
use kapok_show::{DVec3, Rgb, math};
use tiny_skia::{Color, Pixmap, PremultipliedColorU8};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, name, count, spacing_m, out] = arguments.as_slice() else {
        return Err("NAME COUNT SPACING_M OUT.png".into());
    };
    let source = source(name)?;
    let formation = sample(&source, count.parse()?, spacing_m.parse()?, 1)?;
    println!("{name}: {} points, spacing {:.3} m", formation.points.len(), formation.spacing_m);
    let views: &[(f64, f64)] = match source {
        Source::Text { .. } | Source::Svg { .. } | Source::Circle { .. } => &[(0.0, 0.0)],
        _ => &[(0.0, 0.0), (0.6, 0.25), (0.0, 1.2)],
    };
    for (k, &(turn_rad, lift_rad)) in views.iter().enumerate() {
        let file = if views.len() > 1 { out.replace(".png", &format!("-{k}.png")) } else { out.clone() };
        draw(&formation, turn_rad, lift_rad)?.save_png(file)?;
    }
    Ok(())
}

fn source(name: &str) -> Result<Source, Box<dyn std::error::Error>> {
    let parts: Vec<&str> = name.splitn(4, ':').collect();
    Ok(match parts.as_slice() {
        ["text", font, height_m, text] => {
            let (font, style) = match font.split_once('+') {
                Some((font, "outline")) => (font, TextStyle::Outline),
                Some((font, "stroke")) => (font, TextStyle::Stroke),
                Some((font, _)) => (font, TextStyle::Both),
                None => (*font, TextStyle::Fill),
            };
            Source::Text {
                text: text.replace("\\n", "\n"),
                font: match built_in_font(font) {
                    Some(bytes) => bytes.into(),
                    None => std::fs::read(font)?.into(),
                },
                height_m: height_m.parse()?,
                style,
            }
        }
        ["svg", height_m, file] => {
            Source::Svg { bytes: std::fs::read(file)?.into(), size: PictureSize::HeightM(height_m.parse()?) }
        }
        ["circle"] => Source::Circle { radius_m: 40.0 },
        ["sphere"] => Source::Sphere { radius_m: 40.0 },
        ["helix"] => Source::Helix { radius_m: 25.0, height_m: 100.0, turns: 3.0, strands: 2 },
        ["cylinder"] => Source::Cylinder { radius_m: 25.0, height_m: 100.0 },
        ["tower"] => Source::Hyperboloid {
            base_radius_m: 32.0,
            waist_radius_m: 14.0,
            top_radius_m: 24.0,
            height_m: 110.0,
            strands: 0,
            rings: 5,
        },
        ["blossom"] => Source::Blossom { petals: 5, radius_m: 56.0, height_m: 50.0, tilt_rad: 1.3 },
        _ => return Err(format!("unknown figure {name}").into()),
    })
}

/// Looks along +y after a turn around z and a lift of the eye; brighter where nearer.
fn draw(formation: &Formation, turn_rad: f64, lift_rad: f64) -> Result<Pixmap, Box<dyn std::error::Error>> {
    let (s, c) = math::sin_cos(turn_rad);
    let (up, ahead) = math::sin_cos(lift_rad);
    let seen: Vec<(DVec3, Rgb)> = formation
        .points
        .iter()
        .map(|point| {
            let p = point.position_m;
            let q = DVec3::new(p.x * c + p.y * s, p.y * c - p.x * s, p.z);
            let eye = DVec3::new(q.x, q.y * ahead - q.z * up, q.y * up + q.z * ahead);
            (eye, point.colour.unwrap_or(Rgb::new(255, 200, 90)))
        })
        .collect();
    let reach = seen.iter().map(|(p, _)| p.x.abs().max(p.z.abs() * 1.4)).fold(1.0, f64::max) + 6.0;
    let depth = seen.iter().map(|(p, _)| p.y.abs()).fold(1e-6, f64::max);
    let (width, height) = (1_400_u32, 1_000_u32);
    let scale = f64::from(width) / (2.0 * reach);
    let mut light = vec![[0.0_f64; 3]; (width * height) as usize];
    let glow = (0.75 * scale).clamp(3.0, 6.0);
    for (p, colour) in seen {
        let (x, y) = (f64::from(width) / 2.0 + p.x * scale, f64::from(height) / 2.0 - p.z * scale);
        let near = 0.72 - 0.28 * p.y / depth;
        let span = (5.0 * glow) as i64;
        for dy in -span..=span {
            for dx in -span..=span {
                let (px, py) = (x as i64 + dx, y as i64 + dy);
                if px < 0 || py < 0 || px >= i64::from(width) || py >= i64::from(height) {
                    continue;
                }
                let off = ((px as f64 + 0.5 - x) * (px as f64 + 0.5 - x)
                    + (py as f64 + 0.5 - y) * (py as f64 + 0.5 - y))
                    / (glow * glow);
                let core = math::exp(-off * 1.6);
                let halo = 0.10 * math::exp(-off * 0.18);
                let cell = &mut light[(py * i64::from(width) + px) as usize];
                for (sum, channel) in cell.iter_mut().zip([colour.r, colour.g, colour.b]) {
                    *sum += near * (f64::from(channel) * (core + halo) + 110.0 * core * core * core);
                }
            }
        }
    }
    let mut pixmap = Pixmap::new(width, height).ok_or("no picture")?;
    pixmap.fill(Color::from_rgba8(5, 8, 18, 255));
    for (pixel, light) in pixmap.pixels_mut().iter_mut().zip(light) {
        let [r, g, b] = [pixel.red(), pixel.green(), pixel.blue()].map(f64::from);
        let mix = |night: f64, light: f64| (night + light).min(255.0) as u8;
        *pixel = PremultipliedColorU8::from_rgba(mix(r, light[0]), mix(g, light[1]), mix(b, light[2]), 255)
            .ok_or("alpha")?;
    }
    Ok(pixmap)
}
