/// How a parameter is stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamType {
    /// 8 bits, signed.
    Int8,
    /// 16 bits, signed.
    Int16,
    /// 32 bits, signed.
    Int32,
    /// 32-bit float.
    Float,
}

impl ParamType {
    /// Its MAV_PARAM_TYPE.
    pub fn to_wire(self) -> u8 {
        match self {
            Self::Int8 => 2,
            Self::Int16 => 4,
            Self::Int32 => 6,
            Self::Float => 9,
        }
    }

    /// The value as it is stored; `None` if it does not fit.
    fn store(self, value: f64) -> Option<f64> {
        let range = match self {
            Self::Int8 => -128.0..=127.0,
            Self::Int16 => -32_768.0..=32_767.0,
            Self::Int32 => -2_147_483_648.0..=2_147_483_647.0,
            Self::Float => return value.is_finite().then_some(f64::from(value as f32)),
        };
        let whole = value.round();
        range.contains(&whole).then_some(whole)
    }
}

/// A parameter that vehicles have.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ParamDefinition {
    /// Its name.
    pub name: &'static str,
    /// How it is stored.
    pub param_type: ParamType,
    /// Its value on a vehicle that was never told another one.
    pub default: f64,
    /// Least and greatest value.
    pub range: (f64, f64),
    /// Forgotten when the vehicle boots.
    pub volatile: bool,
}

/// Why a value was not taken.
#[derive(Clone, Copy, Debug, PartialEq, thiserror::Error)]
pub enum ParamFault {
    /// No such parameter.
    #[error("there is no such parameter")]
    Unknown,
    /// The value does not fit.
    #[error("{name} cannot be {value}: {least} to {greatest}")]
    OutOfRange {
        /// Which one.
        name: &'static str,
        /// What it should be.
        value: f64,
        /// Its least value.
        least: f64,
        /// Its greatest value.
        greatest: f64,
    },
}

const fn param(name: &'static str, param_type: ParamType, default: f64, least: f64, greatest: f64) -> ParamDefinition {
    ParamDefinition { name, param_type, default, range: (least, greatest), volatile: false }
}

const fn volatile(definition: ParamDefinition) -> ParamDefinition {
    ParamDefinition { volatile: true, ..definition }
}

const I32: (f64, f64) = (-2_147_483_648.0, 2_147_483_647.0);

