//! What a certificate says of its bytes, and under which settings the bytes are judged.

#![allow(clippy::unwrap_used, reason = "a failing test may panic")]

use crate::common;

use common::{apart, certificate, limits, meeting, source};
use kapok_certify::{CertifyError, Options, Source, Surroundings, Verdict, certify, certify_skyc, judge_motion};
use kapok_format::skyb::SkybOptions;
use kapok_format::{SAMPLE_STEP_M, SKYC_STEP_M, write_csv_zip, write_skyc};
use kapok_show::{DVec3, Silent};
use serde_json::json;

#[test]
fn json_has_the_fields_readers_rely_on() {
    let source = source(&apart());
    let c = certificate(&source, &Options::default());
    assert_eq!(c["schema"], "kapok-certificate/1");
    assert_eq!(c["checker"]["name"], "kapok-proof");
    assert_eq!(c["file"], serde_json::to_value(source.id()).unwrap());
    assert_eq!((&c["verdict"], &c["title"], &c["vehicle_count"]), (&json!("proved"), &json!("Row"), &json!(3)));
    assert_eq!(c["vehicle_sha256"].as_array().unwrap().len(), 3);
    assert_eq!(c["limit_sources"].as_object().unwrap().len(), 13);
    assert!(c["limit_sources"].as_object().unwrap().values().all(|s| s != "flag"));
    assert_eq!(c["options"], json!({}));
    assert_eq!(c["rules"][0]["rule"], "separation");
}

#[test]
fn what_counts_as_rounding_is_said_by_the_file() {
    let step_m = |show: &kapok_show::Show| {
        let judged = certify(&source(show), &Options::default(), &Silent).unwrap();
        judged.settings().coordinate_step_m
    };
    assert_eq!(step_m(&apart()), SKYC_STEP_M);
    let mut finer = apart();
    for vehicle in &mut finer.vehicles {
        vehicle.home_m += DVec3::new(0.0001, 0.0, 0.0);
        let shifted: Vec<_> = vehicle
            .trajectory
            .segments()
            .map(|s| (s.end_ms, s.control_m[1..].iter().map(|p| *p + DVec3::new(0.0001, 0.0, 0.0)).collect::<Vec<_>>()))
            .collect();
        vehicle.trajectory = kapok_show::Trajectory::starting_at(0, vehicle.home_m).unwrap();
        for (end_ms, points) in shifted {
            vehicle.trajectory.push(end_ms, &points).unwrap();
        }
    }
    assert_eq!(step_m(&finer), SAMPLE_STEP_M);
    // At every writer and every reader of the bytes: one verdict and one certificate.
    let (bytes, written) = certify_skyc(&finer, "row.skyc", &Options::default(), &Silent).unwrap();
    let read = certify(&Source::file("row.skyc", bytes), &Options::default(), &Silent).unwrap();
    assert_eq!(written.certificate(), read.certificate());
    assert_eq!(written.settings(), read.settings());
    assert_eq!(judge_motion(&finer, &Silent).verdict, Verdict::Proved);
    assert_eq!(judge_motion(&meeting(), &Silent).verdict, Verdict::Violated);
}

#[test]
fn samples_are_told_from_curves() {
    let csv = write_csv_zip(&apart(), 25.0).unwrap().bytes;
    let judged = certify(&Source::file("row.zip", csv), &Options::default(), &Silent).unwrap();
    assert!(judged.settings().samples);
    assert!(!judged.notes().is_empty(), "straight lines between rows are an assumption");
    assert!(judged.notes().iter().all(|note| judged.certificate().provenance().assumptions.contains(note)));
}

