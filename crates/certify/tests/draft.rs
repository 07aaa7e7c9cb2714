//! A draft is never certified, whatever is proved of its bytes.

use crate::common;

use common::{apart, certificate, meeting, source};
use kapok_certify::{NotUsed, Options, Verdict, certify, certify_skyc, check, check_beside};
use kapok_show::{Show, Silent};
use serde_json::Value;

fn draft(show: Show) -> Show {
    Show { draft: true, ..show }
}

#[test]
fn bytes_of_a_draft_say_so_and_are_never_certified() {
    // Proved or violated: the mark stands in the bytes, in what is read of them, and in the certificate.
    for (show, verdict) in [(apart(), Verdict::Proved), (meeting(), Verdict::Violated)] {
        let (bytes, written) = certify_skyc(&draft(show), "row.skyc", &Options::default(), &Silent).unwrap();
        let read = certify(&kapok_certify::Source::file("row.skyc", bytes), &Options::default(), &Silent).unwrap();
        assert_eq!(read.certificate(), written.certificate());
        assert!(read.show().draft && !read.certificate().certifies());
        assert_eq!(read.certificate().verdict, verdict);
        let json = serde_json::to_value(read.certificate()).unwrap();
        assert_eq!(json["draft"], true);
        assert!(read.certificate().headline().starts_with("DRAFT, "));
        let refused = read.certified().unwrap_err();
        assert!(refused.show().draft, "it is given back");
    }
}

#[test]
fn what_is_proved_and_no_draft_is_certified_and_nothing_else_is() {
    let judged = |show: &Show| certify(&source(show), &Options::default(), &Silent).unwrap();
    let certified = judged(&apart()).certified().unwrap();
    assert_eq!(certified.certificate().headline(), "PROVED");
    assert!(serde_json::to_value(certified.certificate()).unwrap().get("draft").is_none());
    assert!(judged(&meeting()).certified().is_err());
}

#[test]
fn a_check_of_a_draft_proves_nothing_and_the_mark_cannot_be_taken_off() {
    let source = source(&draft(apart()));
    let document = certificate(&source, &Options::default());
    let checked = check(&source, document.to_string().as_bytes(), &Silent).unwrap();
    assert!(checked.agrees() && checked.draft && !checked.proves());
    let mut without = document;
    without.as_object_mut().unwrap().remove("draft");
    let checked = check(&source, without.to_string().as_bytes(), &Silent).unwrap();
    assert!(!checked.agrees() && !checked.proves(), "a document that hides the mark does not agree");
}

/// What becomes of a certificate in which one value was changed, beside its bytes.
fn changed(show: &Show, change: impl FnOnce(&mut Value)) -> Result<(), NotUsed> {
    let source = source(show);
    let mut document = certificate(&source, &Options::default());
    change(&mut document);
    check_beside(&source, document.to_string().as_bytes(), &Options::default(), &Silent).map(drop)
}

#[test]
fn a_certificate_beside_its_bytes_is_used_if_all_but_the_proof_agrees() {
    let source = source(&apart());
    let document = certificate(&source, &Options::default());
    let bytes = document.to_string();
    let used = check_beside(&source, bytes.as_bytes(), &Options::default(), &Silent).unwrap();
    assert_eq!((used.verdict(), used.draft(), used.file()), (Verdict::Proved, false, source.id()));
    assert!(used.witnesses_measured() > 5);
    assert_eq!(Value::Object(used.document().clone()), document);
    // As of a renamed file; and with remarks on how the bytes were made.
    check_beside(&source.named("other.skyc"), bytes.as_bytes(), &Options::default(), &Silent).unwrap();
}

#[test]
fn a_certificate_of_other_bytes_settings_or_programs_is_not_used() {
    assert!(changed(&apart(), |_| ()).is_ok());
    let differs = |change: &dyn Fn(&mut Value)| match changed(&apart(), change) {
        Err(NotUsed::Differs(check)) => check.differences[0].to_string(),
        other => panic!("{other:?}"),
    };
    assert!(differs(&|c| c["file"]["sha256"] = "0".repeat(64).into()).contains("sha256"));
    assert!(differs(&|c| c["checker"]["version"] = "0.0.1".into()).contains("checker.version"));
    assert!(differs(&|c| c["limits"]["min_separation_m"] = 0.5.into()).contains("limits.min_separation_m"));
    assert!(differs(&|c| c["draft"] = true.into()).contains("draft"));
    assert!(differs(&|c| c["vehicle_sha256"][0] = "0".into()).contains("vehicle 0"));
    // A worst case that the trajectories do not attain.
    assert!(differs(&|c| c["rules"][0]["worst"]["value"] = 3.0.into()).contains("witness"));
    // A verdict that the rules do not make; a rule less.
    let contradicts = |change: &dyn Fn(&mut Value)| matches!(changed(&meeting(), change), Err(NotUsed::Contradicts));
    assert!(contradicts(&|c| c["verdict"] = "proved".into()));
    assert!(contradicts(&|c| drop(c["rules"].as_array_mut().unwrap().remove(0))));
    let source = source(&apart());
    let airborne = Options { airborne_ends: true, ..Options::default() };
    let document = certificate(&source, &airborne).to_string();
    let used = check_beside(&source, document.as_bytes(), &Options::default(), &Silent);
    assert!(matches!(used, Err(NotUsed::Options)));
    assert!(matches!(check_beside(&source, b"{}", &airborne, &Silent), Err(NotUsed::Unread(_))));
}