/// All parameters by name.
///
/// # Source
/// show-protocol, section 6; stock values of the autopilot: simulation-and-control, section 12.
pub(super) const DEFINITIONS: &[ParamDefinition] = {
    use ParamType::{Float, Int8, Int16, Int32};
    &[
        param("BATT_CRT_MAH", Float, 0.0, 0.0, 1e6),
        param("BATT_CRT_VOLT", Float, 0.0, 0.0, 100.0),
        param("BATT_FS_CRT_ACT", Int8, 0.0, 0.0, 10.0),
        param("BATT_FS_LOW_ACT", Int8, 0.0, 0.0, 10.0),
        param("BATT_LOW_MAH", Float, 0.0, 0.0, 1e6),
        param("BATT_LOW_VOLT", Float, 0.0, 0.0, 100.0),
        param("FENCE_ACTION", Int8, 1.0, 0.0, 10.0),
        param("FENCE_ALT_MAX", Float, 100.0, 0.0, 10_000.0),
        param("FENCE_ALT_MIN", Float, -10.0, -1000.0, 1000.0),
        param("FENCE_ENABLE", Int8, 0.0, 0.0, 1.0),
        param("FENCE_RADIUS", Float, 300.0, 30.0, 10_000.0),
        param("FENCE_TOTAL", Int8, 0.0, 0.0, 127.0),
        param("FENCE_TYPE", Int8, 7.0, 0.0, 15.0),
        param("FS_EKF_ACTION", Int8, 1.0, 0.0, 42.0),
        param("FS_GCS_ENABLE", Int8, 0.0, 0.0, 7.0),
        param("FS_OPTIONS", Int32, 16.0, 0.0, 255.0),
        param("FS_THR_ENABLE", Int8, 1.0, 0.0, 7.0),
        param("RTL_ALT", Int32, 1500.0, 0.0, 300_000.0),
        param("RTL_SPEED", Int16, 0.0, 0.0, 2000.0),
        param("SHOW_BFENCE_ACT", Int8, 1.0, 0.0, 5.0),
        param("SHOW_BFENCE_DXY", Float, 10.0, 0.0, 1000.0),
        param("SHOW_BFENCE_DZ", Float, 10.0, 0.0, 1000.0),
        param("SHOW_BFENCE_EN", Int8, 1.0, 0.0, 1.0),
        param("SHOW_BFENCE_TO", Float, 5.0, 0.0, 600.0),
        param("SHOW_CTRL_MODE", Int16, 1.0, 0.0, 3.0),
        param("SHOW_CTRL_RATE", Int8, 10.0, 1.0, 50.0),
        param("SHOW_GROUP", Int8, 0.0, 0.0, 63.0),
        param("SHOW_HFENCE_DIST", Float, 25.0, 0.0, 10_000.0),
        param("SHOW_HFENCE_EN", Int8, 0.0, 0.0, 1.0),
        param("SHOW_HFENCE_TO", Float, 5.0, 0.0, 600.0),
        param("SHOW_LED0_CHAN", Int8, 0.0, 0.0, 32.0),
        param("SHOW_LED0_COUNT", Int8, 16.0, 0.0, 127.0),
        param("SHOW_LED0_GAMMA", Float, 1.0, 0.0, 10.0),
        param("SHOW_LED0_MINBRI", Float, 0.0, 0.0, 1.0),
        param("SHOW_LED0_TYPE", Int8, 0.0, 0.0, 14.0),
        param("SHOW_LED0_WTEMP", Float, 0.0, 0.0, 20_000.0),
        param("SHOW_MAX_XY_ERR", Float, 3.0, 0.0, 1000.0),
        param("SHOW_MAX_Z_ERR", Float, 3.0, 0.0, 1000.0),
        param("SHOW_MODE_BOOT", Int8, 2.0, 0.0, 3.0),
        param("SHOW_OPTIONS", Int8, 0.0, 0.0, 127.0),
        param("SHOW_ORIENTATION", Float, -1.0, -1.0, 360.0),
        param("SHOW_ORIGIN_AMSL", Int32, -10_000_000.0, I32.0, 9_999_999.0),
        param("SHOW_ORIGIN_LAT", Int32, 0.0, -900_000_000.0, 900_000_000.0),
        param("SHOW_ORIGIN_LNG", Int32, 0.0, -1_800_000_000.0, 1_800_000_000.0),
        param("SHOW_POST_ACTION", Int8, 1.0, 0.0, 3.0),
        param("SHOW_PRE_LIGHTS", Int8, 2.0, 0.0, 100.0),
        param("SHOW_PYRO_ITIME", Int32, 3000.0, 0.0, 60_000.0),
        param("SHOW_PYRO_MINALT", Float, 20.0, 0.0, 1000.0),
        param("SHOW_PYRO_TCOMP", Int32, 0.0, -60_000.0, 60_000.0),
        param("SHOW_PYRO_TYPE", Int8, 0.0, 0.0, 3.0),
        volatile(param("SHOW_START_AUTH", Int8, 0.0, 0.0, 3.0)),
        volatile(param("SHOW_START_TIME", Int32, -1.0, I32.0, I32.1)),
        param("SHOW_SYNC_MODE", Int8, 1.0, 0.0, 1.0),
        param("SHOW_TAKEOFF_ALT", Float, 2.5, 0.0, 5.0),
        param("SHOW_TAKEOFF_ERR", Float, 3.0, 0.0, 20.0),
        param("SHOW_VEL_FF_GAIN", Float, 1.0, 0.0, 1.0),
        param("SYSID_THISMAV", Int16, 1.0, 1.0, 255.0),
    ]
};

