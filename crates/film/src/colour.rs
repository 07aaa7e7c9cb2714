//! From what is displayed to light and back.

use kapok_show::{Rgb, math};

/// Entries of the tone curve; it is read by the root of the radiance, so dark steps are as fine as bright ones.
const TONE_STEPS: usize = 4096;
/// Radiance at the end of the tone curve: 1 − e⁻⁹ is white.
const TONE_END: f32 = 9.0;
const DISPLAY_STEPS: usize = 4096;

/// Light of a display value, both 0 to 1: the transfer function of sRGB.
pub fn linear(display: f64) -> f64 {
    if display <= 0.040_45 { display.max(0.0) / 12.92 } else { math::pow((display.min(1.0) + 0.055) / 1.055, 2.4) }
}

/// Display value of light, both 0 to 1: the inverse of [`linear`].
pub fn display(linear: f64) -> f64 {
    if linear <= 0.003_130_8 { 12.92 * linear.max(0.0) } else { 1.055 * math::pow(linear.min(1.0), 1.0 / 2.4) - 0.055 }
}

/// The two curves of the picture, as tables.
pub struct Tones {
    /// Display level, 0 to 255, over √radiance.
    level: Vec<f32>,
    /// Radiance over the display value.
    radiance: Vec<f32>,
    /// Light of each channel value of a lamp.
    lamp: Vec<f32>,
}

impl Tones {
    pub fn new() -> Self {
        let level = (0..=TONE_STEPS).map(|i| {
            let root = i as f64 / TONE_STEPS as f64;
            (255.0 * display(1.0 - math::exp(-f64::from(TONE_END) * root * root))) as f32
        });
        let radiance = (0..=DISPLAY_STEPS).map(|i| {
            let light = linear(i as f64 / DISPLAY_STEPS as f64).min(0.999);
            -math::ln(1.0 - light) as f32
        });
        Self {
            level: level.collect(),
            radiance: radiance.collect(),
            lamp: (0..=255).map(|i| linear(f64::from(i) / 255.0) as f32).collect(),
        }
    }

    /// Display level 0 to 255 of a radiance, not rounded: sRGB(1 − e^−x).
    #[inline]
    pub fn level(&self, radiance: f32) -> f32 {
        let root = (radiance.max(0.0) * (1.0 / TONE_END)).min(1.0).sqrt();
        self.level[(root * TONE_STEPS as f32) as usize]
    }

    /// The radiance that is displayed as this value, 0 to 1.
    #[inline]
    pub fn radiance(&self, display: f32) -> f32 {
        let at = display.clamp(0.0, 1.0) * DISPLAY_STEPS as f32;
        let i = (at as usize).min(DISPLAY_STEPS - 1);
        let (a, b) = (self.radiance[i], self.radiance[i + 1]);
        a + (b - a) * (at - i as f32)
    }

    /// The light of a lamp's colour, 0 to 1 a channel.
    pub fn lamp(&self, Rgb { r, g, b }: Rgb) -> [f32; 3] {
        [r, g, b].map(|channel| self.lamp[usize::from(channel)])
    }
}

/// Ordered dither: the thresholds of an 8 × 8 Bayer matrix, 0 to 1. Dark skies have fewer levels than pixels.
#[inline]
pub fn threshold(x: usize, y: usize) -> f32 {
    let (x, y) = (x as u32, y as u32);
    let mixed = x ^ y;
    let mut rank = 0;
    for bit in 0..3 {
        rank |= ((mixed >> bit) & 1) << (5 - 2 * bit);
        rank |= ((y >> bit) & 1) << (4 - 2 * bit);
    }
    (rank as f32 + 0.5) / 64.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curves_are_each_other_s_inverse() {
        let tones = Tones::new();
        for level in 0..=250 {
            let back = tones.level(tones.radiance(level as f32 / 255.0));
            assert!((back - level as f32).abs() < 0.3, "{level} came back as {back}");
        }
        assert_eq!(tones.level(0.0), 0.0);
        assert!(tones.level(1e9) > 254.9 && tones.level(f32::NAN) == 0.0);
        assert_eq!(tones.lamp(Rgb::new(255, 0, 255)), [1.0, 0.0, 1.0]);
    }

    #[test]
    fn every_threshold_occurs_once() {
        let mut all: Vec<_> = (0..64).map(|i| (threshold(i % 8, i / 8) * 64.0) as u32).collect();
        all.sort_unstable();
        assert_eq!(all, (0..64).collect::<Vec<_>>());
    }
}
