//! The physics of one vehicle and of a fleet: what flies, in what air, seen by what sensors, held by what autopilot.
//!
//! Row of the architecture: **knows** rigid bodies and rotors, wind, positioning, estimators, packs, the cascade of autopilots, fleets
//! in a fixed step, vehicle profiles; **imports** `show`, `motion`. No files, no clock: states come out, the seed goes in.
//!
//! # Frames, units, signs
//! Site frame (x right, y ahead, z up) for places and velocities; body axes x ahead, y left, z up; `q` turns body into site. SI
//! throughout, angles in radians, positive about an axis as the right hand turns. Rotors: front left, front right, rear right, rear
//! left; the first and third turn the body to the left.
//!
//! # Body ([`Airframe`], [`Body`], [`Stepper`])
//! With v_a = Rᵀ(v − wind), r_i the rotors' places, u_i = v_a + ω × r_i, W_i their speeds:
//!
//! | what | law |
//! | --- | --- |
//! | rotor | `dW_i = (W_cmd − W_i)/τ dt`, τ rising or falling, solved exactly; 0 ≤ W_cmd ≤ W_max · voltage / full voltage |
//! | thrust | `T_i = g(z) kT W_i² + k_h (u_x² + u_y²)`, ground effect `g = 1/(1 − (R/4z)²)` |
//! | rotor drag | `H_i = −W_i diag(k_d, k_d, k_z) u_i`: linear in airspeed |
//! | frame drag | `D = −diag(l) v_a − diag(c) \|v_a\| v_a` |
//! | force | `m v̇ = −m g ẑ + R (Σ(T_i ẑ + H_i) + D) + contact` |
//! | moment | `J ω̇ = Σ r_i × (T_i ẑ + H_i) ± kM W_i² ẑ − ω × J ω + rotors' spin + contact` |
//!
//! One evaluation a step, at the predicted middle: second order; the rotation by Runge–Kutta and Magnus, fourth order. On the ground
//! four legs push and rub; a vehicle that stands still is held.
//!
//! # Control ([`Cascade`], [`Gains`])
//! Ten setpoints a second → shaped path within jerk and acceleration → velocity wanted (P, the show's velocity fed forward) →
//! acceleration (PID across; P and PI of acceleration upwards) → direction of thrust, at most the greatest lean → rates (P) → shares of
//! thrust (PID) → mixer. Gains are in the units of ArduCopter's parameters, with the values of show boards.
//!
//! # Sensors ([`Estimator`], [`Receiver`], [`GnssField`])
//! An estimator is its errors: `ṗ = v`, `v̇ = θ × (a + g ẑ) + R b_a`, `θ̇ = R b_g + n`; measurements pull them by fixed gains, gates
//! refuse what is too far off. Lost aiding follows the firmware: dead reckoning after 1 s, no position after 7 s (10 s while velocity
//! is measured), failsafe 1 s later ([`timetable`]). A receiver's error is white noise and a Gauss–Markov process with parts in common by
//! base station and sector. Jammers take fixes by distance, spoofers move the place that is believed.
//!
//! # Air ([`Wind`], [`Turbulence`], [`Wake`])
//! Mean wind `U₁₀ (z/10)^a`; one frozen field of turbulence with von Kármán's spectrum, strength and lengths of MIL-F-8785C at 60 m,
//! carried by the mean wind; gust fronts `V/2 (1 − cos π s/d)` that cross the site. Sampled ten times a second at each vehicle, straight
//! between. Below each vehicle a jet sinks ([`Wake`]).
//!
//! # Pack ([`Battery`])
//! `v = OCV(z) − v₁ − R₀ i`, `v i = Σ T^1.5/√(2ρA)/η + P₀`; resistance `∝ exp(3131/(273 + T))`. The voltage bounds the rotors' speed.
//!
//! # Fleet ([`Fleet`])
//! 200 Hz steps in ticks of 100 ms. Within a tick vehicles are independent and advance in parallel; between ticks come wakes,
//! collisions (exact for straight motion within the tick) and what receivers share. What is hit falls, with its rotors stopped.
//!
//! # Faults ([`FaultScript`], [`FaultTimeline`])
//! A TOML timetable of jammers, false places, sensors, rotors, packs, wind and uploads; the same type serves the rehearsal and the
//! fleet on sockets. [`Failsafes`] are those of the firmware that a crew switches on.
//!
//! # Randomness ([`Random`])
//! Philox by counter: (seed, run) is the key; vehicle, tick, use and branch are the counter. Nothing depends on order or threads, and
//! a clone of a fleet goes on as the original, or on a branch of its own.
//!
//! # Not modelled
//! Wakes blown aside by wind, vortex ring state, rotors' flapping, rain, icing, flexible frames, vibration; ground that is not level;
//! a vehicle without a rotor is not held by any special control.
//!
//! # Sources
//! Rotor and drag model as RotorPy (Folk, Paulos, Kumar 2023) and RotorS (Furrer et al. 2016) have it; Cheeseman and Bennett (1955); MIL-F-8785C
//! (1980); von Kármán (1948); Bauersfeld et al. (2024) for wakes; ArduPilot's AC_PosControl, AC_AttitudeControl, ekf_check and AP_NavEKF3
//! for structure and timetable; Salmon et al. (2011) for Philox. Each profile names the source of each of its figures.

mod airframe;
mod areas;
mod battery;
mod body;
mod cascade;
mod checker;
mod collision;
mod contact;
mod downwash;
mod estimator;
mod fault;
mod fleet;
mod positioning;
mod profile;
mod random;
#[cfg(test)]
mod testing;
mod wind;

pub use airframe::{Airframe, GRAVITY_M_S2, Wrench};
pub use areas::SiteAreas;
pub use battery::{Battery, Pack};
pub use body::{Body, Stepper};
pub use cascade::{Cascade, CascadeState, Chase, Gains, Horizontal, LostPosition, Seen, Setpoint, Shaper};
pub use collision::Encounter;
pub use downwash::{AIR_KG_M3, Wake};
pub use estimator::{Aiding, Estimator, Observation, SensorFaults, timetable};
pub use fault::{
    Affected, Fault, FaultDocument, FaultScript, FaultTimeline, MAX_FAULT_SCRIPT_BYTES, MAX_FAULTS, TimedFault,
};
pub use fleet::{
    Control, Craft, Event, EventKind, Failsafes, Fleet, Guidance, Order, Pad, Phase, STEP_S, STEPS_PER_TICK,
    ShowGuidance, Surroundings, TICK_S,
};
pub use positioning::{Deception, Fix, FixQuality, GnssField, Jammer, Measurement, Receiver, Shared, Spoofer, Station};
pub use profile::{MAX_PROFILE_BYTES, Profile, ProfileDocument};
pub use random::{Random, Stream};
pub use wind::{GustFront, Turbulence, TurbulenceScale, WIND_HEIGHT_M, Wind, WindChange, WindSpec};
