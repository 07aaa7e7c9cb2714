use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kapok_certify::{Source, Verdict, clock, read_file};
use kapok_design::AssetFolder;
use kapok_jobs::{
    DiffAnswer, DiffRequest, DiffSource, LightChange, Mood, MotionChange, SceneChange, ScriptSource, VerdictChange,
    diff,
};
use kapok_show::{figure, seconds};

use crate::args::DiffArgs;
use crate::inputs;
use crate::outcome::Outcome;
use crate::outputs::keep_apart;
use crate::page::{Column, Page, Table};
use crate::progress::Terminal;
use crate::work::{in_flags, in_pool, print_answer, write_files};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 1] = [("tolerance_m", "--tolerance")];

/// A show file, or the text of a script with the folder of its art.
enum Input {
    Show(Source),
    Script(Vec<u8>, AssetFolder),
}

impl Input {
    fn load(path: &Path) -> Result<Self> {
        if inputs::is_script(path) {
            let folder = path.parent().map(PathBuf::from).unwrap_or_default();
            return Ok(Self::Script(read_file(path)?, AssetFolder::new(folder)));
        }
        Ok(Self::Show(Source::load(path)?))
    }

    fn source<'a>(&'a self, name: &'a str) -> DiffSource<'a> {
        match self {
            Self::Show(source) => DiffSource::Show(source),
            Self::Script(bytes, assets) => DiffSource::Script(ScriptSource { name, bytes, assets }),
        }
    }
}

/// `kapok diff`: what changed between two shows.
pub fn run(args: &DiffArgs) -> Result<Outcome> {
    let request = request(args);
    let told = |error| in_flags(error, &FLAGS);
    let outputs = request.paths().map_err(told)?;
    keep_apart(&[&args.a, &args.b], &outputs.iter().map(PathBuf::as_path).collect::<Vec<_>>())?;
    let (a, b) = (Input::load(&args.a)?, Input::load(&args.b)?);
    let names = [&args.a, &args.b].map(|path| path.display().to_string());
    let [of_a, of_b] = names.each_ref().map(String::as_str);
    let reporter = Terminal::new();
    let compare = || diff([a.source(of_a), b.source(of_b)], [of_a, of_b], &request, &reporter);
    let compared = in_pool(args.work.threads, compare)?;
    reporter.finish();
    let compared = compared.map_err(told).with_context(|| format!("cannot compare {of_a} with {of_b}"))?;
    write_files(compared.file.as_slice())?;
    if args.work.json {
        print_answer(&compared.answer)?;
    } else {
        page(&compared.answer).print()?;
    }
    Ok(if compared.answer.same { Outcome::Done } else { Outcome::Differs })
}

fn request(args: &DiffArgs) -> DiffRequest {
    DiffRequest {
        tolerance_m: args.tolerance,
        prove: args.prove,
        output: args.output.clone(),
        camera: args.camera.clone(),
        mood: args.mood.as_deref().and_then(Mood::from_name),
        size_px: args.size,
    }
}

/// The answer for people.
fn page(answer: &DiffAnswer) -> Page {
    let mut page = Page::default();
    let (a, b) = (&answer.a, &answer.b);
    let outcome = if answer.same { "the same show" } else { "different" };
    page.line(0, format!("{} and {}: {outcome}", a.file, b.file));
    page.gap();
    if !answer.facts.is_empty() {
        let mut table = Table::new(&[Column::text("what"), Column::text("before"), Column::text("after")]);
        for fact in &answer.facts {
            table.row(vec![fact.fact.clone(), fact.a.clone(), fact.b.clone()]);
        }
        page.table(2, table);
        page.gap();
    }
    for scene in &answer.scenes {
        page.line(2, scene_line(scene));
    }
    motion_lines(&mut page, &answer.motion);
    page.line(2, answer.lights.as_ref().map_or_else(|| "lights: the same".to_owned(), lights_line));
    if let Some(verdicts) = &answer.verdicts {
        verdict_lines(&mut page, verdicts);
    }
    for note in &answer.notes {
        page.line(2, note.clone());
    }
    if let (Some(file), Some(t_ms)) = (&answer.file, answer.t_ms) {
        page.gap();
        page.line(2, format!("wrote {} ({:.0} kB), at {}", file.path, file.bytes as f64 / 1000.0, clock(t_ms as f64)));
    }
    page
}

