use kapok_show::math;

/// Random numbers by counter: what is drawn depends on the key and the counter alone, never on what was drawn before.
///
/// Key: seed and run. Counter: vehicle, tick, what it is for, branch. So any vehicle of any run, at any instant, is drawn on any
/// thread and in any order with the same result, and a branch of a run replays alone.
///
/// # Source
/// Philox4x32-10: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Random {
    key: [u32; 2],
    branch: u32,
}

/// What a number is drawn for; one word of the counter, so that two uses never share a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum Stream {
    /// The modes of the turbulence.
    Wind = 1,
    /// Errors of satellite positioning, first block.
    Position,
    /// Errors of satellite velocity.
    Velocity,
    /// Slow processes of a receiver.
    Receiver,
    /// Slow processes that a base station's or a sector's receivers share.
    Shared,
    /// Gyroscopes and tilt.
    Gyroscope,
    /// Accelerometers.
    Accelerometer,
    /// Barometers.
    Barometer,
    /// What differs from vehicle to vehicle from the start.
    Vehicle,
    /// What a caller draws: placement, clocks.
    Caller,
}

impl Random {
    /// A generator of a campaign's `seed` and one of its runs.
    pub fn new(seed: u64, run: u32) -> Self {
        // A run has 2^32 seeds of its own: the seed's high word is mixed in by one block of the generator itself.
        let block = philox([run, (seed >> 32) as u32, 0, 0], [seed as u32, 0x4B61_706F]);
        Self { key: [block[0], block[1]], branch: 0 }
    }

    /// The same run, another future.
    #[must_use]
    pub fn branched(self, branch: u32) -> Self {
        Self { branch, ..self }
    }

    /// Four words for a vehicle, a tick and a use.
    pub fn words(&self, vehicle: u32, tick: u32, stream: Stream) -> [u32; 4] {
        philox([vehicle, tick, stream as u32, self.branch], self.key)
    }

    /// Four numbers of the uniform distribution on (0, 1), never an end.
    pub fn uniform(&self, vehicle: u32, tick: u32, stream: Stream) -> [f64; 4] {
        self.words(vehicle, tick, stream).map(unit)
    }

    /// Four independent numbers of the standard normal distribution, each the quantile of a uniform one.
    pub fn normal(&self, vehicle: u32, tick: u32, stream: Stream) -> [f64; 4] {
        self.uniform(vehicle, tick, stream).map(quantile)
    }
}

/// The quantile of the standard normal distribution, 0 < p < 1: Acklam's rational approximations (2003), relative error below 1.2e-9.
/// A logarithm is drawn in the tails alone, one time in twenty.
fn quantile(p: f64) -> f64 {
    const A: [f64; 6] = [
        -3.969_683_028_665_376e1,
        2.209_460_984_245_205e2,
        -2.759_285_104_469_687e2,
        1.383_577_518_672_69e2,
        -3.066_479_806_614_716e1,
        2.506_628_277_459_239,
    ];
    const B: [f64; 6] = [
        -5.447_609_879_822_406e1,
        1.615_858_368_580_409e2,
        -1.556_989_798_598_866e2,
        6.680_131_188_771_972e1,
        -1.328_068_155_288_572e1,
        1.0,
    ];
    const C: [f64; 6] = [
        -7.784_894_002_430_293e-3,
        -3.223_964_580_411_365e-1,
        -2.400_758_277_161_838,
        -2.549_732_539_343_734,
        4.374_664_141_464_968,
        2.938_163_982_698_783,
    ];
    const D: [f64; 5] =
        [7.784_695_709_041_462e-3, 3.224_671_290_700_398e-1, 2.445_134_137_142_996, 3.754_408_661_907_416, 1.0];
    /// Where the tails begin.
    const TAIL: f64 = 0.024_25;
    let horner = |list: &[f64], x: f64| list.iter().fold(0.0, |sum, c| sum * x + c);
    let tail = |p: f64| {
        let q = (-2.0 * math::ln(p)).sqrt();
        horner(&C, q) / horner(&D, q)
    };
    if p < TAIL {
        tail(p)
    } else if p > 1.0 - TAIL {
        -tail(1.0 - p)
    } else {
        let q = p - 0.5;
        q * horner(&A, q * q) / horner(&B, q * q)
    }
}

/// A word as a number of (0, 1).
fn unit(word: u32) -> f64 {
    (f64::from(word) + 0.5) / 4_294_967_296.0
}

/// Ten rounds of Philox4x32.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    let wide = |a: u32, b: u32| {
        let product = u64::from(a) * u64::from(b);
        ((product >> 32) as u32, product as u32)
    };
    for _ in 0..10 {
        let (high_0, low_0) = wide(0xD251_1F53, counter[0]);
        let (high_1, low_1) = wide(0xCD9E_8D57, counter[2]);
        counter = [high_1 ^ counter[1] ^ key[0], low_1, high_0 ^ counter[3] ^ key[1], low_0];
        key = [key[0].wrapping_add(0x9E37_79B9), key[1].wrapping_add(0xBB67_AE85)];
    }
    counter
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The known answers that the authors publish with their code.
    #[test]
    fn the_published_answers_come_out() {
        let ones = u32::MAX;
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([ones; 4], [ones; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        let pi = [0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344];
        assert_eq!(philox(pi, [0xa409_3822, 0x299f_31d0]), [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]);
    }

    #[test]
    fn normals_have_the_moments_of_normals() {
        let random = Random::new(7, 0);
        let drawn: Vec<f64> = (0..50_000).flat_map(|tick| random.normal(3, tick, Stream::Position)).collect();
        let moment = |power: i32| drawn.iter().map(|x| x.powi(power)).sum::<f64>() / drawn.len() as f64;
        // Standard errors at 200,000 draws: 0.0022, 0.0032, 0.0087, 0.022.
        assert!(moment(1).abs() < 0.01, "{}", moment(1));
        assert!((moment(2) - 1.0).abs() < 0.015, "{}", moment(2));
        assert!(moment(3).abs() < 0.04, "{}", moment(3));
        assert!((moment(4) - 3.0).abs() < 0.1, "{}", moment(4));
    }

    /// Tables of the normal distribution.
    #[test]
    fn quantiles_are_those_of_the_tables() {
        for (p, z) in
            [(0.5, 0.0), (0.975, 1.959_963_985), (0.995, 2.575_829_304), (0.999_9, 3.719_016_485), (0.841_344_746, 1.0)]
        {
            assert!((quantile(p) - z).abs() < 1e-8, "{p}: {}", quantile(p));
            assert!((quantile(1.0 - p) + z).abs() < 1e-8, "{p}");
        }
        assert!(quantile(unit(0)) < -6.2 && quantile(unit(u32::MAX)) > 6.2);
    }

    #[test]
    fn seeds_runs_vehicles_ticks_uses_and_branches_differ() {
        let base = Random::new(1, 0);
        let first = base.words(5, 6, Stream::Wind);
        let others = [
            Random::new(2, 0).words(5, 6, Stream::Wind),
            Random::new(1 << 32 | 1, 0).words(5, 6, Stream::Wind),
            Random::new(1, 1).words(5, 6, Stream::Wind),
            base.words(6, 6, Stream::Wind),
            base.words(5, 7, Stream::Wind),
            base.words(5, 6, Stream::Position),
            base.branched(1).words(5, 6, Stream::Wind),
        ];
        assert!(others.iter().all(|words| *words != first), "{first:?} {others:?}");
        assert_eq!(base.words(5, 6, Stream::Wind), first);
    }
}
