use std::fmt::Write as _;

use kapok_certify::{Certificate, Rule, RuleReport, Verdict, Witness, clock};
use kapok_show::{Show, Site};

use crate::chart::{Bound, Chart, Curve};
use crate::envelope::{Moment, envelope};
use crate::picture::{PictureError, svg_to_pdf};
use crate::text::{escaped, shortened, wrapped};

/// A4, points.
const WIDTH: f64 = 595.0;
const HEIGHT: f64 = 842.0;
const MARGIN: f64 = 48.0;

const INK: &str = "#1d2733";
const FAINT: &str = "#6b7785";
const RULE: &str = "#d5dbe2";
const BLUE: &str = "#1f5fa8";
const TEAL: &str = "#2a8c82";
const OCHRE: &str = "#c07a1a";

/// Cases of one rule on the last page.
const CASES: usize = 12;
/// Height of worst cases that still go below the curves, points.
const MOST_BELOW_CURVES: f64 = 160.0;
/// Lines of notes on the first page.
const NOTE_LINES: usize = 12;

/// The report as one PDF: verdict and rules, curves, worst cases.
///
/// # Errors
/// [`PictureError`], a fault of this crate.
pub fn report_pdf(show: &Show, certificate: &Certificate) -> Result<Vec<u8>, PictureError> {
    svg_to_pdf(&certificate.title, &report_pages(show, certificate))
}

/// The pages of the report as SVG, A4, one unit to a point.
///
/// The certificate is that of the show.
pub fn report_pages(show: &Show, certificate: &Certificate) -> Vec<String> {
    let blocks = case_blocks(certificate);
    let mut bodies = vec![verdict_page(show, certificate)];
    // A few lines are no page of their own.
    if certificate.verdict == Verdict::Proved && blocks.iter().map(CaseBlock::height).sum::<f64>() <= MOST_BELOW_CURVES
    {
        bodies.push(curves_page(show, certificate, &blocks));
    } else {
        bodies.push(curves_page(show, certificate, &[]));
        bodies.extend(case_pages(&blocks));
    }
    let count = bodies.len();
    bodies.into_iter().enumerate().map(|(k, body)| page(certificate, &body, k + 1, count)).collect()
}

fn page(certificate: &Certificate, body: &str, number: usize, count: usize) -> String {
    let draft = if certificate.provenance().draft { "DRAFT, not to be flown · " } else { "" };
    let hash = format!("{draft}sha256 {}", certificate.provenance().file.sha256);
    let foot = HEIGHT - 26.0;
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{WIDTH}\" height=\"{HEIGHT}\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" \
         font-family=\"sans-serif\" font-size=\"9\" fill=\"{INK}\">\n<rect width=\"{WIDTH}\" height=\"{HEIGHT}\" \
         fill=\"#ffffff\"/>\n{body}\n<path d=\"M{MARGIN} {:.1}H{:.1}\" stroke=\"{RULE}\" stroke-width=\"0.6\"/>\
         <text x=\"{MARGIN}\" y=\"{foot}\" font-size=\"7\" fill=\"{FAINT}\">{}</text><text x=\"{:.1}\" y=\"{foot}\" \
         font-size=\"7\" text-anchor=\"end\" fill=\"{FAINT}\">page {number} of {count}</text></svg>\n",
        HEIGHT - 38.0,
        WIDTH - MARGIN,
        escaped(&hash),
        WIDTH - MARGIN,
    )
}

const fn colour(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Proved => "#1b7f4b",
        Verdict::Violated => "#b3261e",
        Verdict::Undecided => "#b26a00",
        Verdict::NotApplicable => FAINT,
    }
}

/// The verdict whose colour a draft has: never that of a proof.
const fn not_proved(verdict: Verdict) -> Verdict {
    if matches!(verdict, Verdict::Violated) { verdict } else { Verdict::Undecided }
}

/// Text at a place; `bold` thickens it: one font for all makes the same PDF each time.
fn text(svg: &mut String, (x, y): (f64, f64), size: f64, bold: bool, fill: &str, anchor: &str, words: &str) {
    let face = if bold { format!(" stroke=\"{fill}\" stroke-width=\"{:.2}\"", 0.035 * size) } else { String::new() };
    let _ = write!(
        svg,
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\"{face} fill=\"{fill}\" text-anchor=\"{anchor}\">{}</text>",
        escaped(words)
    );
}