fn scene_line(scene: &SceneChange) -> String {
    match scene {
        SceneChange::Added { name, start_ms } => format!("scene \"{name}\" was added, at {}", clock(*start_ms as f64)),
        SceneChange::Removed { name, start_ms } => {
            format!("scene \"{name}\" was removed; it stood at {}", clock(*start_ms as f64))
        }
        SceneChange::Changed { name, order, before_ms, hold_ms, start_ms, shape_m } => {
            let mut said = Vec::new();
            if let Some([from, to]) = order {
                said.push(format!("comes as number {to} instead of {from} of the scenes that both have"));
            }
            if let Some([from, to]) = before_ms {
                said.push(format!("the way to it takes {} instead of {}", seconds(*to), seconds(*from)));
            }
            if let Some([from, to]) = hold_ms {
                said.push(format!("stands for {} instead of {}", seconds(*to), seconds(*from)));
            }
            if let Some(shape_m) = shape_m {
                said.push(format!("its places are up to {} m elsewhere", figure(*shape_m)));
            }
            let [from, to] = start_ms.map(|t_ms| clock(t_ms as f64));
            let when = if from == to { format!("at {to}") } else { format!("at {to} instead of {from}") };
            format!("scene \"{name}\", {when}: {}", said.join("; "))
        }
    }
}

fn motion_lines(page: &mut Page, motion: &MotionChange) {
    let vehicles = |n: usize| if n == 1 { "1 vehicle".to_owned() } else { format!("{n} vehicles") };
    for (count, what) in [(motion.removed, "removed"), (motion.added, "added")] {
        if count > 0 {
            let be = if count == 1 { "was" } else { "were" };
            page.line(2, format!("{} {be} {what}", vehicles(count)));
        }
    }
    let Some(most) = motion.vehicles.first() else {
        let off = format!(" to {} mm", figure(1000.0 * motion.largest_m));
        return page.line(2, format!("motion: the same{}", if motion.largest_m > 0.0 { &off } else { "" }));
    };
    page.line(
        2,
        format!(
            "motion: {} of {} fly otherwise; the largest distance is {} m, of \"{}\" at {}",
            motion.changed,
            vehicles(motion.compared),
            figure(most.largest_m),
            most.name,
            clock(most.t_ms)
        ),
    );
}

fn lights_line(lights: &LightChange) -> String {
    format!(
        "lights: {} % of all vehicle-seconds have another colour, on {} {}; first at {}, most at {}",
        figure(100.0 * lights.share),
        lights.vehicles,
        if lights.vehicles == 1 { "vehicle" } else { "vehicles" },
        clock(lights.first_ms),
        clock(lights.most_ms as f64)
    )
}

fn verdict_lines(page: &mut Page, verdicts: &VerdictChange) {
    page.gap();
    let word = |verdict: Verdict| verdict.to_string();
    page.line(2, format!("verdict: {} before, {} after", word(verdicts.a), word(verdicts.b)));
    if verdicts.rules.is_empty() {
        return page.line(2, "Every rule has the same verdict and the same worst case.");
    }
    let mut table = Table::new(&[Column::text("rule"), Column::figure("before"), Column::figure("after")]);
    for rule in &verdicts.rules {
        let cell = |k: usize| {
            let value = rule.worst[k].map_or("–".to_owned(), |v| format!("{} {}", figure(v), rule.unit));
            let verdict = if rule.verdicts[k] == Verdict::Proved {
                String::new()
            } else {
                format!(", {}", word(rule.verdicts[k]))
            };
            format!("{}{verdict}", value.trim_end())
        };
        table.row(vec![rule.title.clone(), cell(0), cell(1)]);
    }
    page.table(2, table);
    page.gap();
}
