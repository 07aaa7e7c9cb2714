//! Drafts and pictures of scripts.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing test may panic")]

use std::collections::BTreeMap;

use kapok_certify::{Options, Source, Verdict, certify};
use kapok_design::{AssetFolder, starter_script};
use kapok_format::write_skyc;
use kapok_jobs::{
    CheckRequest, ConversionRequest, FormationMemory, JobError, PlanMemory, RenderRequest, RenderSubject, ScriptAnswer,
    ScriptMotion, ScriptRequest, ScriptSource, check_certificate, convert, load_script, plan_script, render,
};
use kapok_show::{ChapterKind, Rgb, Show, Silent};

/// The starter with an audience below its pictures: it can be planned, and what falls reaches the people.
fn unsafe_script() -> String {
    let audience = "\n[[environment.audience]]\nname = \"below\"\npolygon_m = [[-40, 20], [40, 20], [40, 90], [-40, 90]]\neye_m = [0, -60, 1.7]\nlook_at_m = [0, 60, 45]\n";
    let at = starter_script().find("\n[[scene]]").unwrap();
    let (head, scenes) = starter_script().split_at(at);
    format!("{head}{audience}{scenes}")
}

fn source(text: &str) -> ScriptSource<'_> {
    static NONE: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    ScriptSource { name: "show.toml", bytes: text.as_bytes(), assets: &NONE }
}

#[test]
fn a_draft_is_written_only_if_asked_for_and_says_so_everywhere() {
    let script = unsafe_script();
    let outputs = vec!["show.skyc".into()];
    let strict = ScriptRequest { outputs: outputs.clone(), ..ScriptRequest::default() };
    let plan = plan_script(&source(&script), &strict, &Silent).unwrap();
    let ScriptAnswer::Planned(answer) = &plan.answer else { panic!("infeasible") };
    assert_ne!(answer.verdict, Verdict::Proved);
    assert!(plan.files.is_empty() && !answer.draft, "nothing is written without being asked for");

    let request = ScriptRequest { draft: true, ..strict };
    let plan = plan_script(&source(&script), &request, &Silent).unwrap();
    let ScriptAnswer::Planned(answer) = &plan.answer else { panic!("infeasible") };
    assert!(answer.draft && answer.files.len() == 2);
    assert_eq!(answer.files[1].note.as_deref(), Some("the certificate of a draft"));
    let show = Source::file("show.skyc", plan.files[0].bytes.clone());
    let judged = certify(&show, &Options::default(), &Silent).unwrap();
    let unmarked = Show { draft: false, ..judged.show().clone() };
    assert!(judged.show().draft && judged.certified().is_err());
    let names = CheckRequest { file: "show.skyc".into(), certificate: "show.certificate.json".into() };
    let checked = check_certificate(&show, &plan.files[1].bytes, &names, &Silent).unwrap();
    assert!(checked.agrees && checked.draft && !checked.proves());

    // What vehicles fly from has no place for the mark; what is looked at needs none, and .skyc keeps it.
    let into = |output: &str| {
        let request = ConversionRequest { output: output.into(), ..ConversionRequest::default() };
        convert(&show, &request, &Silent)
    };
    assert!(matches!(into("rows.zip"), Err(JobError::Output { .. })));
    assert!(into("show.glb").is_ok());
    assert!(into("again.skyc").unwrap().answer.certificate.unwrap().provenance().draft);

    // A picture of it says so, too.
    let picture = RenderRequest {
        subject: RenderSubject::At { t_ms: 1000 },
        camera: "audience".into(),
        fov_deg: None,
        mood: None,
        size_px: Some((320, 180)),
        output: "show.png".into(),
        into_folder: false,
    };
    let drawn = |source: &Source| render(source, &picture, &mut |_| Ok(()), &Silent).unwrap();
    let marked = drawn(&show);
    assert_eq!(marked.answer.mark, Some("DRAFT"));
    let unmarked = drawn(&Source::file("show.skyc", write_skyc(&unmarked).unwrap()));
    assert_eq!(unmarked.answer.mark, None);
    assert_ne!(marked.file.unwrap().bytes, unmarked.file.unwrap().bytes);
}

#[test]
fn what_is_proved_is_no_draft_though_drafts_are_asked_for() {
    let request = ScriptRequest { outputs: vec!["show.skyc".into()], draft: true, ..ScriptRequest::default() };
    let asked = plan_script(&source(starter_script()), &request, &Silent).unwrap();
    let ScriptAnswer::Planned(answer) = &asked.answer else { panic!("infeasible") };
    assert!(!answer.draft && answer.certificate.certifies());
    let plain = ScriptRequest { draft: false, ..request.clone() };
    assert_eq!(asked.files, plan_script(&source(starter_script()), &plain, &Silent).unwrap().files);
    let zip = ScriptRequest { outputs: vec!["show.zip".into()], ..request };
    assert!(matches!(zip.paths(), Err(JobError::Output { .. })), "CSV has no place for the mark");
}

#[test]
fn pictures_stand_where_the_script_says_and_take_the_times_of_the_plan() {
    let assets = AssetFolder::new(".");
    let source = ScriptSource { name: "show.toml", bytes: starter_script().as_bytes(), assets: &assets };
    let script = load_script(&FormationMemory::default(), &source, &Silent).unwrap();
    let ScriptMotion::Planned(planned) = script.plan(&PlanMemory::default(), &Silent).unwrap() else { panic!() };
    let pictures = script.pictures(&planned.chapters).unwrap();
    pictures.check().unwrap();
    assert!(pictures.draft, "never to be flown");
    assert_eq!(pictures.vehicles.len(), planned.vehicles.len());
    let formations = |chapters: &[kapok_show::Chapter]| -> Vec<(String, i64)> {
        let in_place = chapters.iter().filter(|c| c.kind == ChapterKind::Formation);
        in_place.map(|c| (c.name.clone(), c.end_ms - c.start_ms)).collect()
    };
    assert_eq!(formations(&pictures.chapters), formations(&planned.chapters));
    // In the middle of each scene the same places are lit in the same colours, whichever vehicle is there.
    for (mine, theirs) in
        pictures.chapters.iter().zip(&planned.chapters).filter(|(c, _)| c.kind == ChapterKind::Formation)
    {
        let lit = |show: &Show, t_ms: i64| {
            let mut lit: Vec<(String, [f64; 3])> = Vec::new();
            for v in &show.vehicles {
                let colour = v.lights.sample(t_ms as f64);
                if colour != Rgb::BLACK {
                    lit.push((format!("{colour:?}"), v.trajectory.sample(t_ms as f64).position_m.to_array()));
                }
            }
            lit
        };
        let (here, mut there) = (lit(&pictures, mine.start_ms + 2000), lit(planned.as_ref(), theirs.start_ms + 2000));
        assert_eq!(here.len(), there.len(), "{}", mine.name);
        for (colour, at_m) in here {
            // The plan rounds places to its grid.
            let apart_m = |other_m: &[f64; 3]| at_m.iter().zip(other_m).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            let same = there.iter().position(|(other, other_m)| *other == colour && apart_m(other_m) < 1e-3);
            there.swap_remove(same.unwrap_or_else(|| panic!("{}: {colour} at {at_m:?}", mine.name)));
        }
    }
    // Nothing shines while it changes its place.
    let flight = pictures.chapters.iter().filter(|c| c.kind == ChapterKind::Transition).nth(1).unwrap();
    let middle_ms = i64::midpoint(flight.start_ms, flight.end_ms) as f64;
    assert!(pictures.vehicles.iter().all(|v| v.lights.sample(middle_ms) == Rgb::BLACK));
}
