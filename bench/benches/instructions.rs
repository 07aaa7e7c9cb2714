//! Instructions of the hot kernels, counted by Valgrind: the same on every run, so a regression shows in one.

use std::hint::black_box;

use gungraun::{library_benchmark, library_benchmark_group, main};
use kapok_plan::{
    AssignSettings, MotionLimits, TransitionOutcome, TransitionSettings, assign, makespan_bound, transition,
};
use kapok_proof::{TimeWindow, closest_approach};
use kapok_show::{DVec3, Silent, Trajectory};

type Points = (Vec<DVec3>, Vec<DVec3>);

/// Two grids of n by n, 2 m apart, the second turned by the 3-4-5 angle.
fn grids(n: i32) -> Points {
    let cells = || (0..n).flat_map(move |i| (0..n).map(move |j| (f64::from(i) * 2.0, f64::from(j) * 2.0)));
    (
        cells().map(|(x, y)| DVec3::new(x, y, 30.0)).collect(),
        cells().map(|(x, y)| DVec3::new(0.6 * x - 0.8 * y, 0.8 * x + 0.6 * y, 30.0)).collect(),
    )
}

fn pair() -> [Trajectory; 2] {
    let bent = |y: f64| {
        let mut t = Trajectory::starting_at(0, DVec3::new(0.0, y, 20.0)).expect("finite");
        for k in 1..=60_i64 {
            let x = k as f64;
            let control =
                [DVec3::new(x - 0.7, y + 0.3, 20.0), DVec3::new(x - 0.3, y - 0.3, 20.0), DVec3::new(x, y, 20.0)];
            t.push(k * 1000, &control).expect("increasing");
        }
        t
    };
    [bent(0.0), bent(2.0)]
}

#[library_benchmark]
#[bench::n_900(grids(30))]
fn assignment((starts, goals): Points) -> f64 {
    black_box(assign(&starts, &goals, &AssignSettings::default()).expect("equal counts").cost_m2)
}

#[library_benchmark]
#[bench::n_900(grids(30))]
fn bound((starts, goals): Points) -> f64 {
    let limits = MotionLimits::isotropic(6.0, 3.0, 6.0);
    black_box(makespan_bound(&starts, &goals, &limits, None).expect("equal counts").bound_s)
}

#[library_benchmark]
#[bench::n_400(grids(20))]
fn whole_transition((starts, goals): Points) -> bool {
    let settings = TransitionSettings::new(MotionLimits::isotropic(6.0, 3.0, 6.0), 1.4, 1.0);
    let outcome = transition(&starts, &goals, &settings, &Silent).expect("legal");
    black_box(matches!(outcome, TransitionOutcome::Complete(_)))
}

#[library_benchmark]
#[bench::sixty_pieces(pair())]
fn closest([a, b]: [Trajectory; 2]) -> f64 {
    black_box(closest_approach(&a, &b, TimeWindow { start_ms: 0, end_ms: 60_000 }, 1e-6).lower_m)
}

library_benchmark_group!(name = kernels, benchmarks = [assignment, bound, whole_transition, closest]);
main!(library_benchmark_groups = kernels);
