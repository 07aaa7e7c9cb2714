//! Every answer is what its JSON Schema says, in its outer form, and no field is left undescribed.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use kapok_certify::{Options, Source, Verdict};
use kapok_design::{AssetFolder, starter_script};
use kapok_jobs::{
    Answer, CheckRequest, ConversionRequest, Document, ErrorAnswer, JobError, PointsSource, ProofRequest,
    RenderRequest, ReturnToHomeRequest, SCHEMAS, ScriptAnswer, ScriptPlan, ScriptRequest, ScriptSource,
    TransitionLimits, TransitionRequest, TransitionStatus, check_certificate, convert, plan_script, plan_transition,
    prove, render,
};
use kapok_show::{Diagnostics, Silent};
use serde_json::Value;

use crate::schema::assert_described;

fn schema(name: &str) -> Value {
    SCHEMAS.iter().find(|(known, _)| *known == name).unwrap().1()
}

/// The answer in its outer form, as described under this name.
fn described(answer: &impl Answer, name: &str) -> Value {
    let json = serde_json::to_value(Document::of(answer)).unwrap();
    assert_described(&json, &schema(name));
    assert!(json["schema"].as_str().unwrap().starts_with(&format!("kapok-{name}/")), "{}", json["schema"]);
    assert_eq!(json["kapok_version"], env!("CARGO_PKG_VERSION"));
    json
}

/// Plans this script.
fn plan_text(text: &str, request: &ScriptRequest) -> Result<ScriptPlan, JobError> {
    let source = ScriptSource { name: "show.toml", bytes: text.as_bytes(), assets: &AssetFolder::new(".") };
    plan_script(&source, request, &Silent)
}

fn planned() -> ScriptPlan {
    let request = ScriptRequest {
        outputs: vec!["a/show.skyc".into(), "rows.zip".into(), "b/copy.skyc".into()],
        return_to_home: Some(ReturnToHomeRequest { every_s: 20 }),
        ..ScriptRequest::default()
    };
    assert_eq!(
        request.paths().unwrap(),
        ["a/show.skyc", "rows.zip", "b/copy.skyc", "a/show.certificate.json", "b/copy.certificate.json"]
            .map(std::path::PathBuf::from)
    );
    plan_text(starter_script(), &request).unwrap()
}

#[test]
fn a_show_is_planned_proved_checked_and_converted() {
    let plan = planned();
    let json = described(&plan.answer, "plan");
    let ScriptAnswer::Planned(answer) = &plan.answer else { panic!("{json}") };
    assert_eq!(answer.verdict, Verdict::Proved);
    let paths: Vec<_> = answer.files.iter().map(|file| file.path.as_str()).collect();
    let expected = ["a/show.skyc", "a/show.certificate.json", "rows.zip", "b/copy.skyc", "b/copy.certificate.json"];
    assert_eq!(paths, expected);
    for (file, record) in plan.files.iter().zip(&answer.files) {
        assert_eq!((file.path.to_str().unwrap(), file.bytes.len()), (record.path.as_str(), record.bytes));
    }
    let home = answer.return_to_home.as_ref().unwrap();
    assert!(home.with_return_to_home > 0 && home.longest_from_s.is_some());

    let source = Source::file("show.skyc", plan.files[0].bytes.clone());
    let request = ProofRequest {
        certificate: Some("c.json".into()),
        safety: Some("s.json".into()),
        sarif: Some("f.sarif".into()),
        plot: Some("p.svg".into()),
        ..ProofRequest::default()
    };
    assert_eq!(request.paths().unwrap().len(), 4);
    let proved = prove(&source, &request, &Silent).unwrap();
    assert_eq!(proved.files[0].bytes, plan.files[1].bytes, "what is written beside the show is its certificate");
    let parsed = |k: usize| serde_json::from_slice::<Value>(&proved.files[k].bytes).unwrap();
    assert_described(&parsed(0), &schema("certificate"));
    assert_described(&parsed(2), &schema("safety"));

    let names = CheckRequest { file: "show.skyc".into(), certificate: "c.json".into() };
    let checked = check_certificate(&source, &plan.files[1].bytes, &names, &Silent).unwrap();
    described(&checked, "check");
    assert!(checked.proves());
    let other = Source::file("rows.zip", plan.files[2].bytes.clone());
    let checked = check_certificate(&other, &plan.files[1].bytes, &names, &Silent).unwrap();
    assert!(!checked.proves() && described(&checked, "check")["difference_count"].as_u64().unwrap() > 0);

    for (output, into_folder) in [("again.skyc", false), ("rows.zip", false), ("show.geojson", false), ("fleet", true)]
    {
        let rth_layout = into_folder.then_some(kapok_jobs::RthLayout::Crate01);
        let request = ConversionRequest { output: output.into(), into_folder, rth_layout, ..Default::default() };
        let conversion = convert(&source, &request, &Silent).unwrap();
        described(&conversion.answer, "conversion");
        assert_eq!(conversion.answer.verdict.is_some(), output != "show.geojson");
    }
}

