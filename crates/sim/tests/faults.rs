//! Fault scripts: what they may say, what is refused with its place, and what they do to a fleet.

use kapok_show::{DVec3, Diagnostic};
use kapok_sim::{
    Affected, Control, EventKind, Failsafes, Fault, FaultDocument, FaultScript, FaultTimeline, Fix, Fleet, GnssField,
    MAX_FAULTS, Order, Pad, Phase, Profile, Random, Setpoint, Surroundings, TimedFault, WindSpec,
};
use proptest::prelude::*;

/// One of each kind.
const ALL: &str = r#"
title = "One of each"
sector_count = 3

[[jam]]
at_s = 45
for_s = 20
sectors = [3]

[[jam]]
at_s = 50
place_m = [0, 10, 5]
reach_m = 60
degraded_m = 200

[[gnss_loss]]
at_s = 46
vehicles = ["v2", 1]

[[spoof]]
at_s = 60
drift_m_s = [0.5, 0, 0]
sectors = [1, 2]

[[corrections_lost]]
at_s = -30
for_s = 90

[[compass]]
at_s = 5
off_deg = 90
vehicles = [4]

[[barometer]]
at_s = 5
drift_m_s = 0.1

[[rotor]]
at_s = 20
rotor = 3
vehicles = ["v5"]

[[battery]]
at_s = -60
charge = 0.4
temperature_c = -5
vehicles = [6]

[[wind]]
at_s = 120
speed_m_s = 16
height_m = 80

[[gust_front]]
at_s = 100
for_s = 60
added_m_s = 9
toward_deg = 90

[[reboot]]
at_s = -300
vehicles = [2]
forgets = true

[[stale_upload]]
at_s = -300
turned_deg = 7
vehicles = [1, 2]

[[link]]
at_s = 0
loss = 0.05
"#;

fn fleet() -> (Vec<String>, Vec<DVec3>) {
    // From right to left, so that sectors are not in the order of the vehicles.
    (0..6).map(|i| (format!("v{}", i + 1), DVec3::X * (3.0 * f64::from(5 - i)))).unzip()
}

fn read(text: &str) -> Result<FaultScript, Vec<String>> {
    let (names, pads) = fleet();
    FaultScript::read("drill.toml", text, &names, &pads).map_err(|faults| {
        let told = |d: &Diagnostic| {
            format!("{}:{}:{}: {}; {}", d.file, d.line, d.column, d.message, d.help.as_deref().unwrap_or_default())
        };
        faults.items().iter().map(told).collect()
    })
}

fn faults(text: &str) -> Vec<String> {
    read(text).unwrap_err()
}

#[test]
fn every_kind_is_read_as_it_is_written() {
    let script = read(ALL).unwrap();
    let of = |key: &str| script.faults.iter().filter(|f| f.fault.key() == key).cloned().collect::<Vec<TimedFault>>();
    let one = |key: &str| of(key)[0].clone();
    assert_eq!(script.faults.len(), 14);
    assert!(script.faults.windows(2).all(|w| w[0].at_s <= w[1].at_s), "in the order of time");
    // The two leftmost pads are those of v6 and v5.
    let loss = of("gnss_loss");
    assert_eq!((loss[0].at_s, loss[0].until_s, &loss[0].vehicles), (45.0, 65.0, &Affected::Some(vec![0, 1])));
    assert_eq!((loss[1].until_s, &loss[1].vehicles), (f64::INFINITY, &Affected::Some(vec![0, 1])));
    assert_eq!(one("spoof").vehicles, Affected::Some(vec![2, 3, 4, 5]));
    assert_eq!(one("corrections_lost").vehicles, Affected::All);
    let jammer = Fault::Jammer { place_m: DVec3::new(0.0, 10.0, 5.0), reach_m: 60.0, degraded_m: 200.0 };
    assert_eq!(one("jam").fault, jammer);
    assert_eq!(one("rotor").fault, Fault::Rotor { rotor: 2, thrust: 0.0 });
    assert_eq!(one("compass").fault, Fault::Compass { off_rad: std::f64::consts::FRAC_PI_2 });
    assert_eq!(one("battery").fault, Fault::Pack { charge: Some(0.4), health: None, temperature_c: Some(-5.0) });
    assert_eq!(one("wind").fault, Fault::Wind { speed_m_s: 16.0, height_m: 80.0, over_s: 10.0 });
    assert_eq!(one("reboot").fault, Fault::Reboot { forgets: true });
    assert!(one("link").fault.needs_link() && !one("jam").fault.needs_link());
}

