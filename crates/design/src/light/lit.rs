//! Points of a formation as paints and effects see them, and their base colours.

use kapok_show::Rgb;

use super::colour::Colour;
use super::lights::Lights;
use super::paint::{Along, Paint};
use crate::formation::SourcePoint;

/// A point of a formation as paints and effects see it: all directions from 0 to 1.
#[derive(Clone, Copy, Debug)]
pub struct LitPoint {
    pub own_colour: Option<Rgb>,
    pub group: u32,
    u: f64,
    v: f64,
    x: f64,
    y: f64,
    z: f64,
    radius: f64,
}

impl LitPoint {
    /// Where the point lies in a direction, 0 to 1.
    pub fn along(&self, along: Along) -> f64 {
        match along {
            Along::U => self.u,
            Along::V => self.v,
            Along::X => self.x,
            Along::Y => self.y,
            Along::Z => self.z,
            Along::Radius => self.radius,
        }
    }
}

/// Norms the points' positions by their bounding box and their largest distance from its centre.
pub fn lit_points(points: &[SourcePoint]) -> Vec<LitPoint> {
    let Some(first) = points.first() else { return Vec::new() };
    let (low_m, high_m) = points
        .iter()
        .fold((first.position_m, first.position_m), |(low, high), p| (low.min(p.position_m), high.max(p.position_m)));
    let centre_m = (low_m + high_m) / 2.0;
    let reach_m = points.iter().map(|p| (p.position_m - centre_m).length()).fold(0.0, f64::max);
    // A direction without extent (the depth of a flat picture) has everything at 0.
    let share = |value: f64, low: f64, high: f64| if high > low { (value - low) / (high - low) } else { 0.0 };
    points
        .iter()
        .map(|p| LitPoint {
            own_colour: p.colour,
            group: p.group,
            u: p.u,
            v: p.v,
            x: share(p.position_m.x, low_m.x, high_m.x),
            y: share(p.position_m.y, low_m.y, high_m.y),
            z: share(p.position_m.z, low_m.z, high_m.z),
            radius: share((p.position_m - centre_m).length(), 0.0, reach_m),
        })
        .collect()
}

/// The colour of a point before effects and brightness.
pub fn base_colour(lights: &Lights, point: &LitPoint) -> Rgb {
    match (&lights.paint, lights.colour) {
        (_, Some(Colour(rgb))) => rgb,
        (None, None) => point.own_colour.unwrap_or(Rgb::WHITE),
        (Some(Paint::Art { tint }), None) => {
            let own = point.own_colour.unwrap_or(Rgb::WHITE);
            tint.map_or(own, |Colour(t)| multiply(own, t))
        }
        (Some(Paint::Gradient { along, colours }), None) => gradient(colours, point.along(*along)),
        (Some(Paint::Palette { colours }), None) => {
            colours.get(point.group as usize % colours.len().max(1)).map_or(Rgb::WHITE, |c| c.0)
        }
    }
}

fn multiply(a: Rgb, b: Rgb) -> Rgb {
    let channel = |a: u8, b: u8| ((u16::from(a) * u16::from(b) + 127) / 255) as u8;
    Rgb::new(channel(a.r, b.r), channel(a.g, b.g), channel(a.b, b.b))
}

fn gradient(colours: &[Colour], share: f64) -> Rgb {
    let Some(last) = colours.len().checked_sub(1) else { return Rgb::WHITE };
    let at = share.clamp(0.0, 1.0) * last as f64;
    let index = (at as usize).min(last);
    let next = (index + 1).min(last);
    colours[index].0.lerp(colours[next].0, at - index as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use kapok_show::DVec3;

    fn point(x: f64, z: f64, group: u32) -> SourcePoint {
        SourcePoint { position_m: DVec3::new(x, 0.0, z), colour: Some(Rgb::new(200, 100, 0)), u: 0.25, v: 0.5, group }
    }

    #[test]
    fn gradients_run_from_the_first_colour_to_the_last() {
        let lit = lit_points(&[point(-2.0, 0.0, 0), point(0.0, 0.0, 0), point(2.0, 0.0, 0)]);
        let colours = ["#000000", "#c80000", "#0000c8"].map(|c| c.parse().unwrap()).to_vec();
        let lights = Lights { paint: Some(Paint::Gradient { along: Along::X, colours }), ..Lights::default() };
        let seen: Vec<Rgb> = lit.iter().map(|p| base_colour(&lights, p)).collect();
        assert_eq!(seen, [Rgb::BLACK, Rgb::new(200, 0, 0), Rgb::new(0, 0, 200)]);
    }

    #[test]
    fn radius_is_zero_in_the_middle_and_one_at_the_rim() {
        let lit = lit_points(&[point(-2.0, 0.0, 0), point(0.0, 0.0, 0), point(2.0, 0.0, 0)]);
        assert_eq!(lit.iter().map(|p| p.along(Along::Radius)).collect::<Vec<_>>(), [1.0, 0.0, 1.0]);
        assert!(lit.iter().all(|p| p.along(Along::Z) <= 0.0), "a direction without extent is all 0");
    }

    #[test]
    fn art_keeps_its_colours_and_a_tint_multiplies_them() {
        let lit = lit_points(&[point(0.0, 0.0, 0)]);
        assert_eq!(base_colour(&Lights::default(), &lit[0]), Rgb::new(200, 100, 0));
        let tint = Some("#8080ff".parse().unwrap());
        let lights = Lights { paint: Some(Paint::Art { tint }), ..Lights::default() };
        assert_eq!(base_colour(&lights, &lit[0]), Rgb::new(100, 50, 0));
    }

    #[test]
    fn palettes_go_round() {
        let lit = lit_points(&[point(0.0, 0.0, 0), point(0.0, 1.0, 1), point(0.0, 2.0, 2)]);
        let colours = ["red", "lime"].map(|c| c.parse().unwrap()).to_vec();
        let lights = Lights { paint: Some(Paint::Palette { colours }), ..Lights::default() };
        let seen: Vec<Rgb> = lit.iter().map(|p| base_colour(&lights, p)).collect();
        assert_eq!(seen, [Rgb::new(255, 0, 0), Rgb::new(0, 255, 0), Rgb::new(255, 0, 0)]);
    }
}
