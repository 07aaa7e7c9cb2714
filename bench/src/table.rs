//! The results as Markdown tables.

use std::fmt::Write;

use crate::measure::{FlightRow, KINDS, Outcome, Results};

/// All tables.
pub fn markdown(results: &Results) -> String {
    let machine = &results.machine;
    let mut text = format!(
        "Measured on {} ({} cores), load average {} before the start, one measurement at a time.\n\n",
        machine.cpu, machine.cores, machine.load_before
    );
    text += "### Assignment, side by side\n\n\
             Time and memory of the solver with its cost matrix; \"times\" is its time to ours. Ratio and least distance: \
             all fly straight and together.\n\n\
             | instance | solver | s | times | MB | Σd², m² | longest, m | ratio | least distance, m |\n\
             | --- | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for row in &results.assignment {
        let ours = results.assignment.iter().find_map(|r| match &r.outcome {
            Outcome::Solved { seconds, .. } if r.solver == "kapok" && r.kind == row.kind && r.n == row.n => {
                Some(*seconds)
            }
            _ => None,
        });
        let name = format!("{}_{}", row.kind, row.n);
        let _ = match &row.outcome {
            Outcome::Solved { seconds, peak_mb, worth } => writeln!(
                text,
                "| {name} | {} | {seconds:.2} | {} | {peak_mb:.0} | {:.3} | {:.3} | {:.3} | {:.4} |",
                row.title,
                ours.map_or("-".into(), |ours| format!("{:.1}", seconds / ours)),
                worth.cost_m2,
                worth.longest_m,
                worth.ratio,
                worth.least_m
            ),
            Outcome::TimeLimit => writeln!(text, "| {name} | {} | > 60 | | | | | | |", row.title),
            Outcome::Failed(words) => writeln!(text, "| {name} | {} | failed: {words} | | | | | | |", row.title),
        };
    }
    text += "\n### Whole transitions: plan, bound and proof\n\n\
             Separation 1.414 m at a spacing of 2 m, 6 m/s, 3 m/s², 6 m/s³; the sheet with a downwash scale of 2; letterct and \
             lettertu: the letters C to T and T to U of our own text source.\n\n\
             | kind | n | plan, s | proof, s | whole, s | MB | ratio | verdict |\n\
             | --- | ---: | ---: | ---: | ---: | ---: | ---: | --- |\n";
    for row in results.curve.iter().chain(&results.letters) {
        let f = &row.flown;
        let _ = writeln!(
            text,
            "| {} | {} | {:.2} | {:.2} | {:.2} | {:.0} | {} | {} |",
            row.kind,
            row.n,
            f.plan_s,
            f.proof_s,
            f.plan_s + f.proof_s,
            f.peak_mb,
            f.ratio.map_or("-".into(), |r| format!("{r:.3}")),
            verdict(row)
        );
    }
    text += "\n### Tight spacing\n\n\
             Ratio of the duration to the lower bound, with the separation at 80, 90 and 98 % of the spacing; time of the \
             whole call at 98 %. Everything listed with a ratio is proved unless it says otherwise; \"own\" marks instances \
             whose own places are closer than the separation in the ellipsoid's metric.\n\n\
             | kind | n | downwash | 80 % | 90 % | 98 % | s |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |\n";
    for rows in results.tight.chunks(3) {
        let cells: Vec<String> = rows.iter().map(cell).collect();
        let last = &rows[rows.len() - 1];
        let _ = writeln!(
            text,
            "| {} | {} | {} | {} | {:.2} |",
            last.kind,
            last.n,
            last.downwash_scale,
            cells.join(" | "),
            last.flown.plan_s + last.flown.proof_s
        );
    }
    debug_assert!(results.curve.iter().all(|r| KINDS.contains(&r.kind.as_str())));
    text
}

fn verdict(row: &FlightRow) -> &'static str {
    match (row.flown.ratio, row.flown.proved) {
        (Some(_), true) => "proved",
        (Some(_), false) => "NOT proved",
        (None, _) => "refused",
    }
}

fn cell(row: &FlightRow) -> String {
    match row.flown.ratio {
        Some(ratio) if row.flown.proved => format!("{ratio:.3}"),
        Some(ratio) => format!("{ratio:.3} NOT proved"),
        None if row.flown.refusal.starts_with("stopped") => "> 60 s".into(),
        None if row.flown.refusal.contains("places") => "own".into(),
        None => "refused".into(),
    }
}
