//! The report of a rehearsal: one page for the browser, with nothing outside it.

mod figures;
mod ground;
mod plots;
mod svg;

use std::fmt::Write as _;

pub use figures::{
    BandTracking, FlightEnd, GroundMap, RehearsalReport, RehearsalTable, SeparationOverTime, WindTracking,
};

use crate::text::escaped;

const STYLE: &str = "\
:root{--ink:#1d2733;--faint:#6b7785;--rule:#d5dbe2;--good:#1b7f4b;--bad:#b3261e}\
*{box-sizing:border-box}body{margin:0;background:#f4f6f8;color:var(--ink);font:15px/1.5 system-ui,sans-serif}\
main{max-width:60rem;margin:0 auto;padding:2rem 1.25rem 3rem}\
.kicker{margin:0;color:var(--faint);font-size:.75rem;font-weight:600;letter-spacing:.08em}\
h1{margin:.2rem 0 .3rem;font-size:1.9rem;line-height:1.2;font-weight:600}\
h2{margin:0 0 .2rem;font-size:1.05rem;font-weight:600}\
p{margin:.2rem 0 .8rem}.faint{color:var(--faint);font-size:.85rem}\
.outcome{margin:1.2rem 0;padding:.8rem 1.1rem;border-radius:.4rem;color:#fff;font-size:1.05rem;font-weight:600}\
.good{background:var(--good)}.bad{background:var(--bad)}\
section{margin:1rem 0;padding:1.1rem 1.25rem;border:1px solid var(--rule);border-radius:.5rem;background:#fff}\
dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:.7rem 1.5rem;margin:0}\
dt{color:var(--faint);font-size:.8rem}dd{margin:0;font-weight:600;font-variant-numeric:tabular-nums;overflow-wrap:anywhere}\
.small dd{font-weight:400;font-size:.8rem}\
.wide{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}\
th{color:var(--faint);font-size:.8rem;font-weight:600;text-align:right;padding:.25rem .6rem;border-bottom:1px solid var(--rule)}\
td{text-align:right;padding:.3rem .6rem;border-bottom:1px solid #eceff3;white-space:nowrap}th:first-child,td:first-child{text-align:left;padding-left:0}\
svg{display:block;width:100%;height:auto}\
@media print{body{background:#fff}section{break-inside:avoid}}";

/// The report as one HTML file: no script, no font and no picture from elsewhere.
///
/// # Determinism
/// The same figures give the same bytes.
pub fn rehearsal_page(report: &RehearsalReport) -> String {
    let title = if report.title.trim().is_empty() { "Untitled show" } else { report.title.trim() };
    let mut html = format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" \
         content=\"width=device-width, initial-scale=1\">\n<title>{title} · rehearsal</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <main>\n<p class=\"kicker\">REHEARSAL REPORT</p>\n<h1>{title}</h1>\n<p>{}</p>\n<p class=\"outcome {}\">{}</p>\n",
        escaped(&report.rehearsed),
        if report.is_whole { "good" } else { "bad" },
        escaped(&report.outcome),
        title = escaped(title),
    );
    section(&mut html, "Figures", "", &(facts(&report.facts, "") + &notes(&report.notes)));
    if let Some(winds) = &report.winds {
        let note = "Flown whole: every vehicle landed, none fell or touched another, no failsafe ended a flight, no reserve was used.";
        section(&mut html, "How much wind the show takes", note, &table(winds));
    }
    let note = "The exact interval (Clopper and Pearson) holds with at least 95 % confidence; Wilson's is narrower and right on average.";
    section(&mut html, "How often", note, &table(&report.shares));
    let note = "Dark: what half of the samples do not exceed; light: what 99 of 100 do not exceed; the line ends at the greatest.";
    let many = "What 99 of 100 samples do not exceed, metres, by height above the pad and by wind.";
    let note = if report.tracking.len() > 1 { many } else { note };
    section(&mut html, "Distance to the plan by height", note, &plots::tracking(&report.tracking));
    let note = "Simulated vehicles against the proof of their plan. A vehicle that lags is not nearer to its neighbours if they lag too.";
    section(&mut html, "Separation: flown and proved", note, &plots::separation(&report.separation));
    let note = "What fell, what landed more than 5 m from where its plan ends, and what was still in the air, in all runs together.";
    section(&mut html, "Where flights ended", note, &ground::map(&report.ground));
    let note = "Vehicles of all runs by what is left in their packs at the end.";
    section(&mut html, "Energy left", note, &plots::charge(&report.charge, report.reserve_percent));
    let note = "Simulated, not proved. What is modelled, and what is not, stands in docs/rehearsal.md.";
    section(&mut html, "Where this is from", note, &facts(&report.provenance, " class=\"small\""));
    html.push_str("</main>\n</body>\n</html>\n");
    html
}

fn section(html: &mut String, heading: &str, note: &str, body: &str) {
    let note = if note.is_empty() { String::new() } else { format!("<p class=\"faint\">{}</p>\n", escaped(note)) };
    let _ = write!(html, "<section>\n<h2>{}</h2>\n{note}{body}</section>\n", escaped(heading));
}

fn facts(rows: &[(String, String)], class: &str) -> String {
    let mut html = format!("<dl{class}>\n");
    for (name, value) in rows {
        let _ = writeln!(html, "<div><dt>{}</dt><dd>{}</dd></div>", escaped(name), escaped(value));
    }
    html + "</dl>\n"
}

fn notes(notes: &[String]) -> String {
    let mut html = String::new();
    for note in notes {
        let _ = writeln!(html, "<p class=\"faint\" style=\"margin:.8rem 0 0\">{}</p>", escaped(note));
    }
    html
}

fn table(table: &RehearsalTable) -> String {
    let mut html = String::from("<div class=\"wide\"><table>\n<thead><tr>");
    for heading in &table.headings {
        let _ = write!(html, "<th>{}</th>", escaped(heading));
    }
    html.push_str("</tr></thead>\n<tbody>\n");
    for row in &table.rows {
        html.push_str("<tr>");
        for cell in row {
            let _ = write!(html, "<td>{}</td>", escaped(cell));
        }
        html.push_str("</tr>\n");
    }
    html + "</tbody></table></div>\n"
}
