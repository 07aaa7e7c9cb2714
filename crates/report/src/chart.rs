use std::fmt::Write as _;

use crate::text::{escaped, round_step, ticks, time_step};

/// One curve of a chart.
pub(crate) struct Curve<'a> {
    pub name: &'a str,
    pub colour: &'a str,
    pub points: Vec<(f64, f64)>,
    /// Flat until the next point, as bounds of whole seconds are.
    pub steps: bool,
}

/// A line across, and what it stands for.
pub(crate) struct Bound<'a> {
    pub name: String,
    pub value: f64,
    pub dash: &'a str,
}

/// Values over show time, in a box on a page.
pub(crate) struct Chart<'a> {
    pub title: &'a str,
    pub unit: &'a str,
    pub end_s: f64,
    pub curves: Vec<Curve<'a>>,
    pub bounds: Vec<Bound<'a>>,
}

const INK: &str = "#1d2733";
const FAINT: &str = "#6b7785";
const GRID: &str = "#e3e7ec";
const BOUND: &str = "#b3261e";

impl Chart<'_> {
    /// Draws it with its upper left corner at (x, y); the title and the axes' labels are inside.
    pub fn draw(&self, svg: &mut String, (x, y): (f64, f64), (width, height): (f64, f64)) {
        let (left, right, top, bottom) = (x + 34.0, x + width, y + 22.0, y + height - 16.0);
        let values = self.curves.iter().flat_map(|c| c.points.iter().map(|p| p.1));
        let highest =
            values.chain(self.bounds.iter().map(|b| 1.12 * b.value)).filter(|v| v.is_finite()).fold(1e-3, f64::max);
        let end_s = self.end_s.max(1.0);
        let at_x = |t_s: f64| left + (right - left) * (t_s / end_s).clamp(0.0, 1.0);
        let at_y = |value: f64| bottom - (bottom - top) * (value / highest).clamp(0.0, 1.0);
        let _ = write!(
            svg,
            "<text x=\"{x}\" y=\"{:.1}\" font-size=\"10\" stroke=\"{INK}\" stroke-width=\"0.35\" fill=\"{INK}\">{}</text>",
            y + 10.0,
            escaped(&format!("{}, {}", self.title, self.unit))
        );
        self.legend(svg, right, y + 10.0);
        let step = round_step(highest / 4.0, &[1.0, 2.0, 5.0, 10.0]);
        let decimals = usize::from(step < 1.0) + usize::from(step < 0.1);
        for value in ticks(step, highest) {
            let y = at_y(value);
            let _ = write!(
                svg,
                "<path d=\"M{left:.1} {y:.2}H{right:.1}\" stroke=\"{GRID}\" stroke-width=\"0.6\"/><text x=\"{:.1}\" y=\"{:.2}\" \
                 font-size=\"7.5\" text-anchor=\"end\" fill=\"{FAINT}\">{value:.decimals$}</text>",
                left - 5.0,
                y + 2.6
            );
        }
        for second in ticks(time_step(end_s / 9.0), end_s) {
            let x = at_x(second);
            let _ = write!(
                svg,
                "<path d=\"M{x:.2} {bottom:.1}v3\" stroke=\"{FAINT}\" stroke-width=\"0.6\"/><text x=\"{x:.2}\" y=\"{:.1}\" \
                 font-size=\"7.5\" text-anchor=\"middle\" fill=\"{FAINT}\">{}:{:02}</text>",
                bottom + 11.0,
                second as i64 / 60,
                second as i64 % 60
            );
        }
        for curve in &self.curves {
            let mut path = String::new();
            let mut level = None;
            for &(t_s, value) in curve.points.iter().filter(|p| p.1.is_finite()) {
                let (x, y) = (at_x(t_s), at_y(value));
                let _ = match level.replace(y) {
                    None => write!(path, "M{x:.2} {y:.2}"),
                    Some(_) if curve.steps => write!(path, "H{x:.2}V{y:.2}"),
                    Some(_) => write!(path, "L{x:.2} {y:.2}"),
                };
            }
            if curve.steps && level.is_some() {
                let _ = write!(path, "H{right:.2}");
            }
            if !path.is_empty() {
                let colour = curve.colour;
                let _ = write!(
                    svg,
                    "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"1.1\" stroke-linejoin=\"round\"/>"
                );
            }
        }
        for bound in self.bounds.iter().filter(|b| b.value.is_finite()) {
            let y = at_y(bound.value);
            let dash =
                if bound.dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{}\"", bound.dash) };
            let _ = write!(
                svg,
                "<path d=\"M{left:.1} {y:.2}H{right:.1}\" stroke=\"{BOUND}\" stroke-width=\"0.9\"{dash}/><text x=\"{:.1}\" \
                 y=\"{:.2}\" font-size=\"7.5\" text-anchor=\"end\" fill=\"{BOUND}\" stroke=\"#ffffff\" stroke-width=\"2\" \
                 paint-order=\"stroke\">{}</text>",
                right - 3.0,
                y - 3.0,
                escaped(&bound.name)
            );
        }
        let _ = write!(
            svg,
            "<path d=\"M{left:.1} {top:.1}V{bottom:.1}H{right:.1}\" fill=\"none\" stroke=\"{FAINT}\" stroke-width=\"0.7\"/>"
        );
    }

    /// Names of the curves, from the right.
    fn legend(&self, svg: &mut String, right: f64, y: f64) {
        let mut x = right;
        for curve in self.curves.iter().rev() {
            let _ = write!(
                svg,
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"8\" text-anchor=\"end\" fill=\"{INK}\">{}</text>",
                escaped(curve.name)
            );
            // The width of the text is not known before it is set; this is enough for it.
            x -= 5.2 * curve.name.chars().count() as f64 + 5.0;
            let _ = write!(
                svg,
                "<path d=\"M{:.1} {:.1}h12\" stroke=\"{}\" stroke-width=\"2\"/>",
                x - 12.0,
                y - 2.8,
                curve.colour
            );
            x -= 24.0;
        }
    }
}
