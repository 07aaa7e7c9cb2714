use kapok_show::DVec3;

/// A symmetric 3 × 3 matrix: xx, yy, zz, xy, xz, yz.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Symmetric([f64; 6]);

impl Symmetric {
    fn apply(&self, v: DVec3) -> DVec3 {
        let [xx, yy, zz, xy, xz, yz] = self.0;
        DVec3::new(xx * v.x + xy * v.y + xz * v.z, xy * v.x + yy * v.y + yz * v.z, xz * v.x + yz * v.y + zz * v.z)
    }

    /// self · m · self.
    fn sandwich(&self, m: &Self) -> Self {
        let column = |axis: DVec3| self.apply(m.apply(self.apply(axis)));
        let (a, b, c) = (column(DVec3::X), column(DVec3::Y), column(DVec3::Z));
        Self([a.x, b.y, c.z, f64::midpoint(a.y, b.x), f64::midpoint(a.z, c.x), f64::midpoint(b.z, c.y)])
    }

    /// Applies `f` to the eigenvalues (cyclic Jacobi rotations).
    fn map_eigenvalues(&self, f: impl Fn(f64) -> f64) -> Self {
        let [xx, yy, zz, xy, xz, yz] = self.0;
        let mut m = [[xx, xy, xz], [xy, yy, yz], [xz, yz, zz]];
        let mut axes = [[1.0, 0.0, 0.0], [0.0, 1.0, 0.0], [0.0, 0.0, 1.0]];
        for _ in 0..12 {
            for (p, q) in [(0, 1), (0, 2), (1, 2)] {
                if m[p][q] == 0.0 {
                    continue;
                }
                let theta = (m[q][q] - m[p][p]) / (2.0 * m[p][q]);
                let sign = if theta < 0.0 { -1.0 } else { 1.0 };
                let t = sign / (theta.abs() + (theta * theta + 1.0).sqrt());
                let c = 1.0 / (t * t + 1.0).sqrt();
                let s = t * c;
                for row in &mut m {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
                let (row_p, row_q) = (m[p], m[q]);
                m[p] = std::array::from_fn(|k| c * row_p[k] - s * row_q[k]);
                m[q] = std::array::from_fn(|k| s * row_p[k] + c * row_q[k]);
                for row in &mut axes {
                    (row[p], row[q]) = (c * row[p] - s * row[q], s * row[p] + c * row[q]);
                }
            }
        }
        let value = [f(m[0][0]), f(m[1][1]), f(m[2][2])];
        let entry = |i: usize, j: usize| (0..3).map(|k| axes[i][k] * axes[j][k] * value[k]).sum();
        Self([entry(0, 0), entry(1, 1), entry(2, 2), entry(0, 1), entry(0, 2), entry(1, 2)])
    }
}

/// Moves both sets into coordinates in which the same assignments are optimal and trips are short.
///
/// Only Σ x·y decides which permutation has the least Σ|x − y|². It does not change when the sets are centred, nor when
/// x is replaced by A·x and y by A⁻¹·y for a symmetric invertible A. A is taken such that both sets get the same
/// covariance (the optimal transport map between two normal distributions), so a turned, stretched or flattened
/// formation is nearly where it has to go before any search begins.
///
/// # Guarantees
/// x'·y' = (x − x̄)·(y − ȳ) up to rounding for all pairs.
pub fn matched(starts: &[DVec3], goals: &[DVec3]) -> (Vec<DVec3>, Vec<DVec3>) {
    let (start_mean, start_cov) = moments(starts);
    let (goal_mean, goal_cov) = moments(goals);
    let trace = |m: &Symmetric| m.0[0] + m.0[1] + m.0[2];
    // Flat sets have a singular covariance; a thousandth of the larger extent (squared: 1e-6) keeps A well conditioned.
    let floor = 1e-6 * trace(&start_cov).max(trace(&goal_cov)) + f64::MIN_POSITIVE.sqrt();
    let lift = |m: Symmetric| Symmetric([m.0[0] + floor, m.0[1] + floor, m.0[2] + floor, m.0[3], m.0[4], m.0[5]]);
    let (start_cov, goal_cov) = (lift(start_cov), lift(goal_cov));
    let root = |v: f64| v.max(floor * 1e-3).sqrt();
    let half = start_cov.map_eigenvalues(root);
    let half_inverse = start_cov.map_eigenvalues(|v| 1.0 / root(v));
    let transport = half_inverse.sandwich(&half.sandwich(&goal_cov).map_eigenvalues(root));
    let quarter = |v: f64| v.clamp(1e-8, 1e8).sqrt();
    let forward = transport.map_eigenvalues(quarter);
    let backward = transport.map_eigenvalues(|v| 1.0 / quarter(v));
    (
        starts.iter().map(|&x| forward.apply(x - start_mean)).collect(),
        goals.iter().map(|&y| backward.apply(y - goal_mean)).collect(),
    )
}

fn moments(points: &[DVec3]) -> (DVec3, Symmetric) {
    let n = points.len().max(1) as f64;
    let mean = points.iter().fold(DVec3::ZERO, |s, &p| s + p) / n;
    let mut sum = [0.0; 6];
    for &p in points {
        let d = p - mean;
        for (s, v) in sum.iter_mut().zip([d.x * d.x, d.y * d.y, d.z * d.z, d.x * d.y, d.x * d.z, d.y * d.z]) {
            *s += v / n;
        }
    }
    (mean, Symmetric(sum))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn points() -> impl Strategy<Value = Vec<DVec3>> {
        prop::collection::vec((-50.0..50.0f64, -9.0..9.0f64, 0.0..3.0f64), 12)
            .prop_map(|v| v.into_iter().map(|(x, y, z)| DVec3::new(x, y, z)).collect())
    }

    proptest! {
        #[test]
        fn keeps_inner_products(starts in points(), mut goals in points(), flat: bool) {
            if flat {
                for g in &mut goals {
                    g.z = 30.0;
                }
            }
            let (x, y) = matched(&starts, &goals);
            let (sm, gm) = (moments(&starts).0, moments(&goals).0);
            for i in 0..12 {
                for j in 0..12 {
                    let direct = (starts[i] - sm).dot(goals[j] - gm);
                    prop_assert!((x[i].dot(y[j]) - direct).abs() < 1e-7);
                }
            }
        }
    }

    #[test]
    fn a_turned_and_stretched_copy_falls_on_itself() {
        let starts: Vec<DVec3> =
            (0..100).map(|i| DVec3::new(f64::from(i % 10), f64::from(i / 10), f64::from(i % 3))).collect();
        // A positive definite map, as optimal transport maps are.
        let goals: Vec<DVec3> = starts
            .iter()
            .map(|s| DVec3::new(4.0 * s.x + s.y, s.x + 2.0 * s.y, 0.5 * s.z) + DVec3::new(100.0, 20.0, 7.0))
            .collect();
        let (x, y) = matched(&starts, &goals);
        for i in 0..100 {
            assert!(x[i].distance(y[i]) < 1e-2, "{i}: {} {}", x[i], y[i]);
        }
    }

    #[test]
    fn one_point_or_coincident_points_are_no_trouble() {
        let (x, y) = matched(&[DVec3::ONE], &[DVec3::splat(9.0)]);
        assert_eq!((x[0], y[0]), (DVec3::ZERO, DVec3::ZERO));
        let (x, _) = matched(&[DVec3::ONE; 3], &[DVec3::ZERO; 3]);
        assert!(x.iter().all(|p| p.is_finite()));
    }
}