#[test]
fn what_cannot_be_planned_is_an_answer_with_its_place() {
    let hasty =
        starter_script().replacen("name = \"Hello\"\n", "name = \"Hello\"\ntransition = { duration_s = 0.5 }\n", 1);
    let request = ScriptRequest { outputs: vec!["show.skyc".into()], ..ScriptRequest::default() };
    let plan = plan_text(&hasty, &request).unwrap();
    assert!(plan.files.is_empty() && plan.judged.is_none());
    let json = described(&plan.answer, "plan");
    assert_eq!(json["verdict"], "infeasible");
    let line = hasty.lines().position(|line| line == "name = \"Hello\"").unwrap();
    assert_eq!(json["line"], line);
}

#[test]
fn input_that_makes_no_sense_is_an_error_that_machines_read() {
    let wrong = starter_script().replace("hold_s = 8", "hold = 8");
    let error = plan_text(&wrong, &ScriptRequest::default()).unwrap_err();
    let JobError::Script(diagnostics) = &error else { panic!("{error}") };
    let json = described(&ErrorAnswer::new(error.to_string(), Some(diagnostics)), "error");
    let mistake = &json["error"]["diagnostics"][0];
    assert_eq!(mistake["help"], "did you mean `hold_s`?");
    assert_eq!(mistake["file"], "show.toml");
    let none: Option<&Diagnostics> = None;
    assert!(
        described(&ErrorAnswer::new("no file", none), "error")["error"]["diagnostics"].as_array().unwrap().is_empty()
    );
    let bytes = ScriptSource { name: "a.toml", bytes: b"PK\x03\x04\xff", assets: &AssetFolder::new(".") };
    let error = plan_script(&bytes, &ScriptRequest::default(), &Silent).unwrap_err().to_string();
    assert!(error.starts_with("a.toml is no show script but a show file"), "{error}");
    let outputs = ScriptRequest { outputs: vec!["show.docx".into()], ..ScriptRequest::default() };
    assert!(outputs.paths().unwrap_err().to_string().contains(".skyc and .zip"));
}

fn transition(separation_m: f64, outputs: &[&str]) -> Result<kapok_jobs::PlannedTransition, JobError> {
    plan_transition(points(), &transition_request(separation_m, outputs), &Silent)
}

fn points() -> [PointsSource<'static>; 2] {
    let start = PointsSource { name: "start.csv", bytes: b"0,0,-10\n5,0,-10\n" };
    let goal = PointsSource { name: "goal.csv", bytes: b"0,9,-10\n5,9,-10\n" };
    [start, goal]
}

fn transition_request(separation_m: f64, outputs: &[&str]) -> TransitionRequest {
    TransitionRequest {
        limits: TransitionLimits {
            min_separation_m: separation_m,
            downwash_scale: 1.0,
            max_velocity_xy_m_s: 6.0,
            max_velocity_up_m_s: 6.0,
            max_velocity_down_m_s: 6.0,
            max_velocity_m_s: Some(6.0),
            max_acceleration_m_s2: 3.0,
            max_jerk_m_s3: 6.0,
        },
        keep_order: false,
        outputs: outputs.iter().map(Into::into).collect(),
        csv_rate_hz: 10,
    }
}

#[test]
fn a_transition_is_planned_and_proved_or_refused_with_a_reason() {
    let planned = transition(1.5, &["rows.csv"]).unwrap();
    let json = described(&planned.answer, "transition");
    assert_eq!((planned.answer.status, &json["verdict"]), (TransitionStatus::Complete, &Value::from("proved")));
    assert_eq!(planned.files.len(), 1);
    assert!(planned.files[0].bytes.starts_with(b"vehicle,t,x,y,z\n0,0,0.0000,0.0000,-10.0000\n"));
    let refused = transition(6.0, &["rows.csv"]).unwrap();
    assert_eq!(refused.answer.status, TransitionStatus::Infeasible);
    assert!(refused.files.is_empty() && described(&refused.answer, "transition")["reason"].is_string());
    // In a show the ground is at z = 0, and these points lie below it.
    let below = transition(1.5, &["rows.csv", "move.skyc"]).unwrap();
    assert!(below.answer.status != TransitionStatus::Complete && below.files.is_empty());
    let error = transition(-1.0, &[]).unwrap_err();
    assert!(matches!(error, JobError::Setting { field: "min_separation_m", .. }), "{error}");
    assert!(transition(1.5, &["a.skyc", "b.skyc"]).is_err());
}

