use std::fmt::Write as _;

use super::figures::{SeparationOverTime, WindTracking};
use super::svg::{INK, WIDTH, nothing, open, words};
use crate::chart::{Bound, Chart, Curve};
use crate::text::{round_step, ticks};

/// The letters of a chart are made for paper.
const ENLARGED: f64 = 1.45;
const FAINT: &str = "#6b7785";
const GRID: &str = "#e3e7ec";
const BLUE: &str = "#1f5fa8";
const LIGHT: &str = "#a9c6e8";
const TEAL: &str = "#2a8c82";
const BOUND: &str = "#b3261e";

/// Distances to the plan: bars for one wind, a grid for several.
pub fn tracking(winds: &[WindTracking]) -> String {
    match winds {
        [] => nothing("Nothing flew."),
        [one] if one.bands.is_empty() => nothing("Nothing flew."),
        [one] => bars(one),
        many => grid(many),
    }
}

fn bars(wind: &WindTracking) -> String {
    const ROW: f64 = 22.0;
    let (left, right, top) = (86.0, WIDTH - 150.0, 20.0);
    let bottom = top + ROW * wind.bands.len() as f64;
    let greatest = wind.bands.iter().map(|b| b.max_m).fold(0.05, f64::max);
    let at = |metres: f64| left + (right - left) * metres / greatest;
    let mut svg = open(bottom + 34.0, "Distance to the plan by height");
    scale(&mut svg, greatest, &at, (top, bottom), "m");
    words(&mut svg, (WIDTH, 12.0), "end", FAINT, "half · 99 % · greatest, m");
    for (row, band) in wind.bands.iter().rev().enumerate() {
        let y = top + ROW * row as f64;
        let middle = y + 0.5 * ROW;
        words(&mut svg, (left - 8.0, middle + 4.0), "end", FAINT, &format!("{:.0} to {:.0} m", band.from_m, band.to_m));
        let _ = write!(
            svg,
            "<path d=\"M{:.1} {middle:.1}H{:.1}M{:.1} {:.1}v8\" stroke=\"{BLUE}\" stroke-width=\"1.2\" fill=\"none\"/>",
            at(0.0),
            at(band.max_m),
            at(band.max_m),
            middle - 4.0
        );
        for (value, fill, half) in [(band.p99_m, LIGHT, 7.0), (band.median_m, BLUE, 7.0)] {
            let _ = write!(
                svg,
                "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{fill}\"/>",
                middle - half,
                at(value) - left,
                2.0 * half
            );
        }
        let figures = format!("{:.2} · {:.2} · {:.2}", band.median_m, band.p99_m, band.max_m);
        words(&mut svg, (WIDTH, middle + 4.0), "end", INK, &figures);
    }
    svg + "</svg>\n"
}

/// Ticks along x with their lines.
fn scale(svg: &mut String, greatest: f64, at: &dyn Fn(f64) -> f64, (top, bottom): (f64, f64), unit: &str) {
    let step = round_step(greatest / 8.0, &[1.0, 2.0, 5.0, 10.0]);
    let decimals = usize::from(step < 1.0) + usize::from(step < 0.1);
    for value in ticks(step, greatest) {
        let x = at(value);
        let _ = write!(svg, "<path d=\"M{x:.1} {top:.1}V{bottom:.1}\" stroke=\"{GRID}\"/>");
        words(svg, (x, bottom + 16.0), "middle", FAINT, &format!("{value:.decimals$} {unit}"));
    }
}