fn rule_line(svg: &mut String, y: f64, width: f64) {
    let _ =
        write!(svg, "<path d=\"M{MARGIN} {y:.1}H{:.1}\" stroke=\"{RULE}\" stroke-width=\"{width}\"/>", WIDTH - MARGIN);
}

/// A value as people read it: three decimals, no minus before nothing.
fn number(value: f64) -> String {
    if value.abs() >= 1e6 {
        return format!("{value:.3e}");
    }
    format!("{:.3}", (value * 1000.0).round() / 1000.0 + 0.0)
}

fn verdict_page(show: &Show, c: &Certificate) -> String {
    let mut svg = String::new();
    text(&mut svg, (MARGIN, 62.0), 9.0, true, FAINT, "start", "VALIDATION REPORT");
    let title = if c.title.trim().is_empty() { "Untitled show" } else { c.title.trim() };
    text(&mut svg, (MARGIN, 88.0), 20.0, false, INK, "start", &shortened(title, 44));
    let facts = format!(
        "{} drones · {} min · judged at every instant, not at samples",
        c.vehicle_count,
        clock(c.duration_ms as f64)
    );
    text(&mut svg, (MARGIN, 106.0), 9.5, false, FAINT, "start", &facts);

    let badge = if c.certifies() { colour(c.verdict) } else { colour(not_proved(c.verdict)) };
    let _ = write!(
        svg,
        "<rect x=\"{MARGIN}\" y=\"124\" width=\"{:.1}\" height=\"46\" rx=\"4\" fill=\"{badge}\"/>",
        WIDTH - 2.0 * MARGIN
    );
    let failed: Vec<&RuleReport> =
        c.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)).collect();
    let says = match c.verdict {
        Verdict::Proved if c.provenance().draft => "Every rule holds, but the file is a draft.".to_owned(),
        Verdict::Proved => "Every rule holds for every drone at every instant.".to_owned(),
        _ if failed.len() == 1 => format!("One rule does not hold: {}.", failed[0].title.to_lowercase()),
        _ => format!("{} rules do not hold, or could not be decided.", failed.len()),
    };
    text(&mut svg, (MARGIN + 16.0, 152.5), 17.0, true, "#ffffff", "start", &c.headline());
    text(&mut svg, (WIDTH - MARGIN - 16.0, 151.5), 10.0, false, "#ffffff", "end", &says);

    let columns = [
        (MARGIN, "start"),
        (240.0, "start"),
        (343.0, "end"),
        (383.0, "end"),
        (428.0, "end"),
        (466.0, "end"),
        (547.0, "end"),
    ];
    let mut y = 202.0;
    for ((x, anchor), head) in
        columns.into_iter().zip(["Rule", "Verdict", "Limit", "from", "Worst", "when", "vehicles"])
    {
        text(&mut svg, (x, y), 8.0, true, FAINT, anchor, head);
    }
    y += 6.0;
    rule_line(&mut svg, y, 1.0);
    for report in &c.rules {
        y += 17.5;
        let applies = report.verdict != Verdict::NotApplicable;
        text(&mut svg, (columns[0].0, y), 9.0, false, if applies { INK } else { FAINT }, "start", &report.title);
        let _ = write!(svg, "<circle cx=\"231\" cy=\"{:.1}\" r=\"3\" fill=\"{}\"/>", y - 3.0, colour(report.verdict));
        text(&mut svg, (columns[1].0, y), 9.0, false, colour(report.verdict), "start", &report.verdict.to_string());
        if applies {
            let limit = format!("{} {}", number(report.limit.value), report.limit.unit);
            text(&mut svg, (columns[2].0, y), 9.0, false, INK, "end", &limit);
            let source = report.rule.limit_field().and_then(|f| c.provenance().limit_sources.get(f.name()));
            let source = source.map_or_else(String::new, ToString::to_string);
            text(&mut svg, (columns[3].0, y), 8.0, false, FAINT, "end", &source);
        }
        if let Some(worst) = &report.worst {
            let ink = if report.verdict == Verdict::Proved { INK } else { colour(report.verdict) };
            text(&mut svg, (columns[4].0, y), 9.0, false, ink, "end", &number(worst.value));
            text(&mut svg, (columns[5].0, y), 9.0, false, INK, "end", &clock(worst.t_ms));
            text(&mut svg, (columns[6].0, y), 7.5, false, INK, "end", &shortened(&names(worst), 20));
        }
        rule_line(&mut svg, y + 5.5, 0.4);
    }
    y += 36.0;
    provenance(&mut svg, &show.site, c, y);
    svg
}

