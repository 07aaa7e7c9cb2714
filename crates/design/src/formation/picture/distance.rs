/// For every pixel of a `width` × `height` image the squared distance, in pixels, to the nearest seed, and that seed.
/// Without seeds all distances are infinite.
///
/// # Source
/// Felzenszwalb, Huttenlocher: Distance transforms of sampled functions, Theory of Computing 8 (2012).
pub(super) fn nearest_seeds(width: usize, height: usize, is_seed: impl Fn(usize) -> bool) -> Vec<(f64, u32)> {
    let mut result: Vec<(f64, u32)> =
        (0..width * height).map(|i| if is_seed(i) { (0.0, i as u32) } else { (f64::INFINITY, u32::MAX) }).collect();
    let mut line = vec![(0.0, 0); width.max(height)];
    let mut envelope = Vec::new();
    for x in 0..width {
        for y in 0..height {
            line[y] = result[y * width + x];
        }
        sweep(&line[..height], &mut envelope, |y, value| result[y * width + x] = value);
    }
    for y in 0..height {
        line[..width].copy_from_slice(&result[y * width..(y + 1) * width]);
        sweep(&line[..width], &mut envelope, |x, value| result[y * width + x] = value);
    }
    result
}

/// Lower envelope of the parabolas `(x − q)² + f(q)`.
fn sweep(f: &[(f64, u32)], envelope: &mut Vec<(usize, f64)>, mut put: impl FnMut(usize, (f64, u32))) {
    envelope.clear();
    for (q, &(value, _)) in f.iter().enumerate() {
        if value == f64::INFINITY {
            continue;
        }
        let height = value + (q * q) as f64;
        loop {
            let Some(&(p, start)) = envelope.last() else {
                envelope.push((q, f64::NEG_INFINITY));
                break;
            };
            let meet = (height - (f[p].0 + (p * p) as f64)) / (2 * (q - p)) as f64;
            if meet > start {
                envelope.push((q, meet));
                break;
            }
            envelope.pop();
        }
    }
    let mut k = 0;
    if envelope.is_empty() {
        return;
    }
    for x in 0..f.len() {
        while k + 1 < envelope.len() && envelope[k + 1].1 < x as f64 {
            k += 1;
        }
        let q = envelope[k].0;
        let step = x as f64 - q as f64;
        put(x, (step * step + f[q].0, f[q].1));
    }
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "the values are exact")]
mod tests {
    use super::*;

    #[test]
    fn equals_the_slow_way() {
        let (width, height) = (17, 11);
        let seeds = [3, 40, 41, 100, 186];
        let fast = nearest_seeds(width, height, |i| seeds.contains(&i));
        for (i, &(distance, seed)) in fast.iter().enumerate() {
            let squared = |s: usize| {
                let (dx, dy) = ((i % width).abs_diff(s % width), (i / width).abs_diff(s / width));
                (dx * dx + dy * dy) as f64
            };
            let truth = seeds.iter().map(|&s| squared(s)).fold(f64::INFINITY, f64::min);
            assert_eq!(distance, truth);
            assert_eq!(squared(seed as usize), truth);
        }
    }

    #[test]
    fn no_seed_means_infinitely_far() {
        assert!(nearest_seeds(4, 4, |_| false).iter().all(|(d, _)| *d == f64::INFINITY));
    }
}
