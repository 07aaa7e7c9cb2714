//! x
#![allow(warnings)]
use kapok_plan::*;
use kapok_show::{DVec3, Silent};
fn main() {
    let a: Vec<String> = std::env::args().collect();
    let file = &a[1];
    let sep: f64 = a[2].parse().unwrap();
    let c: f64 = a.get(3).map_or(1.0, |s| s.parse().unwrap());
    let text = std::fs::read_to_string(file).unwrap();
    let (s, g): (Vec<DVec3>, Vec<DVec3>) = text.lines().skip(1).map(|l| { let v: Vec<f64> = l.split(',').map(|x| x.parse().unwrap()).collect(); (DVec3::new(v[0],v[1],v[2]), DVec3::new(v[3],v[4],v[5])) }).unzip();
    let set = TransitionSettings::new(MotionLimits::isotropic(6.0,3.0,6.0), sep, c);
    let t = std::time::Instant::now();
    let name = file.rsplit('/').next().unwrap();
    match transition(&s, &g, &set, &Silent).unwrap() {
        TransitionOutcome::Infeasible(r) => println!("{name} {sep} {c}: INFEASIBLE {:.100} {:.2}s", r.to_string(), t.elapsed().as_secs_f64()),
        TransitionOutcome::Complete(p) => println!("{name} {sep} {c}: ratio {:.4} spread {:.3} min {:.4} {:.2}s", p.report.ratio, p.report.spread_factor, p.report.min_separation_m, t.elapsed().as_secs_f64()),
    }
}