fn names(w: &Witness) -> String {
    w.vehicles.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")
}

/// What was judged, by what, and what had to be assumed.
fn provenance(svg: &mut String, site: &Site, c: &Certificate, mut y: f64) {
    let from = c.provenance();
    let facts = [
        ("File", format!("{} ({} bytes)", shortened(&from.file.name, 60), from.file.bytes)),
        ("SHA-256", from.file.sha256.clone()),
        (
            "Site",
            format!(
                "{:.6}, {:.6} (WGS 84), heading {:.1}°",
                site.origin.latitude_deg, site.origin.longitude_deg, site.heading_deg
            ),
        ),
        ("Judged by", format!("{} {}", from.checker.name, from.checker.version)),
    ];
    for (name, value) in facts {
        text(svg, (MARGIN, y), 8.5, true, FAINT, "start", name);
        text(svg, (MARGIN + 64.0, y), 8.5, false, INK, "start", &value);
        y += 14.0;
    }
    if from.assumptions.is_empty() {
        return;
    }
    y += 8.0;
    text(svg, (MARGIN, y), 8.5, true, FAINT, "start", "Notes");
    let lines: Vec<String> = from.assumptions.iter().flat_map(|note| wrapped(note, 96)).collect();
    let hidden = lines.len().saturating_sub(NOTE_LINES);
    for line in lines.iter().take(NOTE_LINES) {
        text(svg, (MARGIN + 64.0, y), 8.0, false, INK, "start", line);
        y += 11.5;
    }
    if hidden > 0 {
        text(svg, (MARGIN + 64.0, y), 8.0, false, FAINT, "start", &format!("and {hidden} more lines"));
    }
}

fn curves_page(show: &Show, c: &Certificate, below: &[CaseBlock]) -> String {
    let moments = envelope(show);
    let limit = |rule: Rule, name: &str| {
        c.rule(rule).map(|r| Bound {
            name: format!("{name} {} {}", number(r.limit.value), r.limit.unit),
            value: r.limit.value,
            dash: "",
        })
    };
    let dashed = |bound: Option<Bound<'static>>| bound.map(|b| Bound { dash: "5 3", ..b });
    let curve = |name: &'static str, colour: &'static str, get: fn(&Moment) -> f64| Curve {
        name,
        colour,
        points: moments.iter().map(|m| (m.t_s, get(m))).collect(),
        steps: false,
    };
    let distance = |name: &'static str, colour: &'static str, curve_m: &[f64]| Curve {
        name,
        colour,
        points: curve_m.iter().enumerate().map(|(second, &m)| (second as f64, m)).collect(),
        steps: true,
    };
    let charts = [
        Chart {
            title: "Least separation in each second",
            unit: "m",
            end_s: 0.0,
            curves: vec![
                distance("certified lower bound in flight", BLUE, &c.separation_per_second_m),
                distance("near the ground", TEAL, &c.ground_separation_per_second_m),
            ],
            bounds: limit(Rule::Separation, "in flight at least")
                .into_iter()
                .chain(dashed(limit(Rule::GroundSeparation, "near the ground at least")))
                .collect(),
        },
        Chart {
            title: "Largest speeds",
            unit: "m/s",
            end_s: 0.0,
            curves: vec![
                curve("horizontal", BLUE, |m| m.horizontal_m_s),
                curve("up", TEAL, |m| m.up_m_s),
                curve("down", OCHRE, |m| m.down_m_s),
            ],
            bounds: limit(Rule::VelocityXy, "horizontal at most")
                .into_iter()
                .chain(dashed(limit(Rule::VelocityUp, "up at most")))
                .collect(),
        },
        Chart {
            title: "Largest acceleration",
            unit: "m/s²",
            end_s: 0.0,
            curves: vec![curve("acceleration", BLUE, |m| m.acceleration_m_s2)],
            bounds: limit(Rule::Acceleration, "at most").into_iter().collect(),
        },
        Chart {
            title: "Altitude of the fleet",
            unit: "m",
            end_s: 0.0,
            curves: vec![
                curve("highest", BLUE, |m| m.highest_m),
                curve("mean", TEAL, |m| m.mean_m),
                curve("lowest", OCHRE, |m| m.lowest_m),
            ],
            bounds: limit(Rule::Altitude, "at most").into_iter().collect(),
        },
    ];
    let end_s = c.duration_ms as f64 / 1000.0;
    let mut svg = String::new();
    text(&mut svg, (MARGIN, 62.0), 9.0, true, FAINT, "start", "OVER TIME");
    let mut y = 78.0;
    let height = 158.0 - below.iter().map(CaseBlock::height).sum::<f64>() / charts.len() as f64;
    for chart in charts {
        Chart { end_s, ..chart }.draw(&mut svg, (MARGIN, y), (WIDTH - 2.0 * MARGIN, height));
        y += height + 14.0;
    }
    let foot = "Separation is a proved bound for each whole second. Speeds, acceleration and altitude are sampled at 601 instants, for the eye.";
    text(&mut svg, (MARGIN, y + 8.0), 7.5, false, FAINT, "start", foot);
    y += 34.0;
    for block in below {
        y = block.draw(&mut svg, y);
    }
    svg
}

