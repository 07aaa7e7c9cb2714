//! `kapok rehearse --record` and `kapok view --log`: a flight that is recorded, and replayed beside its plan.

use std::path::Path;
use std::process::{Command, Output};

use kapok_log::{FlightLog, VehicleStatus};

use crate::rehearse::folder;
use crate::view::Viewer;

fn kapok(at: &Path, args: &str) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kapok"));
    command.current_dir(at).args(args.split_whitespace()).output().unwrap()
}

fn done(output: &Output) {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Exit code 2 and one clear sentence.
fn refused(at: &Path, args: &str, says: &str) {
    let output = kapok(at, args);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{args}: {text}");
    assert!(text.contains(says), "{args}: {text}");
}

#[test]
fn a_run_is_recorded_and_the_log_says_what_the_answer_says() {
    let folder = folder(true);
    let at = folder.path();
    done(&kapok(at, "rehearse show.skyc --wind 3 --seed 7 --runs 2 --record one.mcap --json"));
    done(&kapok(at, "rehearse show.skyc --wind 3 --seed 7 --runs 2 --record two.mcap --threads 2 -o runs"));
    let bytes = std::fs::read(at.join("one.mcap")).unwrap();
    assert_eq!(bytes, std::fs::read(at.join("two.mcap")).unwrap(), "the same bytes on any number of threads");
    // The runs are there: the first is flown again for its log, and is the same.
    done(&kapok(at, "rehearse show.skyc --wind 3 --seed 7 --runs 2 --record three.mcap -o runs"));
    assert_eq!(bytes, std::fs::read(at.join("three.mcap")).unwrap());

    let log = FlightLog::read(&bytes[..]).unwrap();
    assert_eq!((log.head.vehicles, log.head.title.as_str(), log.cut.as_deref()), (6, "Six", None));
    assert_eq!(log.head.about["seed"], "7");
    let show_s: Vec<f64> = log.frames.iter().map(|f| f.state.show_s.unwrap()).collect();
    assert!(show_s.windows(2).all(|pair| (pair[1] - pair[0] - 0.5).abs() < 1e-9), "two frames a second");
    assert!(show_s[0] < -4.0 && show_s[show_s.len() - 1] > 39.0, "from the pads to the landing");
    // Vehicles 4 and 5 swap places in the air, and hit each other.
    let last = log.frames.last().unwrap();
    let status = |id: usize| last.truth[id].status;
    assert_eq!([4, 5].map(status), [VehicleStatus::Fallen; 2]);
    assert_eq!([0, 1, 2, 3].map(status), [VehicleStatus::Landed; 4]);
    assert!(log.events.iter().any(|e| e.subject == "v4" && e.message == "collides with v5"), "{:?}", log.events);
    assert_eq!(last.reported.len(), 4, "what fell reports no more");
    let high = log.frames.iter().flat_map(|f| &f.truth).map(|mark| mark.position_m[2]).fold(0.0, f32::max);
    assert!((11.0..13.5).contains(&high), "{high}");
}

#[test]
fn a_flight_is_served_beside_its_plan() {
    let folder = folder(false);
    let at = folder.path();
    done(&kapok(at, "rehearse show.skyc --wind 3 --record flight.mcap"));
    let viewer = Viewer::start(at, &["show.skyc", "--log", "flight.mcap"]);
    let flown = viewer.get("flown");
    assert_eq!(
        (&flown["title"], &flown["is_same_file"], &flown["is_truth"]),
        (&"Six".into(), &true.into(), &true.into())
    );
    let frames = flown["frames"].as_array().unwrap();
    let farthest = frames.iter().filter_map(|f| f["farthest"]["distance_m"].as_f64()).fold(0.0, f64::max);
    assert!((0.05..2.5).contains(&farthest), "as far from its plan as a rehearsal is: {farthest}");
    assert!(frames.iter().any(|f| f["vehicles"][1] == 6), "all fly");
    assert_eq!(frames.last().unwrap()["vehicles"][3], 6, "all have landed");
    drop(viewer);
    let viewer = Viewer::start(at, &["show.skyc"]);
    assert_eq!(viewer.get("flown"), serde_json::Value::Null);
}

#[test]
fn logs_that_do_not_fit_are_refused_and_nothing_is_half_written() {
    let folder = folder(false);
    let at = folder.path();
    std::fs::write(at.join("script.toml"), "").unwrap();
    refused(at, "view show.skyc --log none.mcap", "none.mcap");
    refused(at, "view show.skyc --log show.skyc", "no flight log");
    refused(at, "view script.toml --log none.mcap", "--log is for show files");
    refused(at, "rehearse show.skyc --record no/such/folder.mcap", "no/such");
    refused(at, "rehearse show.skyc --record show.skyc", "show.skyc");
    refused(at, "rehearse show.skyc --wind NaN --record log.mcap", "--wind");
    assert!(!at.join("log.mcap").exists());
    let left =
        std::fs::read_dir(at).unwrap().filter(|e| e.as_ref().unwrap().file_name().to_string_lossy().contains(".tmp"));
    assert_eq!(left.count(), 0);
    // The log of another show: another number of vehicles.
    done(&kapok(at, "rehearse show.skyc --record six.mcap"));
    done(&kapok(at, "new starter.toml"));
    done(&kapok(at, "plan starter.toml -o starter.skyc"));
    refused(at, "view starter.skyc --log six.mcap", "the log is of 6 vehicles");
}