/// What is wrong, where, with what value, and what would be right.
#[test]
fn faults_name_place_value_and_remedy() {
    let wrong = |from: &str, to: &str| faults(&ALL.replacen(from, to, 1));
    assert_eq!(
        wrong("sectors = [3]", "sectors = [3, 9]"),
        ["drill.toml:8:15: there is no sector 9; sectors are 1 to 3: `sector_count` says how many there are"]
    );
    let none = "the show has 6 vehicles: 1 to 6, or by name, of which \"v1\" is the first";
    assert_eq!(
        wrong("[\"v2\", 1]", "[\"v2\", \"w\", 0, 7]"),
        [
            format!("drill.toml:18:19: there is no vehicle named \"w\"; {none}"),
            format!("drill.toml:18:24: there is no vehicle 0; {none}"),
            format!("drill.toml:18:27: there is no vehicle 7; {none}")
        ]
    );
    assert_eq!(
        wrong("at_s = 45", "at_s = nan"),
        ["drill.toml:6:8: jam.at_s is NaN; it must be a number from -3600 to 86400"]
    );
    assert_eq!(wrong("rotor = 3", "rotor = 5"), ["drill.toml:40:9: rotor.rotor is 5; it must be a number from 1 to 4"]);
    assert_eq!(
        wrong("[0.5, 0, 0]", "[0.5, 0, 400]"),
        ["drill.toml:22:13: spoof.drift_m_s[2] is 400; it must be a number from -20 to 20"]
    );
    assert_eq!(wrong("reach_m = 60\n", ""), ["drill.toml:12:11: a jammer at a place has a reach; state `reach_m`"]);
    assert!(wrong("sector_count = 3", "sector_count = 7")[0].contains("it must be a number from 1 to 6"));
    assert_eq!(
        faults("title = 'x'\n[[battery]]\nat_s = 5\n"),
        ["drill.toml:3:8: this battery says not what is wrong; state charge, health or temperature_c"]
    );
}

#[test]
fn unknown_keys_and_kinds_are_refused() {
    for (text, expected) in [
        ("", "drill.toml:1:1: missing field `title`"),
        ("title = 'x'\n[[jamm]]\nat_s = 1\n", "drill.toml:2:3: unknown field `jamm`"),
        ("title = 'x'\n[[jam]]\nat_s = 1\nsector = 3\n", "drill.toml:4:1: unknown field `sector`"),
        ("title = 'x'\n[[jam]]\nfor_s = 1\n", "drill.toml:2:1: missing field `at_s`"),
        ("title = 'x'\n[[jam]]\nat_s = 'T+45'\n", "drill.toml:3:8: invalid type: string \"T+45\""),
        ("title = ", "drill.toml:1:9: "),
        (&"#".repeat(300_000), "drill.toml:1:1: the file has 300000 bytes; at most 262144 are read"),
    ] {
        let found = faults(text);
        assert!(found.len() == 1 && found[0].starts_with(expected), "{found:?} for {expected}");
    }
    let many = format!("title = 'x'\n{}", "[[jam]]\nat_s = 1\n".repeat(MAX_FAULTS + 1));
    assert_eq!(faults(&many), ["drill.toml:1:1: the script has 251 faults; at most 250 are read"]);
    assert_eq!(read(&many.replacen("[[jam]]\nat_s = 1\n", "", 1)).unwrap().faults.len(), MAX_FAULTS);
}

#[test]
fn the_schema_names_every_kind_and_no_place() {
    let schema = serde_json::to_value(schemars::schema_for!(FaultDocument)).unwrap();
    let script = read(ALL).unwrap();
    for timed in &script.faults {
        assert_eq!(schema["properties"][timed.fault.key()]["type"], "array", "{}", timed.fault.key());
    }
    assert_eq!(schema["$defs"]["JamTable"]["properties"]["at_s"]["type"], "number");
    assert_eq!(schema["$defs"]["JamTable"]["required"], serde_json::json!(["at_s"]));
    assert!(!schema.to_string().contains("Spanned"));
}

