//! Fleets in the air.

use kapok_show::DVec3;
use kapok_sim::{
    Control, EventKind, Fix, Fleet, GnssField, Guidance, GustFront, Jammer, Order, Pad, Phase, Profile, Random,
    Setpoint, Spoofer, Surroundings, WindSpec,
};

fn air(wind_m_s: f64) -> Surroundings {
    Surroundings { wind: WindSpec::of(wind_m_s), gnss: GnssField::clear(Fix::Fixed), temperature_c: 15.0 }
}

fn profile(name: &str) -> Profile {
    Profile::builtin(name).unwrap()
}

fn at(position_m: DVec3) -> Order {
    Order::Fly(Setpoint { position_m, velocity_m_s: DVec3::ZERO, acceleration_m_s2: DVec3::ZERO, yaw_rad: 0.0 })
}

/// Each vehicle holds a place above its pad until a time, then lands.
struct Hover {
    places: Vec<DVec3>,
    until_s: f64,
}

impl Guidance for Hover {
    fn order(&self, vehicle: usize, t_s: f64) -> Order {
        if t_s < self.until_s { at(self.places[vehicle]) } else { Order::Land }
    }
}

fn run(fleet: &mut Fleet, guidance: &dyn Guidance, until_s: f64) -> Vec<(f64, u32, EventKind)> {
    let mut events = Vec::new();
    while fleet.t_s() < until_s {
        fleet.advance(guidance);
        events.extend(fleet.events().iter().map(|e| (e.t_s, e.vehicle, e.kind)));
    }
    events
}

/// Every profile that ships takes off, holds its place in its wind, lands and stops.
#[test]
fn the_profiles_fly() {
    for (name, wind_m_s, height_m, worst_m) in
        [("show-1kg", 8.0, 30.0, 1.0), ("show-280g", 8.0, 30.0, 1.6), ("indoor-30g", 0.0, 1.5, 0.1)]
    {
        let mut surroundings = air(wind_m_s);
        surroundings.gnss = GnssField::clear(profile(name).best_fix);
        let mut fleet = Fleet::new(&profile(name), &surroundings, &[Pad::at(DVec3::ZERO)], Random::new(3, 0));
        let hover = Hover { places: vec![DVec3::Z * height_m], until_s: 60.0 };
        let mut events = run(&mut fleet, &hover, 40.0);
        let mut worst: f64 = 0.0;
        while fleet.t_s() < 60.0 {
            fleet.advance(&hover);
            worst = worst.max((fleet.bodies()[0].position_m - DVec3::Z * height_m).length());
        }
        assert!(worst < worst_m, "{name}: {worst} m off in {wind_m_s} m/s");
        events.extend(run(&mut fleet, &hover, 180.0));
        let kinds: Vec<EventKind> = events.iter().map(|e| e.2).collect();
        assert_eq!(kinds, [EventKind::TookOff, EventKind::Landed], "{name}");
        let body = fleet.bodies()[0];
        assert!(
            body.position_m.z.abs() < 1e-9 && body.position_m.truncate().length() < 2.0,
            "{name}: {}",
            body.position_m
        );
        assert_eq!(body.rotor_rad_s, [0.0; 4]);
    }
}

/// A step of 10 m to the side comes without a wild swing.
#[test]
fn a_step_is_followed_without_ringing() {
    for name in ["show-1kg", "show-280g"] {
        let mut fleet = Fleet::new(&profile(name), &air(0.0), &[Pad::at(DVec3::ZERO)], Random::new(4, 0));
        let order = |_: usize, t_s: f64| at(DVec3::new(if t_s < 30.0 { 0.0 } else { 10.0 }, 0.0, 20.0));
        run(&mut fleet, &order, 30.0);
        let mut farthest: f64 = 0.0;
        while fleet.t_s() < 55.0 {
            fleet.advance(&order);
            farthest = farthest.max(fleet.bodies()[0].position_m.x);
            let up = (fleet.bodies()[0].attitude * DVec3::Z).z;
            assert!(up > 0.7, "{name} leans by {} degrees", up.acos().to_degrees());
        }
        assert!(farthest < 12.0, "{name} overshoots to {farthest} m");
        assert!((fleet.bodies()[0].position_m.x - 10.0).abs() < 0.3, "{name}: {}", fleet.bodies()[0].position_m.x);
    }
}

fn grid(count: usize, height_m: f64) -> (Vec<Pad>, Hover) {
    let place = |i: usize| DVec3::new((i % 10) as f64 * 3.0, (i / 10) as f64 * 3.0, 0.0);
    let pads = (0..count).map(|i| Pad::at(place(i))).collect();
    (pads, Hover { places: (0..count).map(|i| place(i) + DVec3::Z * height_m).collect(), until_s: 40.0 })
}

