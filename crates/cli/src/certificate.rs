//! A certificate for people.

use std::cmp::Ordering::Equal;
use std::fmt::Write as _;

use kapok_certify::{
    Certificate, LimitSource, LossFigure, LossMode, LossWitness, Rule, RuleReport, SectorLoss, Verdict, Witness, clock,
};

use crate::page::{Column, Page, Table};

/// Cases beside the worst that are shown for people, per rule.
const MORE_CASES: usize = 5;

/// The certificate for people.
pub fn page(certificate: &Certificate) -> Page {
    let mut table = Table::new(&[
        Column::text("rule"),
        Column::text("verdict"),
        Column::figure("limit"),
        Column::figure("worst"),
        Column::figure("margin").spare(2),
        Column::figure("when").spare(1),
        Column::text("vehicles").spare(3),
    ]);
    for rule in &certificate.rules {
        table.row(row(rule));
    }
    let vehicles = if certificate.vehicle_count == 1 { "vehicle" } else { "vehicles" };
    let mut page = Page::default();
    page.line(
        0,
        format!(
            "{}: {} ({} {vehicles}, {})",
            certificate.title,
            certificate.headline(),
            certificate.vehicle_count,
            clock(certificate.duration_ms as f64)
        ),
    );
    page.gap();
    page.table(2, table);
    for rule in certificate.rules.iter().filter(|r| matches!(r.verdict, Verdict::Violated | Verdict::Undecided)) {
        page.gap();
        page.line(2, format!("{}: {}", rule.title, rule.detail));
        for remedy in &rule.help {
            page.line(4, format!("help: {}", remedy.text));
        }
        cases(&mut page, rule);
    }
    if_something_fails(&mut page, certificate);
    provenance(&mut page, certificate);
    let file = &certificate.provenance().file;
    page.gap();
    page.line(2, format!("{} ({} bytes)", file.name, file.bytes));
    page.line(2, format!("sha256 {}", file.sha256));
    page
}

/// The worst case of a rule and up to [`MORE_CASES`] more, and how many are not shown.
fn cases(page: &mut Page, rule: &RuleReport) {
    let Some(worst) = &rule.worst else { return };
    let more = rule.witnesses.len().min(MORE_CASES);
    let mut table = Table::new(&[
        Column::text(""),
        Column::figure("when"),
        Column::figure("value"),
        Column::text("vehicles"),
        Column::text("where (x, y, z in m)"),
    ]);
    for (k, w) in std::iter::once(worst).chain(&rule.witnesses[..more]).enumerate() {
        let places: Vec<String> = w.positions_m.iter().map(|p| format!("{:.2}, {:.2}, {:.2}", p.x, p.y, p.z)).collect();
        table.row(vec![
            if k == 0 { "worst".into() } else { String::new() },
            format!("{:.3} s", w.t_ms / 1000.0),
            with_unit(w.value, rule),
            names(w),
            places.join(" | "),
        ]);
    }
    page.table(4, table);
    let hidden = rule.violations.saturating_sub(1 + more as u64);
    if hidden > 0 {
        page.line(4, format!("and {hidden} more"));
    }
}

/// The failure analysis: figures, no part of the verdict.
fn if_something_fails(page: &mut Page, certificate: &Certificate) {
    let Some(f) = certificate.failure() else { return };
    page.gap();
    page.line(2, format!("If something fails, in wind up to {} m/s:", f.wind_m_s));
    if let Some(reach_m) = f.largest_reach_m {
        page.line(4, format!("a vehicle comes down within {reach_m:.1} m of the point below where it fails"));
    }
    if let Some(w) = &f.water {
        let reached = if w.distance_m > 0.0 {
            format!("stays {:.1} m clear of", w.distance_m)
        } else {
            format!("reaches {:.1} m into", -w.distance_m)
        };
        page.line(4, format!("that {reached} the water \"{}\" ({})", w.name, w.vehicle.name));
    }
    let least = |get: fn(&SectorLoss) -> Option<f64>| f.sectors.iter().filter_map(get).reduce(f64::min);
    if let Some(s) = f.sectors.first() {
        let mut text = format!("a sector without position drifts {:.1} m before it lands", s.drift_m);
        for (what, left) in [("fence", least(|s| s.fence_left_m)), ("audience", least(|s| s.audience_left_m))] {
            if let Some(left_m) = left {
                let _ = if left_m > 0.0 {
                    write!(text, "; {left_m:.1} m are left to the {what}")
                } else {
                    write!(text, "; that is {:.1} m beyond the {what}", -left_m)
                };
            }
        }
        page.line(4, text);
    }
    let sectors = f.sectors.iter().filter_map(|s| s.others.as_ref());
    let sector =
        sectors.min_by(|a, b| (a.untouched_s, a.left_m).partial_cmp(&(b.untouched_s, b.left_m)).unwrap_or(Equal));
    let one = f.one_lost.iter().map(|l| ("one vehicle", l));
    for (what, loss) in one.chain(sector.map(|l| ("a sector", l))) {
        page.line(4, format!("{what} that {}: {}", verb(loss.mode), reached(loss)));
    }
    page.line(4, wind_margin(certificate, f.wind.needed_airspeed_m_s));
}