#[test]
fn settings_that_make_no_sense_are_refused_before_anything_is_planned() {
    let of = |change: &dyn Fn(&mut TransitionRequest)| {
        let mut request = transition_request(1.5, &["rows.csv"]);
        change(&mut request);
        match plan_transition(points(), &request, &Silent) {
            Err(JobError::Setting { field, .. }) => field,
            other => panic!("{other:?}"),
        }
    };
    for rate in [0, 1001, u32::MAX] {
        assert_eq!(of(&|r| r.csv_rate_hz = rate), "csv_rate_hz");
        let script = ScriptRequest { outputs: vec!["a.zip".into()], csv_rate_hz: rate, ..ScriptRequest::default() };
        assert!(matches!(script.paths(), Err(JobError::Setting { field: "csv_rate_hz", .. })));
        let planned = plan_text(starter_script(), &script);
        assert!(matches!(planned, Err(JobError::Setting { field: "csv_rate_hz", .. })));
    }
    // One limit for all directions that is not that of each would plan by one and prove by the other.
    assert_eq!(of(&|r| r.limits.max_velocity_m_s = Some(50.0)), "max_velocity_m_s");
    assert_eq!(of(&|r| r.limits.max_velocity_up_m_s = 2.0), "max_velocity_m_s");
}

#[test]
fn requests_are_read_from_json_and_refuse_what_they_do_not_know() {
    let read = |json: &str| serde_json::from_str::<ProofRequest>(json);
    let request = read(r#"{ "options": { "limits": { "min_separation_m": 2.0 } }, "plot": "p.pdf" }"#).unwrap();
    assert_eq!(request.options.limits["min_separation_m"], 2.0);
    assert_eq!(request.options, Options { limits: request.options.limits.clone(), ..Options::default() });
    assert!(read(r#"{ "plots": "p.pdf" }"#).is_err());
    let round = ScriptRequest { return_to_home: Some(ReturnToHomeRequest { every_s: 5 }), ..ScriptRequest::default() };
    let json = serde_json::to_string(&round).unwrap();
    assert_eq!(serde_json::from_str::<ScriptRequest>(&json).unwrap(), round);
}

#[test]
fn a_show_is_drawn() {
    let plan = planned();
    let bytes = plan.files.iter().find(|file| file.path.ends_with("a/show.skyc")).unwrap().bytes.clone();
    let source = Source::file("show.skyc", bytes);
    let request = |json: &str| serde_json::from_str::<RenderRequest>(json).unwrap();
    let mut frames = 0;
    let mut draw = |json: &str| {
        let mut take = |_: &kapok_jobs::Frame| {
            frames += 1;
            Ok(())
        };
        render(&source, &request(json), &mut take, &Silent)
    };
    let sheet = draw(r#"{"subject":{"kind":"sheet"},"size_px":[96,54],"output":"s.png"}"#).unwrap();
    let json = described(&sheet.answer, "render");
    assert!(
        json["scenes"].as_array().unwrap().len() > 1 && sheet.file.unwrap().bytes.starts_with(b"\x89PNG"),
        "{json}"
    );
    let film =
        r#"{"subject":{"kind":"film","from_ms":20000,"to_ms":21000,"speed":2.0},"size_px":[64,36],"output":"f.mp4"}"#;
    let film = draw(film).unwrap();
    assert!(film.file.is_none() && film.answer.film.unwrap().frames == 15);
    described(&film.answer, "render");
    let fails = |_: &kapok_jobs::Frame| Err(std::io::ErrorKind::StorageFull.into());
    let mp4 = request(r#"{"subject":{"kind":"film"},"size_px":[64,36],"output":"f.mp4"}"#);
    assert!(matches!(render(&source, &mp4, &mut { fails }, &Silent), Err(JobError::Frames(_))));
    assert_eq!(frames, 15);
}