/// The parameters of one vehicle.
///
/// ```
/// use kapok_link::ParamTable;
/// let mut table = ParamTable::default();
/// table.set("SHOW_TAKEOFF_ALT", 4.0)?;
/// assert_eq!(table.get("SHOW_TAKEOFF_ALT"), Some(4.0));
/// assert!(table.set("SHOW_TAKEOFF_ALT", 40.0).is_err());
/// # Ok::<(), kapok_link::ParamFault>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ParamTable {
    values: Box<[f64]>,
}

impl Default for ParamTable {
    fn default() -> Self {
        Self { values: DEFINITIONS.iter().map(|definition| definition.default).collect() }
    }
}

impl ParamTable {
    /// How many there are.
    pub fn count() -> usize {
        DEFINITIONS.len()
    }

    /// Where a name stands, in the order of names.
    pub fn index(name: &str) -> Option<usize> {
        DEFINITIONS.binary_search_by(|definition| definition.name.cmp(name)).ok()
    }

    /// A value.
    pub fn get(&self, name: &str) -> Option<f64> {
        Some(self.values[Self::index(name)?])
    }

    /// Definition and value of the `index`-th one, in the order of names.
    pub fn at(&self, index: usize) -> Option<(&'static ParamDefinition, f64)> {
        Some((DEFINITIONS.get(index)?, *self.values.get(index)?))
    }

    /// All of them, in the order of names.
    pub fn iter(&self) -> impl Iterator<Item = (&'static ParamDefinition, f64)> {
        DEFINITIONS.iter().zip(self.values.iter().copied())
    }

    /// Sets one; whole numbers are rounded as they are stored.
    ///
    /// # Errors
    /// [`ParamFault`]; nothing has changed then.
    pub fn set(&mut self, name: &str, value: f64) -> Result<f64, ParamFault> {
        let index = Self::index(name).ok_or(ParamFault::Unknown)?;
        let ParamDefinition { name, param_type, range: (least, greatest), .. } = DEFINITIONS[index];
        let stored = param_type.store(value).filter(|stored| (least..=greatest).contains(stored));
        let stored = stored.ok_or(ParamFault::OutOfRange { name, value, least, greatest })?;
        self.values[index] = stored;
        Ok(stored)
    }

    /// What a boot does: volatile ones have their defaults again.
    pub(crate) fn boot(&mut self) {
        for (value, definition) in self.values.iter_mut().zip(DEFINITIONS) {
            if definition.volatile {
                *value = definition.default;
            }
        }
    }

    /// A value of a name that is known to be there; 0 otherwise.
    pub(crate) fn value(&self, name: &str) -> f64 {
        debug_assert!(Self::index(name).is_some(), "{name}");
        self.get(name).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_sorted_fit_the_wire_and_defaults_their_ranges() {
        assert!(DEFINITIONS.is_sorted_by(|a, b| a.name < b.name));
        let mut table = ParamTable::default();
        for definition in DEFINITIONS {
            assert!(definition.name.len() <= 16, "{}", definition.name);
            assert_eq!(table.set(definition.name, definition.default), Ok(definition.default), "{}", definition.name);
        }
    }

    #[test]
    fn impossible_values_change_nothing() {
        let mut table = ParamTable::default();
        for (name, value) in [
            ("SHOW_GROUP", 64.0),
            ("SHOW_GROUP", f64::NAN),
            ("SHOW_TAKEOFF_ALT", f64::INFINITY),
            ("SHOW_ORIGIN_AMSL", 1e7),
        ] {
            assert!(table.set(name, value).is_err(), "{name} {value}");
        }
        assert_eq!(table, ParamTable::default());
        assert_eq!(table.set("NO_SUCH", 1.0), Err(ParamFault::Unknown));
        table.set("SHOW_START_AUTH", 1.0).unwrap();
        table.set("SHOW_GROUP", 3.4).unwrap();
        table.boot();
        assert_eq!((table.get("SHOW_START_AUTH"), table.get("SHOW_GROUP")), (Some(0.0), Some(3.0)));
    }
}