/// Seeds and orders give the state, threads do not.
#[test]
fn one_thread_and_two_give_the_same_bits() {
    let (pads, hover) = grid(150, 15.0);
    let fly = |threads: usize, seed: u64| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let mut fleet = Fleet::new(&profile("show-280g"), &air(6.0), &pads, Random::new(seed, 0));
            run(&mut fleet, &hover, 25.0);
            fleet.bodies().to_vec()
        })
    };
    let one = fly(1, 9);
    assert_eq!(one, fly(2, 9));
    assert_ne!(one, fly(2, 10));
}

/// A clone is a snapshot: it flies on to the same bits, and on another branch to others.
#[test]
fn a_clone_flies_on_the_same_and_a_branch_differs() {
    let (pads, hover) = grid(20, 15.0);
    let mut fleet = Fleet::new(&profile("show-1kg"), &air(6.0), &pads, Random::new(5, 0));
    run(&mut fleet, &hover, 15.0);
    let (mut again, mut other) = (fleet.clone(), fleet.clone());
    other.branch(1);
    run(&mut fleet, &hover, 25.0);
    run(&mut again, &hover, 25.0);
    run(&mut other, &hover, 25.0);
    assert_eq!(fleet.bodies(), again.bodies());
    assert_ne!(fleet.bodies(), other.bodies());
}

/// Jammed for good: one board lands on its own, the other holds its height and slides away with the wind, all together.
#[test]
fn a_jammed_fleet_lands_or_drifts_with_the_wind_as_its_board_does() {
    let drift = |name: &str| {
        let mut surroundings = air(6.0);
        surroundings.wind.turbulence = 0.3;
        let jammer = Jammer { place_m: DVec3::ZERO, active_s: (30.0, f64::INFINITY), lost_m: 1e4, degraded_m: 1e4 };
        surroundings.gnss.jammers.push(jammer);
        let (pads, _) = grid(10, 40.0);
        let hover = Hover { places: pads.iter().map(|p| p.place_m + DVec3::Z * 40.0).collect(), until_s: 1e9 };
        let mut fleet = Fleet::new(&profile(name), &surroundings, &pads, Random::new(6, 0));
        let events = run(&mut fleet, &hover, 60.0);
        let lost: Vec<f64> = events.iter().filter(|e| e.2 == EventKind::PositionLost).map(|e| e.0).collect();
        assert_eq!(lost.len(), 10, "{name}: all lose their position");
        assert!(lost.iter().all(|t| (37.6..38.4).contains(t)), "{name}: 7 s and one: {lost:?}");
        let moved: Vec<DVec3> = fleet.bodies().iter().zip(&hover.places).map(|(b, p)| b.position_m - *p).collect();
        (moved, fleet.crafts()[0].control)
    };
    let (moved, control) = drift("show-1kg");
    assert_eq!(control, Control::HoldAltitude);
    let mean = moved.iter().map(|m| m.x).sum::<f64>() / 10.0;
    assert!(mean > 60.0, "20 s in 7 m/s: {mean} m downwind");
    assert!(
        moved.iter().all(|m| (m.x - mean).abs() < 0.5 * mean && m.z.abs() < 5.0),
        "together, at their height: {moved:?}"
    );
    let (moved, control) = drift("show-280g");
    assert_eq!(control, Control::LandLevel);
    assert!(moved.iter().all(|m| m.z < -20.0), "{moved:?}");
}

/// A spoofer drags a sector away while every vehicle believes that it holds its place.
#[test]
fn a_spoofed_sector_moves_against_the_lie() {
    let mut surroundings = air(2.0);
    let lie = DVec3::X * 0.3;
    let spoofer = Spoofer { place_m: DVec3::ZERO, active_s: (30.0, 1e9), reach_m: 1e3, drift_m_s: lie };
    surroundings.gnss.spoofers.push(spoofer);
    let hover = Hover { places: vec![DVec3::Z * 20.0], until_s: 1e9 };
    let mut fleet = Fleet::new(&profile("show-1kg"), &surroundings, &[Pad::at(DVec3::ZERO)], Random::new(8, 0));
    let events = run(&mut fleet, &hover, 60.0);
    assert!(!events.iter().any(|e| e.2 == EventKind::PositionLost));
    let off = fleet.bodies()[0].position_m - hover.places[0];
    assert!((off.x + 0.3 * 30.0).abs() < 1.5, "30 s of the lie, the other way: {off}");
}

