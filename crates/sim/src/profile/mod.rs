mod document;
mod read;

pub use document::ProfileDocument;
pub use read::MAX_PROFILE_BYTES;

use crate::{Airframe, Fix, Gains, Pack};

/// A kind of vehicle: body and rotors, pack, autopilot, positioning.
#[derive(Clone, Debug, PartialEq)]
pub struct Profile {
    /// Its name.
    pub name: String,
    /// What it is, in a sentence.
    pub summary: String,
    /// Body and rotors.
    pub airframe: Airframe,
    /// Pack and consumers.
    pub pack: Pack,
    /// Autopilot.
    pub gains: Gains,
    /// The best fix that its receiver reaches.
    pub best_fix: Fix,
}

/// The profiles that ship with Kapok: name and TOML.
const BUILTIN: [(&str, &str); 3] = [
    ("show-280g", include_str!("../../profiles/show-280g.toml")),
    ("show-1kg", include_str!("../../profiles/show-1kg.toml")),
    ("indoor-30g", include_str!("../../profiles/indoor-30g.toml")),
];

impl Profile {
    /// Names of the profiles that ship with Kapok.
    pub fn builtin_names() -> impl Iterator<Item = &'static str> {
        BUILTIN.iter().map(|(name, _)| *name)
    }

    /// The profile of that name that ships with Kapok.
    pub fn builtin(name: &str) -> Option<Self> {
        let (name, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
        Self::read(name, text).ok()
    }

    /// The profile that ships with Kapok and is nearest in mass: half as heavy and twice as heavy are equally far.
    pub fn nearest_by_mass(mass_kg: f64) -> Self {
        let far = |p: &Self| {
            let ratio = p.airframe.mass_kg / mass_kg.max(1e-6);
            ratio.max(1.0 / ratio)
        };
        let all = Self::builtin_names().filter_map(Self::builtin);
        let nearest = all.min_by(|a, b| far(a).total_cmp(&far(b)));
        nearest.unwrap_or_else(|| unreachable!("the profiles that ship are read in the tests"))
    }
}