#[test]
fn limits_of_the_options_are_named_or_refused() {
    let source = source(&apart());
    let c = certificate(&source, &limits(&[("min_separation_m", 5.0), ("max_wind_m_s", 6.0)]));
    assert_eq!((&c["verdict"], &c["limits"]["min_separation_m"]), (&json!("violated"), &json!(5.0)));
    assert_eq!(c["limit_sources"]["min_separation_m"], "flag");
    assert_eq!(c["options"], json!({ "limits": { "max_wind_m_s": 6.0, "min_separation_m": 5.0 } }));
    let note = "--separation sets min_separation_m = 5 in place of the 1.5 that the file states";
    assert!(c["assumptions"].as_array().unwrap().contains(&json!(note)), "{}", c["assumptions"]);
    let refused = |options: &Options| certify(&source, options, &Silent).unwrap_err();
    assert!(matches!(refused(&limits(&[("min_separation", 5.0)])), CertifyError::UnknownLimit(_)));
    let message = refused(&limits(&[("max_jerk_m_s3", f64::NAN)])).to_string();
    assert!(message.starts_with("--max-jerk: max_jerk_m_s3 is NaN"), "{message}");
}

#[test]
fn what_a_format_has_no_place_for_is_stated_by_the_certificate() {
    let show = meeting();
    let csv = Source::file("row.zip", write_csv_zip(&show, 25.0).unwrap().bytes);
    let around = Surroundings {
        from: "\"row.skyc\"".into(),
        title: "Row".into(),
        site: show.site,
        environment: show.environment.clone(),
        limits: kapok_show::Limits { max_altitude_m: 77.0, ..show.limits },
        profile: show.profile.clone(),
        pads_m: Vec::new(),
    };
    let c = certificate(&csv, &Options { surroundings: Some(around), ..Options::default() });
    assert_eq!((&c["limits"]["max_altitude_m"], &c["title"]), (&json!(77.0), &json!("Row")));
    assert_eq!(c["options"]["surroundings"]["from"], "\"row.skyc\"");
    assert!(c["limit_sources"].as_object().unwrap().values().all(|s| s == "flag"));
    assert!(c["assumptions"].to_string().contains("are those of \\\"row.skyc\\\""), "{}", c["assumptions"]);
}

#[test]
fn a_copy_goes_by_its_own_name() {
    let mut nameless = apart();
    nameless.title.clear();
    let (bytes, judged) = certify_skyc(&nameless, "a.skyc", &Options::default(), &Silent).unwrap();
    assert_eq!(bytes, write_skyc(&nameless).unwrap());
    let copy = judged.certificate().for_copy("b.skyc");
    assert_eq!((copy.title.as_str(), copy.provenance().file.name.as_str()), ("b.skyc", "b.skyc"));
    let again = certify(&Source::file("b.skyc", bytes), &Options::default(), &Silent).unwrap();
    assert_eq!(&copy, again.certificate());
}

/// A number of the file that makes no sense is bad input by its place, unless another stands in for that very limit.
#[test]
fn a_limit_without_sense_is_named_or_replaced() {
    let mut one = apart();
    one.vehicles.truncate(1);
    let vehicle = kapok_format::write_skyb(&one.vehicles[0], &SkybOptions::default()).unwrap();
    let mut files = vec![("0.skyb".to_owned(), vehicle.bytes)];
    let site = kapok_format::write_site_file(&one, &["0.skyb".to_owned()], None).unwrap();
    let site = String::from_utf8(site).unwrap();
    let nonsense = site.replace("\"max_altitude_m\": 120.0", "\"max_altitude_m\": 0.0");
    assert_ne!(nonsense, site);
    files.push((kapok_format::SITE_FILE_NAME.to_owned(), nonsense.into_bytes()));
    let source = Source::folder("fleet", files);
    for options in [Options::default(), limits(&[("max_jerk_m_s3", 5.0)])] {
        let error = certify(&source, &options, &Silent).unwrap_err();
        assert!(matches!(error, CertifyError::Read(_)), "{error:?}");
        let message = error.to_string();
        assert!(message.contains("site.json") && message.contains("max_altitude_m = 0"), "{message}");
    }
    let c = certificate(&source, &limits(&[("max_altitude_m", 90.0)]));
    assert_eq!((&c["limits"]["max_altitude_m"], &c["verdict"]), (&json!(90.0), &json!("proved")));
}