/// What the wind leaves of the vehicles' airspeed.
fn wind_margin(certificate: &Certificate, needed_m_s: f64) -> String {
    let judged = certificate.rule(Rule::Airspeed).and_then(|r| Some((r.limit.value, r.margin?)));
    let Some((has_m_s, left_m_s)) = judged else {
        return format!(
            "wind margin: needs {needed_m_s:.1} m/s of airspeed; not judged, airspeed or wind is not stated"
        );
    };
    let word = if left_m_s < 0.0 { "short" } else { "left" };
    let needed_m_s = has_m_s - left_m_s;
    format!(
        "wind margin: needs {needed_m_s:.1} m/s of airspeed, the vehicle has {has_m_s:.1}: {:.1} {word}",
        left_m_s.abs()
    )
}

const fn verb(mode: LossMode) -> &'static str {
    match mode {
        LossMode::Stops => "stops in the air",
        LossMode::Drifts => "drifts with the wind",
        LossMode::Falls => "falls",
    }
}

/// What a loss does to the others.
fn reached(loss: &LossFigure) -> String {
    let case = |w: &LossWitness| format!("{}, lost at {}, and {}", w.lost.name, clock(w.t_ms), w.other.name);
    if loss.untouched_s >= loss.horizon_s {
        let nearest = loss.worst.as_ref().map_or(String::new(), |w| format!(" (nearest: {})", case(w)));
        return format!("no other comes nearer than {:.1} m within {:.0} s{nearest}", loss.left_m, loss.horizon_s);
    }
    let known = match &loss.worst {
        Some(w) if loss.touches => format!("earliest found: {:.2} s, {}", w.after_s, case(w)),
        Some(w) => format!("no contact found; closest approach {:.2} m, {}", w.distance_m, case(w)),
        None => "no contact found".to_owned(),
    };
    // Rounded down: no more is promised than was found.
    let untouched_s = (loss.untouched_s * 100.0).floor() / 100.0;
    if untouched_s > 0.0 {
        format!("no contact for at least {untouched_s:.2} s ({known})")
    } else {
        format!("contact may come at once ({known})")
    }
}

/// Where the limits came from and what the reader had to assume.
fn provenance(page: &mut Page, certificate: &Certificate) {
    let from = certificate.provenance();
    let mut first = true;
    let mut line = |page: &mut Page, text: String| {
        if std::mem::take(&mut first) {
            page.gap();
        }
        page.line(2, text);
    };
    for source in LimitSource::ALL {
        let of = from.limit_sources.iter().filter(|(_, s)| **s == source);
        let names: Vec<&str> = of.map(|(name, _)| name.as_str()).collect();
        if !names.is_empty() {
            line(page, format!("Limits from {source}: {}", names.join(", ")));
        }
    }
    if !from.assumptions.is_empty() {
        page.gap();
    }
    for assumption in &from.assumptions {
        page.line(2, format!("Note: {assumption}"));
    }
}

fn with_unit(value: f64, rule: &RuleReport) -> String {
    // Adding zero turns a rounded −0 into 0.
    format!("{:.3} {}", (value * 1000.0).round() / 1000.0 + 0.0, rule.limit.unit)
}

fn names(witness: &Witness) -> String {
    witness.vehicles.iter().map(|v| v.name.as_str()).collect::<Vec<_>>().join(", ")
}

fn row(rule: &RuleReport) -> Vec<String> {
    let with_unit = |value: f64| with_unit(value, rule);
    let limit = if rule.verdict == Verdict::NotApplicable { String::new() } else { with_unit(rule.limit.value) };
    let mut cells = vec![rule.title.clone(), rule.verdict.to_string(), limit];
    let worst = rule.worst.as_ref();
    cells.push(worst.map(|w| with_unit(w.value)).unwrap_or_default());
    cells.push(rule.margin.map(with_unit).unwrap_or_default());
    cells.push(worst.map(|w| clock(w.t_ms)).unwrap_or_default());
    cells.push(worst.map(names).unwrap_or_default());
    cells
}