proptest! {
    /// Whatever is done to a file, it is read or its faults are named; never a panic, never a vehicle that is not there.
    #[test]
    fn damaged_scripts_are_read_or_refused(at in 0usize..1200, with in "[ -~\n\u{e9}\u{4e2d}]{0,12}", drop in 0usize..40) {
        let mut text: Vec<char> = ALL.chars().collect();
        let start = at.min(text.len());
        let end = (start + drop).min(text.len());
        text.splice(start..end, with.chars());
        let text: String = text.into_iter().collect();
        let (names, pads) = fleet();
        match FaultScript::read("drill.toml", &text, &names, &pads) {
            Ok(script) => {
                for timed in &script.faults {
                    prop_assert!(timed.at_s.is_finite() && timed.until_s > timed.at_s);
                    prop_assert!(timed.vehicles.indices(6).all(|i| i < 6));
                }
            }
            Err(errors) => {
                let lines = text.lines().count().max(1) + 1;
                prop_assert!(errors.items().iter().all(|d| d.line >= 1 && d.line <= lines && d.help.is_some()));
            }
        }
    }
}

const START_S: f64 = 5.0;

/// Six vehicles of one profile that hover 20 m above their pads under a script, up to a show time; the fleet and what happened.
fn flown(
    profile: &str,
    body: &str,
    wind_m_s: f64,
    failsafes: Failsafes,
    until_s: f64,
) -> (Fleet, Vec<(f64, u32, EventKind)>) {
    let script = read(&format!("title = 'test'\nsector_count = 3\n{body}")).unwrap();
    let (_, places) = fleet();
    let pads: Vec<Pad> = places.iter().map(|p| Pad::at(*p)).collect();
    let mut air = Surroundings {
        wind: WindSpec { turbulence: 0.3, ..WindSpec::of(wind_m_s) },
        gnss: GnssField::clear(Fix::Fixed),
        temperature_c: 15.0,
    };
    script.disturb(&mut air, START_S);
    let mut flying = Fleet::new(&Profile::builtin(profile).unwrap(), &air, &pads, Random::new(4, 0));
    flying.set_failsafes(failsafes);
    let mut timeline = FaultTimeline::new(&script, START_S);
    let hover = |i: usize, _t_s: f64| {
        let position_m = places[i] + DVec3::Z * 20.0;
        Order::Fly(Setpoint { position_m, velocity_m_s: DVec3::ZERO, acceleration_m_s2: DVec3::ZERO, yaw_rad: 0.0 })
    };
    let mut events = Vec::new();
    while flying.t_s() < until_s + START_S {
        timeline.apply(&mut flying);
        flying.advance(&hover);
        events.extend(flying.events().iter().map(|e| (e.t_s - START_S, e.vehicle, e.kind)));
    }
    (flying, events)
}

fn lost(events: &[(f64, u32, EventKind)]) -> Vec<u32> {
    let mut lost: Vec<u32> = events.iter().filter(|e| e.2 == EventKind::PositionLost).map(|e| e.1).collect();
    lost.sort_unstable();
    lost
}

/// Only the sector that is jammed loses its position, and regains it when the jammer is gone before the estimator is given up.
#[test]
fn a_jammed_sector_loses_its_position_and_no_other() {
    let jam = "[[jam]]\nat_s = 25\nsectors = [3]\n";
    let (_, events) = flown("show-1kg", jam, 4.0, Failsafes::NONE, 45.0);
    assert_eq!(lost(&events), [0, 1], "{events:?}");
    let short = "[[jam]]\nat_s = 25\nfor_s = 4\nsectors = [3]\n";
    let (fleet, events) = flown("show-1kg", short, 4.0, Failsafes::NONE, 60.0);
    assert_eq!(lost(&events), Vec::<u32>::new());
    assert!(fleet.receivers().iter().all(|r| r.fix == Fix::Fixed));
}

