//! Is a show safe? Decided in continuous time, on the trajectories that are flown, however they were planned.
//!
//! Row of the architecture: **knows** whether a show is safe, independently of how it was planned; **imports** `kapok-show` only,
//! never the planner and no geometry of its making: a proof that shares code with the planner shares its mistakes.
//!
//! # The problem
//! Vehicle i moves along `p_i(t)`, Bézier pieces of degree d ≤ 7 on whole-millisecond intervals. For every pair, at every
//! instant, `|W(p_i − p_j)| ≥ limit` with `W = diag(1, 1, 1/c)`, c the downwash scale; below the minimum navigation
//! altitude (both vehicles) plain distance and a limit of its own; for every vehicle limits on speed, acceleration,
//! jerk, altitude, fence, keep-out volumes.
//!
//! # How it is decided
//! Each condition is that a polynomial (or a simple function of a few) has a minimum on an interval that is good enough.
//! The distance of a pair, for example, gives `s(u) = |W(p_i − p_j)|²`, of degree 2d on the interval both pieces share,
//! with Bernstein coefficients `s_k = Σ_{i+j=k} C(d,i) C(d,j) / C(2d,k) · q_i·q_j`. A polynomial lies between its least
//! and its greatest Bernstein coefficient, and halving the interval by de Casteljau's scheme brings these to the true
//! extremes with quadratic convergence. So: all coefficients good, proved; an end value bad, a witness; else halve. The
//! search encloses the worst value to 1e-6 by default.
//!
//! # Why it is sound
//! Arithmetic is f64 with bounds on rounding that are derived in advance (`kernel/rounding.rs` has the table). Where a pair is
//! so near to its limit that these bounds do not decide, exact integers do (`kernel/exact.rs`): a pair that flies side by side
//! at exactly the limit, or touches it at one instant, is proved. Outcomes are proved, violated with a witness, and
//! undecided, which counts as not safe.
//!
//! # The rules' fine print
//! - A pair is under the ground rule at the instants at which both are strictly below the minimum navigation altitude, but
//!   never above 5 m, and under the flight rule at all others. There is no instant without a rule.
//! - A vehicle stands on its pad until its trajectory begins and where it ends afterwards, and is held against the others
//!   there too. Trajectories begin on their pads and end on a pad or on the ground ([`Rule::Ends`]), unless
//!   [`ProofSettings::airborne_ends`] says that they are a part of a show.
//! - Speed, acceleration, jerk and their jumps are reported less what rounding of control points to
//!   [`ProofSettings::coordinate_step_m`] can explain in a piece of that degree and duration; their means over windows of
//!   pieces, less what it can explain there (`rules/motion/windows.rs` derives it).
//! - Times that a reader moved by [`ProofSettings::time_error_ms`] are charged to what depends on them; paths in space do not.
//! - Falls of failing vehicles are bounded (`kernel/fall.rs` derives how), and returns to home are flown by the whole fleet from
//!   every instant at which the show can be stopped (`rules/return_to_home`). What a stopped vehicle flies is derived here, from the
//!   words of the formats; a test holds it against the vocabulary's own.
//! - Vehicles are at rest before and after their trajectories: a start at speed is a jump.

//! # Reading order
//! Tests apart, about 7,200 lines, of which the verdict on distances hangs on the first 2,800:
//!
//! 1. `kernel` (1,400): `rounding`, `bernstein`, `search`, `exact`, then `track`, which makes pieces of a trajectory, and `tally`.
//! 2. `rules/separation` (1,400): `pair` decides one pair in one stretch of time and `critical` what is too close for floats; `slab`
//!    and `grid` leave out pairs that cannot meet.
//! 3. `prove.rs`, which calls the rules in the order of a certificate; `rule.rs` and `findings.rs`, what they say.
//! 4. The other `rules`, a file or folder each; `witness`, which measures a case without any of the searches.
//!
//! `figures.rs` hands enclosed values without a verdict to the room `risk`.
//!
//! # Example
//! Two vehicles fly side by side for a minute, 2 m apart where 1.5 m is the limit, and 1 m apart in a second show.
//!
//! ```
//! use kapok_proof::{ProofSettings, Rule, Verdict, prove, verify_witness};
//! use kapok_show::{
//!     DVec3, Environment, LightProgram, Limits, Show, Silent, Site, Trajectory, Vehicle, VehicleProfile, Wgs84,
//! };
//!
//! let show = |apart_m: f64| {
//!     let vehicle = |name: &str, y: f64| {
//!         let mut motion = Trajectory::starting_at(0, DVec3::new(0.0, y, 20.0)).unwrap();
//!         motion.push(60_000, &[DVec3::new(0.0, y, 20.0), DVec3::new(90.0, y, 20.0), DVec3::new(90.0, y, 20.0)]).unwrap();
//!         Vehicle::new(name, motion.start_point_m(), motion, LightProgram::dark())
//!     };
//!     Show {
//!         title: "side by side".into(),
//!         site: Site { origin: Wgs84 { latitude_deg: 23.1, longitude_deg: 113.3, amsl_m: 8.0 }, heading_deg: 0.0 },
//!         environment: Environment::default(),
//!         limits: Limits::default(),
//!         profile: VehicleProfile::default(),
//!         vehicles: vec![vehicle("a", 0.0), vehicle("b", apart_m)],
//!         chapters: Vec::new(),
//!         audio: None,
//!         draft: false,
//!     }
//! };
//! // A part of a show: it begins and ends in the air.
//! let settings = ProofSettings { airborne_ends: true, ..ProofSettings::default() };
//! assert_eq!(prove(&show(2.0), &settings, &Silent).verdict, Verdict::Proved);
//!
//! let near = show(1.0);
//! let findings = prove(&near, &settings, &Silent);
//! let separation = findings.rule(Rule::Separation).unwrap();
//! assert_eq!(separation.verdict, Verdict::Violated);
//! let worst = separation.worst.as_ref().unwrap();
//! assert!((worst.value - 1.0).abs() < 1e-6);
//! verify_witness(&near, Rule::Separation, worst, &settings).unwrap();
//! ```

#![allow(clippy::float_cmp, reason = "limits, ties and exact cases are compared as they are; rounding is bounded")]

mod figures;
mod findings;
mod help;
mod invalid_input;
mod kernel;
mod prove;
mod report;
mod rule;
mod rules;
mod settings;
mod statistics;
mod witness;

pub use figures::{Extremes, Margin, MotionBox, area_margins, extremes, fence_margins};
pub use findings::{Checker, Evidence, Findings};
pub use invalid_input::invalid_input;
pub use kernel::fall::{Fall, GRAVITY_M_S2, Speeds};
pub use prove::{assumptions, prove};
pub use rule::{Remedy, Rule, RuleLimit, RuleReport, VehicleRef, Verdict, Witness};
pub use rules::return_to_home::{ReturnEntryReport, verify_return_witness};
pub use rules::separation::{
    ClosestApproach, Distances, PairDistance, PairWitness, SearchEnd, TimeWindow, closest_approach,
};
pub use rules::site::{SiteError, SiteErrorReport, SiteMargin, site_error};
pub use settings::ProofSettings;
pub use statistics::Statistics;
pub use witness::{WitnessFault, verify_witness};
