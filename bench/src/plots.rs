//! Cost curves as SVG.

use std::path::Path;

use anyhow::Result;
use plotters::prelude::*;

use crate::measure::{FlightRow, KINDS, Results};

const COLOURS: [RGBColor; 5] = [
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0x5b, 0x5b, 0x5b),
];

/// Writes `time.svg`, `memory.svg` and `ratio.svg`.
pub fn draw(results: &Results, out: &Path) -> Result<()> {
    let whole = |row: &FlightRow| Some(row.flown.plan_s + row.flown.proof_s);
    curve(results, &out.join("time.svg"), "Whole transition: plan, bound and proof", "seconds", 0.0, whole)?;
    curve(results, &out.join("memory.svg"), "Peak memory", "MB", 0.0, |row| Some(row.flown.peak_mb))?;
    curve(results, &out.join("ratio.svg"), "Duration to lower bound", "ratio", 1.0, |row| row.flown.ratio)
}

fn curve(
    results: &Results,
    file: &Path,
    title: &str,
    unit: &str,
    least: f64,
    value: impl Fn(&FlightRow) -> Option<f64>,
) -> Result<()> {
    let rows = &results.curve;
    let most = rows.iter().filter_map(&value).fold(least, f64::max);
    let widest = rows.iter().map(|r| r.n).max().unwrap_or(1) as f64;
    let area = SVGBackend::new(file, (760, 420)).into_drawing_area();
    area.fill(&WHITE)?;
    let mut chart = ChartBuilder::on(&area)
        .caption(title, ("sans-serif", 20))
        .margin(14)
        .x_label_area_size(44)
        .y_label_area_size(64)
        .build_cartesian_2d(0.0..widest * 1.02, least..least + (most - least) * 1.08 + 1e-9)?;
    chart
        .configure_mesh()
        .x_desc("vehicles")
        .y_desc(unit)
        .x_label_formatter(&|x| format!("{x:.0}"))
        .label_style(("sans-serif", 14))
        .light_line_style(WHITE)
        .bold_line_style(RGBColor(0xe4, 0xe4, 0xe4))
        .draw()?;
    for (kind, colour) in KINDS.iter().zip(COLOURS) {
        let points: Vec<(f64, f64)> =
            rows.iter().filter(|r| r.kind == *kind).filter_map(|r| Some((r.n as f64, value(r)?))).collect();
        chart
            .draw_series(LineSeries::new(points.clone(), colour.stroke_width(2)))?
            .label(*kind)
            .legend(move |(x, y)| PathElement::new([(x, y), (x + 18, y)], colour.stroke_width(2)));
        chart.draw_series(points.into_iter().map(|p| Circle::new(p, 3, colour.filled())))?;
    }
    chart
        .configure_series_labels()
        .position(SeriesLabelPosition::UpperLeft)
        .background_style(WHITE)
        .border_style(RGBColor(0xc0, 0xc0, 0xc0))
        .label_font(("sans-serif", 14))
        .draw()?;
    area.present()?;
    Ok(())
}