/// A front of 10 m/s more moves the vehicles that it reaches first, first.
#[test]
fn a_gust_front_passes_over_the_fleet() {
    let mut surroundings = air(3.0);
    surroundings.wind.turbulence = 0.0;
    let front =
        GustFront { start_s: 30.0, end_s: 1e9, toward_rad: 0.0, travel_m_s: 10.0, added_m_s: 8.0, rise_m: 10.0 };
    surroundings.wind.fronts.push(front);
    let pads: Vec<Pad> = [0.0, 100.0].map(|x| Pad::at(DVec3::X * x)).to_vec();
    let hover = Hover { places: pads.iter().map(|p| p.place_m + DVec3::Z * 20.0).collect(), until_s: 1e9 };
    let mut fleet = Fleet::new(&profile("show-280g"), &surroundings, &pads, Random::new(8, 0));
    run(&mut fleet, &hover, 30.0);
    let mut first = [None; 2];
    while fleet.t_s() < 60.0 {
        fleet.advance(&hover);
        for ((body, place), first) in fleet.bodies().iter().zip(&hover.places).zip(&mut first) {
            if body.position_m.x - place.x > 0.4 {
                first.get_or_insert(fleet.t_s());
            }
        }
    }
    let (near, far) = (first[0].unwrap(), first[1].unwrap());
    assert!((far - near - 10.0).abs() < 1.0, "{near} s, {far} s: 100 m at 10 m/s");
}

/// Two that are sent to one place hit each other, fall and lie where they fell.
#[test]
fn a_collision_is_found_and_both_fall() {
    let pads: Vec<Pad> = [0.0, 6.0].map(|x| Pad::at(DVec3::X * x)).to_vec();
    let order = |i: usize, t_s: f64| {
        let x = if t_s < 25.0 { [0.0, 6.0][i] } else { 3.0 };
        at(DVec3::new(x, 0.0, 20.0))
    };
    let mut fleet = Fleet::new(&profile("show-1kg"), &air(2.0), &pads, Random::new(2, 0));
    let events = run(&mut fleet, &order, 45.0);
    let collided: Vec<_> = events.iter().filter(|e| matches!(e.2, EventKind::Collided { .. })).collect();
    assert_eq!(collided.len(), 2, "{events:?}");
    assert_eq!((collided[0].2, collided[1].2), (EventKind::Collided { other: 1 }, EventKind::Collided { other: 0 }));
    let crashes: Vec<_> = events.iter().filter(|e| matches!(e.2, EventKind::Crashed { .. })).collect();
    assert_eq!(crashes.len(), 2);
    let fell_s = crashes[0].0 - collided[0].0;
    assert!((1.9..4.0).contains(&fell_s), "20 m: 2.02 s in a vacuum, {fell_s} s in air");
    assert!(fleet.crafts().iter().all(|c| c.phase == Phase::Down));
    assert!(fleet.bodies().iter().all(|b| b.position_m.z < 0.0 && b.velocity_m_s == DVec3::ZERO));
}

#[test]
fn a_vehicle_without_one_rotor_comes_down() {
    let hover = Hover { places: vec![DVec3::Z * 30.0], until_s: 1e9 };
    let mut fleet = Fleet::new(&profile("show-1kg"), &air(0.0), &[Pad::at(DVec3::ZERO)], Random::new(2, 0));
    run(&mut fleet, &hover, 25.0);
    fleet.crafts_mut()[0].rotor_health[2] = 0.0;
    let events = run(&mut fleet, &hover, 60.0);
    assert!(matches!(events[..], [(_, 0, EventKind::Crashed { .. })]), "{events:?}");
}

/// The vehicle below flies in the jet of the one above: it takes more power, and gets it back when the other leaves.
#[test]
fn downwash_costs_the_lower_vehicle_power() {
    let power = |beside_m: f64| {
        let pads = [Pad::at(DVec3::ZERO), Pad::at(DVec3::X * 5.0)];
        let order = move |i: usize, t_s: f64| match (i, t_s < 20.0) {
            (0, _) => at(DVec3::Z * 10.0),
            (_, true) => at(DVec3::new(5.0, 0.0, 13.0)),
            _ => at(DVec3::new(beside_m, 0.0, 13.0)),
        };
        let mut fleet = Fleet::new(&profile("show-1kg"), &air(0.0), &pads, Random::new(2, 0));
        run(&mut fleet, &order, 40.0);
        let mut energy = 0.0;
        while fleet.t_s() < 50.0 {
            fleet.advance(&order);
            energy += fleet.batteries()[0].voltage_v * fleet.batteries()[0].current_a * kapok_sim::TICK_S;
        }
        energy / 10.0
    };
    let (alone, below) = (power(5.0), power(0.0));
    assert!(below > 1.03 * alone, "{below} W below another, {alone} W beside it");
}

