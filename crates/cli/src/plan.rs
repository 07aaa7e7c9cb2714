use std::fmt::Write as _;
use std::path::PathBuf;

use anyhow::Result;
use kapok_certify::{Certificate, Rule, clock, read_file};
use kapok_design::AssetFolder;
use kapok_jobs::{
    InfeasibleScript, MotionFigures, PictureFigures, PlannedScript, ReturnToHomeAnswer, ReturnToHomeRequest,
    ScriptAnswer, ScriptRequest, ScriptSource, TransitionFigures, plan_script,
};
use kapok_show::printable;

use crate::args::PlanArgs;
use crate::outcome::Outcome;
use crate::outputs::keep_apart;
use crate::page::{Column, Page, Table};
use crate::progress::Terminal;
use crate::work::{in_pool, print_answer, write_files};
use crate::{certificate, inputs, terminal};

/// `kapok plan`: script → storyboard → plan → bytes → decoded → proved → files.
pub fn run(args: &PlanArgs) -> Result<Outcome> {
    inputs::expect_script(&args.script)?;
    let request = request(args);
    let outputs = request.paths()?;
    keep_apart(&[&args.script], &outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let name = args.script.display().to_string();
    let assets = AssetFolder::new(args.script.parent().map(PathBuf::from).unwrap_or_default());
    let bytes = read_file(&args.script)?;
    let source = ScriptSource { name: &name, bytes: &bytes, assets: &assets };
    let reporter = Terminal::new();
    let planned = in_pool(args.work.threads, || plan_script(&source, &request, &reporter))?;
    reporter.finish();
    let planned = planned?;
    write_files(&planned.files)?;
    if args.work.json {
        print_answer(&planned.answer)?;
    }
    match &planned.answer {
        ScriptAnswer::Infeasible(answer) => {
            refuse(answer, &name);
            Ok(Outcome::Infeasible)
        }
        ScriptAnswer::Planned(answer) => {
            let certificate = &answer.certificate;
            if !certificate.certifies() {
                not_proved(answer);
            } else if !args.work.json {
                summary(answer).print()?;
            }
            Ok(certificate.into())
        }
    }
}

fn request(args: &PlanArgs) -> ScriptRequest {
    ScriptRequest {
        outputs: args.outputs.clone(),
        csv_rate_hz: args.csv_rate,
        return_to_home: args.return_to_home.then_some(ReturnToHomeRequest { every_s: args.return_every }),
        draft: args.draft,
    }
}

/// Why there is no plan, and where in the script.
fn refuse(answer: &InfeasibleScript, script: &str) {
    terminal::complain(&printable(&format!("error: {script} cannot be planned: {}", answer.reason)));
    if let Some(line) = answer.line {
        terminal::complain(&printable(&format!("  --> {script}:{line}")));
    }
}

/// What keeps the plan from being flown, and from being written unless drafts are asked for.
fn not_proved(answer: &PlannedScript) {
    let mut page = certificate::page(&answer.certificate);
    page.gap();
    if answer.files.is_empty() {
        let verdict = answer.verdict;
        page.line(0, format!("The plan is {verdict}, so nothing was written; --draft writes it for looking."));
    } else {
        page.line(0, format!("The plan is {}: what was written is a draft, not to be flown.", answer.verdict));
        written(&mut page, answer);
    }
    page.complain();
}

/// The files that were written.
fn written(page: &mut Page, answer: &PlannedScript) {
    for file in &answer.files {
        let note = file.note.as_ref().map_or_else(String::new, |note| format!("; {note}"));
        page.line(2, format!("wrote {} ({:.0} kB{note})", file.path, file.bytes as f64 / 1000.0));
    }
}

/// The plan for people. "Shortest" is what the planner can do, "bound" what no planner can beat; a duration longer
/// than the shortest was asked for by the script. Scenes that move while they stand have a row of their own.
fn summary(answer: &PlannedScript) -> Page {
    let mut table = Table::new(&[
        Column::text("transition"),
        Column::figure("start"),
        Column::figure("duration"),
        Column::figure("shortest").spare(3),
        Column::figure("bound").spare(2),
        Column::figure("ratio"),
        Column::figure("longest trip").spare(1),
        Column::figure("min separation"),
    ]);
    let mut rows: Vec<(i64, Vec<String>)> =
        answer.transitions.iter().map(|t| (t.start_ms, transition_row(t))).collect();
    rows.extend(answer.motions.iter().map(|m| (m.start_ms, motion_row(m))));
    rows.sort_by_key(|(start_ms, _)| *start_ms);
    for (_, row) in rows {
        table.row(row);
    }
    let t = &answer.totals;
    let mut rows = vec![
        ("vehicles", answer.vehicle_count.to_string()),
        ("duration", clock(t.duration_ms as f64)),
        ("longest path", format!("{:.1} m (vehicle {})", t.longest_path_m, t.longest_path_vehicle)),
        (
            "peak speed",
            format!(
                "{:.2} m/s level, {:.2} m/s up, {:.2} m/s down",
                t.peaks.peak_velocity_xy_m_s, t.peaks.peak_velocity_up_m_s, t.peaks.peak_velocity_down_m_s
            ),
        ),
        ("peak acceleration", format!("{:.2} m/s²", t.peaks.peak_acceleration_m_s2)),
        ("battery margin", format!("{:.0} s of {:.0} s, reserve kept", t.battery_margin_s, t.battery_allowed_s)),
    ];
    rows.extend(readability(answer).map(|text| ("readability", text)));
    rows.extend(answer.return_to_home.as_ref().map(|home| ("returns to home", return_to_home_sentence(home))));
    rows.push(("verdict", proved_sentence(&answer.certificate)));
    let mut page = Page::default();
    page.line(0, answer.title.clone());
    page.gap();
    page.table(2, table);
    page.gap();
    page.facts(rows);
    page.gap();
    written(&mut page, answer);
    page
}

fn transition_row(t: &TransitionFigures) -> Vec<String> {
    vec![
        t.name.clone(),
        clock(t.start_ms as f64),
        seconds(t.duration_ms as f64),
        seconds(t.shortest_ms as f64),
        or_dash(t.bound_ms.map(seconds)),
        or_dash(t.ratio.map(|ratio| format!("{ratio:.3}"))),
        format!("{:.1} m", t.longest_trip_m),
        closest(t.min_separation_m),
    ]
}

fn motion_row(m: &MotionFigures) -> Vec<String> {
    let (start, duration) = (clock(m.start_ms as f64), seconds(m.duration_ms as f64));
    let mut row = vec![format!("{} (moving)", m.name), start, duration];
    row.resize(7, or_dash(None));
    row.push(closest(m.min_separation_m));
    row
}

fn seconds(t_ms: f64) -> String {
    format!("{:.2} s", t_ms / 1000.0)
}

fn or_dash(cell: Option<String>) -> String {
    cell.unwrap_or_else(|| "–".into())
}

/// The least distance of a stretch, where it is known.
fn closest(min_separation_m: Option<f64>) -> String {
    or_dash(min_separation_m.map(|m| format!("{m:.3} m")))
}

/// From how many instants there is a return to home, how long the longest is, and why the first one is missing.
fn return_to_home_sentence(home: &ReturnToHomeAnswer) -> String {
    let mut text = format!("from {} of {} instants", home.with_return_to_home, home.instants);
    if let Some((way_s, from_s)) = home.longest_s.zip(home.longest_from_s) {
        let _ = write!(text, "; the longest takes {way_s:.0} s, from {}", clock(f64::from(from_s) * 1000.0));
    }
    if let Some(missing) = home.without.first() {
        let _ = write!(text, "; none from {}: {}", clock(f64::from(missing.time_s) * 1000.0), missing.why);
    }
    text
}

/// How well the scenes with text and drawings are read, those that are read worst first.
fn readability(answer: &PlannedScript) -> Option<String> {
    let mut pictures: Vec<&PictureFigures> = answer.pictures.iter().collect();
    pictures.sort_by(|a, b| a.readability.total_cmp(&b.readability));
    let shown = pictures.iter().take(3).map(|p| {
        let word = match (p.is_readable, p.count_needed) {
            (true, _) => String::new(),
            (false, None) => " (hard to read)".to_owned(),
            (false, Some(count)) => format!(" (hard to read; {count} vehicles would do)"),
        };
        format!("{:.2} {}{word}", p.readability, p.name)
    });
    let text = shown.collect::<Vec<_>>().join(", ");
    match pictures.len() {
        0 => None,
        1..=3 => Some(text),
        _ => Some(format!("{text}; the others are better")),
    }
}

/// The verdict with the closest pair.
fn proved_sentence(certificate: &Certificate) -> String {
    let verdict = certificate.verdict.to_string().to_uppercase();
    let Some(worst) = certificate.rule(Rule::Separation).and_then(|r| r.worst.as_ref()) else { return verdict };
    let names: Vec<&str> = worst.vehicles.iter().map(|v| v.name.as_str()).collect();
    format!("{verdict}, closest {:.3} m at {} between {}", worst.value, clock(worst.t_ms), names.join(" and "))
}