/// The worst cases of one rule.
struct CaseBlock<'a> {
    report: &'a RuleReport,
    cases: Vec<&'a Witness>,
}

/// The worst cases of both distances, and of every rule that does not hold.
fn case_blocks(c: &Certificate) -> Vec<CaseBlock<'_>> {
    let shown = |r: &&RuleReport| {
        let distance = matches!(r.rule, Rule::Separation | Rule::GroundSeparation);
        r.worst.is_some() && (distance || matches!(r.verdict, Verdict::Violated | Verdict::Undecided))
    };
    c.rules.iter().filter(shown).map(CaseBlock::of).collect()
}

impl<'a> CaseBlock<'a> {
    fn of(report: &'a RuleReport) -> Self {
        Self { report, cases: report.worst.iter().chain(&report.witnesses).take(CASES).collect() }
    }

    fn hidden(&self) -> u64 {
        self.report.violations.saturating_sub(self.cases.len() as u64)
    }

    fn height(&self) -> f64 {
        49.5 + 12.5 * (self.cases.len() + usize::from(self.hidden() > 0)) as f64
    }

    /// Draws it from this height on; gives the height of the next.
    fn draw(&self, svg: &mut String, top: f64) -> f64 {
        let (report, mut y) = (self.report, top);
        text(svg, (MARGIN, y), 11.0, true, INK, "start", &report.title);
        text(svg, (WIDTH - MARGIN, y), 9.0, false, colour(report.verdict), "end", &report.verdict.to_string());
        y += 13.0;
        text(svg, (MARGIN, y), 8.5, false, FAINT, "start", &shortened(&report.detail, 110));
        y += 16.0;
        for (x, anchor, head) in [
            (MARGIN, "start", "when"),
            (160.0, "end", "value"),
            (172.0, "start", "vehicles"),
            (330.0, "start", "where (x, y, z in m)"),
        ] {
            text(svg, (x, y), 7.5, true, FAINT, anchor, head);
        }
        rule_line(svg, y + 4.0, 0.6);
        for w in &self.cases {
            y += 12.5;
            text(svg, (MARGIN, y), 8.0, false, INK, "start", &format!("{:.3} s", w.t_ms / 1000.0));
            text(svg, (160.0, y), 8.0, false, INK, "end", &format!("{} {}", number(w.value), report.limit.unit));
            text(svg, (172.0, y), 8.0, false, INK, "start", &shortened(&names(w), 32));
            let places: Vec<String> =
                w.positions_m.iter().map(|p| format!("{:.2}, {:.2}, {:.2}", p.x, p.y, p.z)).collect();
            text(svg, (330.0, y), 7.5, false, INK, "start", &shortened(&places.join("  |  "), 50));
        }
        if self.hidden() > 0 {
            y += 12.5;
            text(svg, (MARGIN, y), 8.0, false, FAINT, "start", &format!("and {} more", self.hidden()));
        }
        top + self.height()
    }
}

fn case_pages(blocks: &[CaseBlock]) -> Vec<String> {
    let mut pages = Vec::new();
    let mut svg = String::new();
    let mut y = f64::INFINITY;
    for block in blocks {
        if y + block.height() > HEIGHT - 48.0 {
            if y.is_finite() {
                pages.push(std::mem::take(&mut svg));
            }
            text(&mut svg, (MARGIN, 62.0), 9.0, true, FAINT, "start", "WORST CASES");
            y = 88.0;
        }
        y = block.draw(&mut svg, y);
    }
    if !svg.is_empty() {
        pages.push(svg);
    }
    pages
}