/// A pack in the cold lasts shorter, and its end is a landing, not a fall.
#[test]
fn an_empty_pack_ends_in_a_landing() {
    let flown_s = |temperature_c: f64, charge: f64| {
        let pads = [Pad { charge, ..Pad::at(DVec3::ZERO) }];
        let surroundings = Surroundings { temperature_c, ..air(3.0) };
        let hover = Hover { places: vec![DVec3::Z * 12.0], until_s: 1e9 };
        let mut fleet = Fleet::new(&profile("show-280g"), &surroundings, &pads, Random::new(2, 0));
        let events = run(&mut fleet, &hover, 400.0);
        let critical = events.iter().find(|e| e.2 == EventKind::BatteryCritical).unwrap().0;
        assert!(events.iter().any(|e| e.2 == EventKind::BatteryLow && e.0 <= critical));
        assert!(events.iter().any(|e| e.2 == EventKind::Landed), "{events:?}");
        critical
    };
    let (warm, cold) = (flown_s(20.0, 0.2), flown_s(-5.0, 0.2));
    assert!(cold < 0.8 * warm, "{cold} s in the cold, {warm} s in the warm");
}

/// A compass that is off by a right angle makes a vehicle circle ever wider, as crews know it.
#[test]
fn a_compass_fault_makes_a_vehicle_circle() {
    let hover = Hover { places: vec![DVec3::Z * 20.0], until_s: 1e9 };
    let farthest = |compass_rad: f64| {
        let mut fleet = Fleet::new(&profile("show-280g"), &air(3.0), &[Pad::at(DVec3::ZERO)], Random::new(2, 0));
        run(&mut fleet, &hover, 25.0);
        fleet.crafts_mut()[0].faults.compass_rad = compass_rad;
        let mut worst: f64 = 0.0;
        while fleet.t_s() < 60.0 {
            fleet.advance(&hover);
            worst = worst.max((fleet.bodies()[0].position_m - hover.places[0]).truncate().length());
        }
        worst
    };
    assert!(farthest(0.0) < 1.0, "{}", farthest(0.0));
    assert!(farthest(1.6) > 3.0, "{}", farthest(1.6));
}

/// What has landed stays on the ground, whatever the show says, until it is made ready.
#[test]
fn a_landed_vehicle_does_not_take_off_by_itself() {
    let hover = |_: usize, t_s: f64| if (10.0..20.0).contains(&t_s) { Order::Land } else { at(DVec3::Z * 2.0) };
    let mut fleet = Fleet::new(&profile("show-1kg"), &air(0.0), &[Pad::at(DVec3::ZERO)], Random::new(2, 0));
    let events = run(&mut fleet, &hover, 30.0);
    assert_eq!((events.len(), fleet.crafts()[0].phase), (2, Phase::Landed), "{events:?}");
    fleet.make_ready(0);
    run(&mut fleet, &hover, 40.0);
    assert_eq!(fleet.crafts()[0].phase, Phase::Flying);
}

/// Flies as a pilot says, who has the failsafes: a landing can be taken back.
struct Pilot;

impl Guidance for Pilot {
    fn order(&self, _: usize, t_s: f64) -> Order {
        match t_s as u32 {
            15..20 => Order::HoldAltitude,
            0..40 | 45..55 => at(DVec3::Z * 20.0),
            _ => Order::Land,
        }
    }

    fn has_failsafes(&self) -> bool {
        true
    }
}

#[test]
fn a_pilot_holds_the_height_alone_and_takes_a_landing_back() {
    let pads = [Pad { yaw_rad: 1.0, ..Pad::at(DVec3::ZERO) }];
    let mut fleet = Fleet::new(&profile("show-280g"), &air(5.0), &pads, Random::new(2, 0));
    let ahead = fleet.bodies()[0].attitude * DVec3::X;
    assert!((ahead - DVec3::new(1.0_f64.cos(), 1.0_f64.sin(), 0.0)).length() < 1e-12, "{ahead}");
    let off = |fleet: &Fleet| fleet.bodies()[0].position_m - DVec3::Z * 20.0;
    run(&mut fleet, &Pilot, 15.0);
    assert!(off(&fleet).length() < 1.0, "{}", off(&fleet));
    run(&mut fleet, &Pilot, 20.0);
    assert!(off(&fleet).truncate().length() > 5.0 && off(&fleet).z.abs() < 1.5, "drifts: {}", off(&fleet));
    run(&mut fleet, &Pilot, 40.0);
    assert!(off(&fleet).length() < 1.0, "{}", off(&fleet));
    run(&mut fleet, &Pilot, 45.0);
    assert!(off(&fleet).z < -3.0, "sinks: {}", off(&fleet));
    run(&mut fleet, &Pilot, 54.0);
    assert!(off(&fleet).length() < 1.5 && fleet.crafts()[0].control == Control::Follow, "{}", off(&fleet));
    run(&mut fleet, &Pilot, 120.0);
    assert_eq!(fleet.crafts()[0].phase, Phase::Landed);
}
