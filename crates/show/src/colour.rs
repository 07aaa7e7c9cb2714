use serde::{Deserialize, Serialize};

/// An sRGB colour, 8 bits a channel, as light programs carry it. Serialised as `[r, g, b]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(from = "[u8; 3]", into = "[u8; 3]")]
pub struct Rgb {
    /// Red, 0 to 255.
    pub r: u8,
    /// Green, 0 to 255.
    pub g: u8,
    /// Blue, 0 to 255.
    pub b: u8,
}

impl Rgb {
    /// No light.
    pub const BLACK: Self = Self::new(0, 0, 0);
    /// Full light on all channels.
    pub const WHITE: Self = Self::new(255, 255, 255);

    /// A colour from its channels.
    pub const fn new(r: u8, g: u8, b: u8) -> Self {
        Self { r, g, b }
    }

    /// Linear blend in sRGB values, each channel truncated to an integer as the vehicles do it. `share` 0 gives
    /// `self`, 1 gives `other`; values outside are held at the ends.
    #[must_use]
    pub fn lerp(self, other: Self, share: f64) -> Self {
        let share = share.clamp(0.0, 1.0);
        let mix = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * share) as u8;
        Self::new(mix(self.r, other.r), mix(self.g, other.g), mix(self.b, other.b))
    }

    /// Every channel times `factor` (0 to 1), rounded to nearest.
    #[must_use]
    pub fn scaled(self, factor: f64) -> Self {
        let factor = factor.clamp(0.0, 1.0);
        let scale = |c: u8| (f64::from(c) * factor).round() as u8;
        Self::new(scale(self.r), scale(self.g), scale(self.b))
    }
}

impl From<[u8; 3]> for Rgb {
    fn from([r, g, b]: [u8; 3]) -> Self {
        Self::new(r, g, b)
    }
}

impl From<Rgb> for [u8; 3] {
    fn from(c: Rgb) -> Self {
        [c.r, c.g, c.b]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blend_truncates_like_the_vehicles() {
        let (red, blue) = (Rgb::new(255, 0, 0), Rgb::new(0, 0, 255));
        assert_eq!(red.lerp(blue, 0.25), Rgb::new(191, 0, 63));
        assert_eq!(red.lerp(blue, 2.0), blue);
        assert_eq!(red.lerp(blue, -1.0), red);
    }
}
