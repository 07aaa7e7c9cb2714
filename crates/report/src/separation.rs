use std::fmt::Write as _;

use kapok_certify::{Certificate, Rule, RuleReport, Verdict, clock};

use crate::text::{escaped, round_step, ticks, time_step};

/// Drawing area and its margins, pixels.
const WIDTH: f64 = 960.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 24.0;
const TOP: f64 = 72.0;
const BOTTOM: f64 = 56.0;

const INK: &str = "#1a1a1a";
const GRID: &str = "#dddddd";
const CURVE: &str = "#1f5fa8";
const LIMIT: &str = "#b3261e";

/// Both rules of distance, with the lines that stand for the curve and the limit of each.
const DISTANCES: [(Rule, &str, &str); 2] =
    [(Rule::Separation, "limit in flight", ""), (Rule::GroundSeparation, "limit near the ground", "6 4")];

/// The least separation in each second as an SVG picture, in flight and near the ground (dashed): curves, limits, worst
/// instants.
///
/// # Determinism
/// The same certificate gives the same bytes.
pub fn separation_svg(certificate: &Certificate) -> String {
    let curves_m = [&certificate.separation_per_second_m, &certificate.ground_separation_per_second_m];
    let reports: Vec<(&RuleReport, &str, &str)> = DISTANCES
        .iter()
        .filter_map(|(rule, name, dash)| certificate.rule(*rule).map(|r| (r, *name, *dash)))
        // A rule that says nothing of any distance and was not even looked at has no limit to draw.
        .filter(|(r, ..)| r.limit.value > 0.0)
        .collect();
    let values = curves_m.into_iter().flatten().copied().chain(reports.iter().map(|(r, ..)| 1.15 * r.limit.value));
    let highest_m = values.filter(|v| v.is_finite()).fold(1.0, f64::max);
    let frame = Frame { seconds: curves_m[0].len().max(1) as f64, highest_m };
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"12\" fill=\"{INK}\">\n"
    );
    let title = escaped(&certificate.title);
    let _ = writeln!(svg, "<title>Least separation in each second: {title}</title>");
    let _ = writeln!(svg, "<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>");
    let _ = writeln!(
        svg,
        "<text x=\"{LEFT}\" y=\"24\" font-size=\"16\" font-weight=\"bold\">{title}: {}</text>",
        certificate.verdict
    );
    let _ = writeln!(svg, "<text x=\"{LEFT}\" y=\"44\">{}</text>", escaped(&subtitle(certificate)));
    axes(&mut svg, &frame);
    if curves_m[0].is_empty() {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">No distance was measured.</text>",
            frame.x(frame.seconds / 2.0),
            frame.y(frame.highest_m / 2.0)
        );
    } else {
        for (curve_m, (_, _, dash)) in curves_m.into_iter().zip(DISTANCES).filter(|(curve_m, _)| !curve_m.is_empty()) {
            let _ = writeln!(
                svg,
                "<path d=\"{}\" fill=\"none\" stroke=\"{CURVE}\" stroke-width=\"1.5\"{}/>",
                steps(curve_m, &frame),
                dashed(dash)
            );
        }
    }
    for &(report, name, dash) in &reports {
        limit_line(&mut svg, &frame, report, name, dash);
    }
    for &(report, ..) in &reports {
        worst(&mut svg, &frame, report);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Where seconds and metres are on the picture.
struct Frame {
    seconds: f64,
    highest_m: f64,
}

impl Frame {
    fn x(&self, t_s: f64) -> f64 {
        LEFT + (WIDTH - LEFT - RIGHT) * (t_s / self.seconds).clamp(0.0, 1.0)
    }

    fn y(&self, distance_m: f64) -> f64 {
        HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (distance_m / self.highest_m).clamp(0.0, 1.0)
    }
}

fn subtitle(c: &Certificate) -> String {
    let (file, count) = (&c.provenance().file, c.vehicle_count);
    format!("Least separation in each second, {count} vehicles, {} (sha256 {}…)", file.name, short(&file.sha256))
}

fn short(hash: &str) -> &str {
    hash.get(..12).unwrap_or(hash)
}

/// One flat step a second, as the figures are: a bound for the whole second.
fn steps(curve_m: &[f64], frame: &Frame) -> String {
    let mut path = String::new();
    let mut last = None;
    for (second, &m) in curve_m.iter().enumerate() {
        let y = frame.y(m);
        match last {
            None => {
                let _ = write!(path, "M{:.2} {y:.2}", frame.x(0.0));
            }
            Some(before) if before == y => {}
            Some(_) => {
                let _ = write!(path, "H{:.2}V{y:.2}", frame.x(second as f64));
            }
        }
        last = Some(y);
    }
    let _ = write!(path, "H{:.2}", frame.x(frame.seconds));
    path
}

fn axes(svg: &mut String, frame: &Frame) {
    let (bottom, right) = (HEIGHT - BOTTOM, WIDTH - RIGHT);
    let step_m = round_step(frame.highest_m / 6.0, &[1.0, 2.0, 5.0, 10.0]);
    let decimals = usize::from(step_m < 1.0) + usize::from(step_m < 0.1);
    for m in ticks(step_m, frame.highest_m) {
        let y = frame.y(m);
        let _ = writeln!(
            svg,
            "<path d=\"M{LEFT} {y:.2}H{right}\" stroke=\"{GRID}\"/><text x=\"{:.1}\" y=\"{:.2}\" text-anchor=\"end\">\
             {m:.decimals$}</text>",
            LEFT - 8.0,
            y + 4.0
        );
    }
    let step_s = time_step(frame.seconds / 10.0);
    for s in ticks(step_s, frame.seconds) {
        let x = frame.x(s);
        let label = format!("{}:{:02}", (s as i64) / 60, (s as i64) % 60);
        let _ = writeln!(
            svg,
            "<path d=\"M{x:.2} {bottom}v5\" stroke=\"{INK}\"/><text x=\"{x:.2}\" y=\"{:.1}\" text-anchor=\"middle\">\
             {label}</text>",
            bottom + 20.0
        );
    }
    let _ = writeln!(svg, "<path d=\"M{LEFT} {TOP}V{bottom}H{right}\" fill=\"none\" stroke=\"{INK}\"/>");
    let middle = f64::midpoint(TOP, bottom);
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\">show time, min:s</text>",
        f64::midpoint(LEFT, right),
        HEIGHT - 14.0
    );
    let _ = writeln!(
        svg,
        "<text transform=\"translate(20 {middle:.1}) rotate(-90)\" text-anchor=\"middle\">least separation, m</text>"
    );
}