/// The firmware's own failsafes: land by dead reckoning in place of sliding off with the wind.
#[test]
fn dead_reckoning_lands_where_holding_altitude_drifts() {
    let jam = "[[jam]]\nat_s = 25\nvehicles = [2]\n";
    let (_, places) = fleet();
    let off = |fleet: &Fleet| (fleet.bodies()[1].position_m - places[1]).truncate().length();
    let (bare, _) = flown("show-1kg", jam, 6.0, Failsafes::NONE, 75.0);
    assert_eq!((bare.crafts()[1].control, bare.crafts()[1].phase), (Control::HoldAltitude, Phase::Flying));
    assert!(off(&bare) > 150.0, "{} m after 42 s in 6 m/s", off(&bare));
    let (guarded, events) = flown("show-1kg", jam, 6.0, Failsafes::ALL, 75.0);
    assert_eq!((guarded.crafts()[1].phase, lost(&events)), (Phase::Landed, vec![1]), "{events:?}");
    assert!(off(&guarded) < 30.0, "{} m", off(&guarded));
}

/// Blown off its setpoint a vehicle lands in place of leaving; one that is not flies on.
#[test]
fn the_bubble_ends_a_flight_that_the_wind_takes() {
    let storm = "[[wind]]\nat_s = 25\nspeed_m_s = 26\nheight_m = 20\nover_s = 3\n";
    let (_, events) = flown("show-280g", storm, 3.0, Failsafes::ALL, 60.0);
    let left: Vec<u32> = events.iter().filter(|e| e.2 == EventKind::LeftBubble).map(|e| e.1).collect();
    assert_eq!(left.len(), 6, "{events:?}");
    let (_, events) = flown("show-280g", "", 3.0, Failsafes::ALL, 60.0);
    assert!(events.iter().all(|e| e.2 == EventKind::TookOff), "{events:?}");
}

/// A rotor, a computer and a pack fail; each as its own, and the others fly on.
#[test]
fn rotors_computers_and_packs_fail_one_by_one() {
    let body = "[[rotor]]\nat_s = 25\nrotor = 2\nvehicles = [1]\n[[reboot]]\nat_s = 26\nvehicles = [2]\n\
                [[battery]]\nat_s = 27\ncharge = 0.02\nvehicles = [3]\n";
    let (fleet, events) = flown("show-1kg", body, 0.0, Failsafes::NONE, 70.0);
    let crashed: Vec<u32> = events.iter().filter(|e| matches!(e.2, EventKind::Crashed { .. })).map(|e| e.1).collect();
    assert_eq!((crashed.len(), crashed.contains(&0), crashed.contains(&1)), (2, true, true), "{events:?}");
    assert!(events.iter().any(|e| (e.1, e.2) == (2, EventKind::BatteryCritical)), "{events:?}");
    assert_eq!(fleet.crafts()[2].phase, Phase::Landed);
    assert!((3..6).all(|i| fleet.crafts()[i].phase == Phase::Flying));
}

/// A false place drags its vehicles the other way; missing corrections make them err by metres, with good conscience.
#[test]
fn receivers_are_deceived_and_degraded_for_a_time() {
    let (_, places) = fleet();
    let spoof = "[[spoof]]\nat_s = 25\ndrift_m_s = [0.4, 0, 0]\nvehicles = [6]\n";
    let (fleet, events) = flown("show-1kg", spoof, 2.0, Failsafes::ALL, 50.0);
    let off = fleet.bodies()[5].position_m - places[5];
    assert!((off.x + 10.0).abs() < 2.0 && lost(&events).is_empty(), "25 s of the lie, the other way: {off}");
    let lost_link = "[[corrections_lost]]\nat_s = 10\nfor_s = 30\nsectors = [1]\n";
    let (degraded, _) = flown("show-1kg", lost_link, 2.0, Failsafes::ALL, 35.0);
    let fixes: Vec<Fix> = degraded.receivers().iter().map(|r| r.fix).collect();
    assert_eq!(fixes, [Fix::Fixed, Fix::Fixed, Fix::Fixed, Fix::Fixed, Fix::Single, Fix::Single]);
    let (again, _) = flown("show-1kg", lost_link, 2.0, Failsafes::ALL, 45.0);
    assert!(again.receivers().iter().all(|r| r.fix == Fix::Fixed));
}