/// A cell for each wind and band, darker where the distance is greater.
fn grid(winds: &[WindTracking]) -> String {
    const ROW: f64 = 24.0;
    let mut bands: Vec<(f64, f64)> = winds.iter().flat_map(|w| w.bands.iter().map(|b| (b.from_m, b.to_m))).collect();
    bands.sort_by(|a, b| b.0.total_cmp(&a.0));
    bands.dedup();
    if bands.is_empty() {
        return nothing("Nothing flew.");
    }
    let (left, top) = (86.0, 4.0);
    let cell = (WIDTH - left) / winds.len() as f64;
    let bottom = top + ROW * bands.len() as f64;
    let greatest = winds.iter().flat_map(|w| w.bands.iter().map(|b| b.p99_m)).fold(0.05, f64::max);
    let mut svg = open(bottom + 38.0, "Distance to the plan by height and wind");
    for (row, (from_m, to_m)) in bands.iter().enumerate() {
        let y = top + ROW * row as f64;
        words(&mut svg, (left - 8.0, y + 16.0), "end", FAINT, &format!("{from_m:.0} to {to_m:.0} m"));
        for (column, wind) in winds.iter().enumerate() {
            let Some(band) = wind.bands.iter().find(|b| b.from_m == *from_m) else { continue };
            let (share, x) = ((band.p99_m / greatest).sqrt(), left + cell * column as f64);
            let _ = write!(
                svg,
                "<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{:.1}\" height=\"{:.1}\" fill=\"{BLUE}\" fill-opacity=\"{:.3}\"/>",
                cell - 1.0,
                ROW - 1.0,
                0.08 + 0.92 * share
            );
            if cell >= 30.0 {
                let fill = if share > 0.55 { "#ffffff" } else { INK };
                let digits = if band.p99_m < 9.995 { 2 } else { 1 };
                words(&mut svg, (x + 0.5 * cell, y + 16.0), "middle", fill, &format!("{:.digits$}", band.p99_m));
            }
        }
    }
    let every = (30.0 / cell).ceil().max(1.0) as usize;
    for (column, wind) in winds.iter().enumerate().step_by(every) {
        let x = left + cell * (column as f64 + 0.5);
        words(&mut svg, (x, bottom + 15.0), "middle", FAINT, &format!("{}", wind.wind_m_s));
    }
    words(&mut svg, (0.5 * (left + WIDTH), bottom + 32.0), "middle", FAINT, "wind 10 m above the ground, m/s");
    svg + "</svg>\n"
}

/// Least separations over the show.
pub fn separation(over: &SeparationOverTime) -> String {
    let seconds = over.flown_m.len().max(over.proved_m.len());
    if seconds == 0 {
        return nothing("Nothing flew.");
    }
    let curve = |name: &'static str, colour: &'static str, values: Vec<f64>| Curve {
        name,
        colour,
        points: values.into_iter().enumerate().map(|(second, m)| (second as f64, m)).collect(),
        steps: true,
    };
    // What was not near is somewhere above; it is drawn at the edge of what was watched.
    let edge = |m: f64| m.min(over.watched_m);
    let flown = over.flown_m.iter().map(|m| edge(m.unwrap_or(f64::INFINITY))).collect();
    let mut curves = Vec::new();
    if !over.proved_m.is_empty() {
        curves.push(curve("proved for the plan", TEAL, over.proved_m.iter().map(|&m| edge(m)).collect()));
    }
    curves.push(curve("flown, least of all runs", BLUE, flown));
    let bound = Bound { name: format!("the show asks for {} m", over.limit_m), value: over.limit_m, dash: "" };
    let chart = Chart {
        title: "Least separation in each second",
        unit: "m",
        end_s: seconds as f64,
        curves,
        bounds: vec![bound],
    };
    let height = 280.0;
    let mut svg = open(height, "Least separation in each second");
    let _ = write!(svg, "<g transform=\"scale({ENLARGED})\">");
    chart.draw(&mut svg, (0.0, 0.0), (WIDTH / ENLARGED, height / ENLARGED));
    svg + "</g></svg>\n"
}

/// Vehicles by what is left in their packs.
pub fn charge(counts: &[u64], reserve_percent: f64) -> String {
    let most = counts.iter().copied().max().unwrap_or(0);
    if most == 0 {
        return nothing("Nothing flew.");
    }
    let (left, right, top, bottom) = (10.0, WIDTH - 10.0, 20.0, 170.0);
    let at = |percent: f64| left + (right - left) * percent / 101.0;
    let mut svg = open(bottom + 24.0, "Charge left");
    for percent in (0..=100).step_by(10) {
        let x = at(f64::from(percent));
        let _ = write!(svg, "<path d=\"M{x:.1} {top:.1}V{bottom:.1}\" stroke=\"{GRID}\"/>");
        words(&mut svg, (x, bottom + 16.0), "middle", FAINT, &format!("{percent} %"));
    }
    for (percent, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        // One vehicle is seen beside thousands.
        let height = ((bottom - top) * count as f64 / most as f64).max(2.0);
        let x = at(percent as f64);
        let fill = if (percent as f64) < reserve_percent { BOUND } else { BLUE };
        let _ = write!(
            svg,
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"{fill}\"/>",
            bottom - height,
            (right - left) / 101.0 - 1.0
        );
    }
    let x = at(reserve_percent);
    let _ = write!(svg, "<path d=\"M{x:.1} {:.1}V{bottom:.1}\" stroke=\"{BOUND}\" stroke-width=\"1.2\"/>", top - 6.0);
    words(&mut svg, (x + 4.0, top - 6.0), "start", BOUND, &format!("reserve {reserve_percent:.0} %"));
    words(&mut svg, (right, top - 6.0), "end", FAINT, &format!("highest bar: {most} vehicles"));
    svg + "</svg>\n"
}
