//! A crew flies a show over real sockets: uploads it, reads it back, starts it, watches it fly and land.

use kapok_fleet::{DatagramMode, Field, FleetSettings};
use kapok_link::{
    Authorization, Command, FtpTiming, ShowStage, StartPlan, UploadSettings, VehicleKind, VehicleStatus, command_number,
};
use kapok_show::Rgb;
use kapok_sim::Phase;

use crate::common::{Crew, show};

const COUNT: usize = 20;

fn status(crew: &Crew, is_so: impl Fn(&VehicleStatus) -> bool) -> usize {
    crew.station.roster.contacts().filter(|(_, c)| c.status.as_ref().is_some_and(|(status, _)| is_so(status))).count()
}

/// The crew's station from power to a fleet that holds the show.
fn uploaded(crew: &mut Crew, settings: UploadSettings) {
    let show = show(COUNT);
    crew.until(20_000, "recognised", |crew| {
        crew.station.roster.contacts().filter(|(_, c)| c.kind == VehicleKind::Show).count() == COUNT
    });
    crew.upload(&show, settings);
    crew.until(300_000, "uploaded", |crew| crew.station.uploads.values().all(|upload| upload.outcome().is_some()));
    for (system, upload) in &crew.station.uploads {
        assert!(upload.outcome().unwrap().is_ok(), "{system}: {:?}", upload.outcome());
    }
    crew.until(2000, "loaded", |crew| status(crew, |s| s.show_loaded && s.origin_set && s.fence_enabled) == COUNT);
}

/// Starts the show in twenty seconds.
fn start(crew: &mut Crew) {
    let now = crew.twin.time();
    let start = now.plus_ms(21_000 - i64::from(now.time_of_week_ms() % 1000));
    crew.station.broadcaster.set_start(StartPlan { start: Some(start), authorization: Authorization::Live });
}

fn flies_and_lands(settings: &FleetSettings, upload: UploadSettings) {
    let show = show(COUNT);
    let mut crew = Crew::new(&Field::of_show(&show).unwrap(), settings);
    uploaded(&mut crew, upload);
    crew.run(36_000);
    start(&mut crew);
    crew.until(30_000, "performing", |crew| crew.twin.stages().performing as usize == COUNT);
    assert_eq!(status(&crew, |s| s.not_at_takeoff), 0);
    // At 17 s all stand still, 12 m up and 6 m aside.
    crew.until(20_000, "in the middle", |crew| crew.twin.elapsed_s() == Some(17));
    for (vehicle, body) in show.vehicles.iter().zip(crew.twin.fleet().bodies()) {
        let off = body.position_m.distance(vehicle.trajectory.sample(17_000.0).position_m);
        assert!(off < 1.0, "{}: {off} m off the plan", vehicle.name);
    }
    assert!(status(&crew, |s| s.light.r > 200 && s.light.g == 0) == COUNT, "red, as the show says");
    crew.until(60_000, "landed", |crew| crew.twin.stages().landed as usize == COUNT);
    for (vehicle, body) in show.vehicles.iter().zip(crew.twin.fleet().bodies()) {
        let off = body.position_m.distance(vehicle.trajectory.end_point_m());
        assert!(off < 1.5, "{}: landed {off} m off", vehicle.name);
    }
    crew.run(2000);
    assert!(crew.twin.fleet().crafts().iter().all(|craft| craft.phase == Phase::Parked));
    assert_eq!(status(&crew, |s| s.stage == ShowStage::Landed), COUNT);
    assert_eq!(crew.sockets.dropped(), 0);
}

#[test]
fn a_show_is_uploaded_read_back_flown_and_landed() {
    flies_and_lands(&FleetSettings { wind_m_s: 3.0, ..FleetSettings::default() }, UploadSettings::default());
}

/// The same on a bad link, with all frames of a step in one datagram.
#[test]
fn a_bad_link_delays_the_show_and_does_not_change_it() {
    let settings = FleetSettings {
        datagram: Some(DatagramMode::Tick),
        link: "loss=5%,duplicates=2%,delay=40ms,jitter=30ms".parse().unwrap(),
        seed: 5,
        ..FleetSettings::default()
    };
    // What is asked again before an answer can have come only fills the link.
    let ftp = FtpTiming { shortest_ms: 200, ..FtpTiming::default() };
    flies_and_lands(&settings, UploadSettings { ftp, ..UploadSettings::default() });
}

/// The ways out: return on command, refusal of what must not fly, a second start after a landing.
#[test]
fn a_broadcast_return_brings_all_home_and_they_fly_again() {
    let show = show(COUNT);
    let mut crew = Crew::new(&Field::of_show(&show).unwrap(), &FleetSettings::default());
    uploaded(&mut crew, UploadSettings::default());
    // Too early: filters have not settled, the vehicles give up.
    let now = crew.twin.time();
    let early = now.plus_ms(10_000 - i64::from(now.time_of_week_ms() % 1000));
    crew.station.broadcaster.set_start(StartPlan { start: Some(early), authorization: Authorization::Live });
    crew.until(25_000, "given up", |crew| crew.twin.stages().error as usize == COUNT);
    assert!(crew.station.texts.iter().any(|text| text == "Arm: Need Position Estimate"), "{:?}", crew.station.texts);
    assert!(crew.twin.fleet().crafts().iter().all(|craft| craft.phase == Phase::Parked));
    // A fresh upload clears the error; then they fly.
    crew.run(20_000);
    crew.upload(&show, UploadSettings::default());
    crew.until(60_000, "uploaded", |crew| crew.station.uploads.values().all(|upload| upload.outcome().is_some()));
    start(&mut crew);
    crew.until(40_000, "in the air", |crew| crew.twin.elapsed_s() == Some(14) && crew.twin.stages().performing > 0);
    let home: Vec<_> = crew.twin.fleet().bodies().iter().map(|body| body.position_m).collect();
    assert!(home.iter().all(|p| p.z > 9.0), "{home:?}");
    assert!(crew.station.broadcaster.command(Command::long(command_number::RETURN_TO_LAUNCH, &[])));
    crew.until(1000, "other mode", |crew| crew.twin.stages().other_mode as usize == COUNT);
    crew.until(90_000, "home", |crew| crew.twin.fleet().crafts().iter().all(|craft| craft.phase == Phase::Parked));
    for (vehicle, body) in show.vehicles.iter().zip(crew.twin.fleet().bodies()) {
        assert!(body.position_m.distance(vehicle.home_m) < 2.0, "{} at {}", vehicle.name, body.position_m);
    }
    assert!(crew.twin.vehicles().all(|vehicle| !vehicle.is_armed()));
    // Lights are the crew's own.
    let now_ms = crew.twin.now_ms();
    crew.station.broadcaster.light(now_ms, Some(Rgb::new(0, 0, 255)));
    crew.run(1500);
    assert_eq!(status(&crew, |s| s.light.b > 200 && s.light.r == 0), COUNT);
}