fn limit_line(svg: &mut String, frame: &Frame, report: &RuleReport, name: &str, dash: &str) {
    let y = frame.y(report.limit.value);
    let right = WIDTH - RIGHT;
    let dash = dashed(dash);
    let _ = writeln!(
        svg,
        "<path d=\"M{LEFT} {y:.2}H{right}\" stroke=\"{LIMIT}\" stroke-width=\"1.5\"{dash}/>\
         <text x=\"{:.1}\" y=\"{:.2}\" text-anchor=\"end\" fill=\"{LIMIT}\">{name} {:.2} m</text>",
        right - 4.0,
        y + 14.0,
        report.limit.value
    );
}

fn dashed(dash: &str) -> String {
    if dash.is_empty() { String::new() } else { format!(" stroke-dasharray=\"{dash}\"") }
}

/// A ring at the worst instant of a rule, with its figures.
fn worst(svg: &mut String, frame: &Frame, report: &RuleReport) {
    let Some(w) = &report.worst else { return };
    let (x, y) = (frame.x(w.t_ms / 1000.0), frame.y(w.value));
    let colour = if report.verdict == Verdict::Proved { INK } else { LIMIT };
    // On the right half the label stands to the left of its ring.
    let (anchor, dx) = if x > WIDTH / 2.0 { ("end", -8.0) } else { ("start", 8.0) };
    let names: Vec<String> = w.vehicles.iter().map(|v| escaped(&v.name)).collect();
    let _ = writeln!(
        svg,
        "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"4\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\"/>\
         <text x=\"{:.2}\" y=\"{:.2}\" text-anchor=\"{anchor}\" fill=\"{colour}\" stroke=\"#ffffff\" stroke-width=\"3\" \
         paint-order=\"stroke\">{:.3} m at {}, {}</text>",
        x + dx,
        y - 10.0,
        w.value,
        clock(w.t_ms),
        names.join(" and ")
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_curve_is_one_step_a_second() {
        let frame = Frame { seconds: 2.0, highest_m: 1.0 };
        assert_eq!(steps(&[0.0, 1.0], &frame), "M64.00 364.00H500.00V72.00H936.00");
    }
}
