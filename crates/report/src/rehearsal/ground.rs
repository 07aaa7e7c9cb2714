use std::fmt::Write as _;

use super::figures::{FlightEnd, GroundMap};
use super::svg::{WIDTH, nothing, open, words};
use crate::text::{round_step, ticks};

/// Marks that are drawn; the rest is counted.
const MOST_MARKS: usize = 5000;
const FENCE: &str = "#b26a00";
const PEOPLE: &str = "#7b3fa0";
const FELL: &str = "#b3261e";
const LANDED: &str = "#1f5fa8";
const ALOFT: &str = "#2a8c82";
const FAINT: &str = "#6b7785";

/// The site from above: fence, spectators, and where flights ended.
pub fn map(ground: &GroundMap) -> String {
    let outlines = ground.fences_m.iter().chain(&ground.audiences_m).chain(&ground.holes_m);
    let points = outlines.flatten().copied().chain(ground.ends_m.iter().map(|&(x, y, _)| [x, y]));
    let (mut low, mut high) = ([f64::INFINITY; 2], [f64::NEG_INFINITY; 2]);
    for point in points.filter(|p| p.iter().all(|v| v.is_finite())) {
        for axis in 0..2 {
            low[axis] = low[axis].min(point[axis]);
            high[axis] = high[axis].max(point[axis]);
        }
    }
    if ground.ends_m.is_empty() {
        let summary = nothing("Nothing: every vehicle that flew landed where its plan ends.");
        return if low[0].is_finite() { summary + &drawn(ground, low, high) } else { summary };
    }
    drawn(ground, low, high)
}

fn drawn(ground: &GroundMap, mut low: [f64; 2], mut high: [f64; 2]) -> String {
    for axis in 0..2 {
        let margin = 0.04 * (high[axis] - low[axis]).max(10.0);
        low[axis] -= margin;
        high[axis] += margin;
    }
    let top = 26.0;
    // As wide as the page, but no taller than wide.
    let (across, up) = (high[0] - low[0], high[1] - low[1]);
    // What shows nothing is there to see where nothing came down.
    let tallest = if ground.ends_m.is_empty() { 220.0 } else { 560.0 };
    let scale = (WIDTH / across).min(tallest / up);
    let left = 0.5 * (WIDTH - scale * across);
    let bottom = top + scale * up;
    let at = |[x, y]: [f64; 2]| (left + scale * (x - low[0]), bottom - scale * (y - low[1]));
    let mut svg = open(bottom + 30.0, "Where flights ended");
    legend(&mut svg, ground);
    for (outlines, stroke, fill) in [
        (&ground.fences_m, FENCE, "none"),
        (&ground.holes_m, FENCE, "#f6e7d2"),
        (&ground.audiences_m, PEOPLE, "#ece0f3"),
    ] {
        for outline in outlines {
            let mut path = String::new();
            for (k, point) in outline.iter().enumerate() {
                let (x, y) = at(*point);
                let _ = write!(path, "{}{x:.1} {y:.1}", if k == 0 { 'M' } else { 'L' });
            }
            let _ = write!(svg, "<path d=\"{path}Z\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"1.4\"/>");
        }
    }
    for &(x, y, end) in ground.ends_m.iter().take(MOST_MARKS) {
        let (x, y) = at([x, y]);
        let (left, low) = (x - 3.5, y - 3.5);
        let _ = match end {
            FlightEnd::Fell => {
                write!(svg, "<path d=\"M{left:.1} {low:.1}l7 7m0 -7l-7 7\" stroke=\"{FELL}\" stroke-width=\"1.4\"/>")
            }
            FlightEnd::Landed => {
                write!(svg, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"3\" fill=\"{LANDED}\" fill-opacity=\"0.7\"/>")
            }
            FlightEnd::Aloft => {
                write!(svg, "<path d=\"M{left:.1} {:.1}l3.5 -7l3.5 7z\" fill=\"none\" stroke=\"{ALOFT}\"/>", y + 3.5)
            }
        };
    }
    let step = round_step(across / 5.0, &[1.0, 2.0, 5.0, 10.0]);
    let length = ticks(step, step).last().unwrap_or(step) * scale;
    let y = bottom + 16.0;
    let _ = write!(
        svg,
        "<path d=\"M{left:.1} {y:.1}h{length:.1}m0 -4v8M{left:.1} {:.1}v8\" stroke=\"{FAINT}\" fill=\"none\"/>",
        y - 4.0
    );
    words(&mut svg, (left + length + 8.0, y + 4.0), "start", FAINT, &format!("{step} m"));
    let hidden = ground.ends_m.len().saturating_sub(MOST_MARKS);
    if hidden > 0 {
        words(&mut svg, (WIDTH, y + 4.0), "end", FAINT, &format!("and {hidden} more"));
    }
    svg + "</svg>\n"
}

fn legend(svg: &mut String, ground: &GroundMap) {
    let count = |end: FlightEnd| ground.ends_m.iter().filter(|m| m.2 == end).count();
    let mut x = 0.0;
    let mut entry = |colour: &str, text: String| {
        let _ = write!(svg, "<rect x=\"{x:.1}\" y=\"4\" width=\"10\" height=\"10\" rx=\"2\" fill=\"{colour}\"/>");
        words(svg, (x + 15.0, 13.0), "start", FAINT, &text);
        x += 40.0 + 6.2 * text.len() as f64;
    };
    for (colour, name, end) in [
        (FELL, "fell", FlightEnd::Fell),
        (LANDED, "landed elsewhere", FlightEnd::Landed),
        (ALOFT, "still in the air", FlightEnd::Aloft),
    ] {
        let found = count(end);
        if found > 0 {
            entry(colour, format!("{name}: {found}"));
        }
    }
    if !ground.fences_m.is_empty() {
        entry(FENCE, "fence".to_owned());
    }
    if !ground.audiences_m.is_empty() {
        entry(PEOPLE, "spectators".to_owned());
    }
}
