use crate::{BadSetting, Limits};

/// Writes the list of the limits: one row a field of [`Limits`], in the order of its declaration.
macro_rules! limit_fields {
    ($($variant:ident: $field:ident, $unit:literal, $flag:literal, $title:literal, $meaning:literal;)+) => {
        /// One of the limits of a show: the list that readers, writers, flags, certificates and pages go through.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum LimitField {
            $(#[doc = concat!($meaning, ".")] $variant,)+
        }

        impl LimitField {
            /// All of them, in the order of the fields of [`Limits`].
            pub const ALL: [Self; [$(Self::$variant),+].len()] = [$(Self::$variant),+];

            /// Name of the field, unit included; files, certificates and JSON write it so.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => stringify!($field),)+
                }
            }

            /// Unit in symbols; empty for a ratio, `share` for a share of 1.
            pub const fn unit(self) -> &'static str {
                match self {
                    $(Self::$variant => $unit,)+
                }
            }

            /// The flag of the command line that sets it.
            pub const fn flag(self) -> &'static str {
                match self {
                    $(Self::$variant => $flag,)+
                }
            }

            /// Heading for tables, two to four words.
            pub const fn title(self) -> &'static str {
                match self {
                    $(Self::$variant => $title,)+
                }
            }

            /// What it bounds, one line without a full stop.
            pub const fn meaning(self) -> &'static str {
                match self {
                    $(Self::$variant => $meaning,)+
                }
            }

            /// Its value.
            pub const fn get(self, limits: &Limits) -> f64 {
                match self {
                    $(Self::$variant => limits.$field,)+
                }
            }

            /// Puts `value` in its place, unchecked (see [`Limits::validate`]).
            pub const fn set(self, limits: &mut Limits, value: f64) {
                match self {
                    $(Self::$variant => limits.$field = value,)+
                }
            }
        }
    };
}

limit_fields! {
    MinSeparation: min_separation_m, "m", "--separation",
        "Separation in flight", "Least distance of two vehicles in flight";
    DownwashScale: downwash_scale, "", "--downwash-scale",
        "Downwash scale", "How many times longer the separation ellipsoid is vertically than horizontally; 1 is a sphere";
    GroundSeparation: ground_separation_m, "m", "--ground-separation",
        "Separation near the ground", "Least distance of two vehicles below the minimum navigation altitude";
    MaxVelocityXy: max_velocity_xy_m_s, "m/s", "--max-velocity-xy",
        "Horizontal speed", "Largest horizontal speed";
    MaxVelocityUp: max_velocity_up_m_s, "m/s", "--max-velocity-up",
        "Climb speed", "Largest speed upwards";
    MaxVelocityDown: max_velocity_down_m_s, "m/s", "--max-velocity-down",
        "Descent speed", "Largest speed downwards";
    MaxAcceleration: max_acceleration_m_s2, "m/s²", "--max-acceleration",
        "Acceleration", "Largest acceleration";
    MaxJerk: max_jerk_m_s3, "m/s³", "--max-jerk",
        "Jerk", "Largest jerk";
    MaxYawRate: max_yaw_rate_deg_s, "deg/s", "--max-yaw-rate",
        "Yaw rate", "Largest rate of turn about the vertical";
    MaxAltitude: max_altitude_m, "m", "--max-altitude",
        "Altitude", "Highest altitude";
    MinNavigationAltitude: min_navigation_altitude_m, "m", "--min-navigation-altitude",
        "Minimum navigation altitude", "Altitude below which no vehicle moves sideways";
    MaxWind: max_wind_m_s, "m/s", "--max-wind",
        "Wind", "Wind up to which the show may fly; falls and sparks are carried by it";
    BatteryReserve: battery_reserve, "share", "--battery-reserve",
        "Battery reserve", "Share of the endurance that must be left after landing, 0 to 1";
}

impl LimitField {
    /// Those of motion, which a group of vehicles may hold lower than the show.
    pub const MOTION: [Self; 5] =
        [Self::MaxVelocityXy, Self::MaxVelocityUp, Self::MaxVelocityDown, Self::MaxAcceleration, Self::MaxJerk];

    /// The limit of that name ([`Self::name`]); `None` if there is none.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Finite and inside its legal range?
    ///
    /// # Errors
    /// [`BadSetting`] with the range, if not.
    pub(crate) fn validate(self, limits: &Limits) -> Result<(), BadSetting> {
        let value = self.get(limits);
        let (legal, why) = match self {
            Self::DownwashScale => (value >= 1.0, "it must be a finite number from 1 up"),
            Self::MinNavigationAltitude => {
                (value >= 0.0 && value < limits.max_altitude_m, "it must be from 0 up and below max_altitude_m")
            }
            Self::MaxWind => (value >= 0.0, "it must be a finite number from 0 up"),
            Self::BatteryReserve => ((0.0..1.0).contains(&value), "it must be from 0 up and below 1"),
            _ => (value > 0.0, "it must be a finite number above 0"),
        };
        if value.is_finite() && legal { Ok(()) } else { Err(BadSetting { field: self.name(), value, why }) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_that_of_the_fields() {
        let json = serde_json::to_value(Limits::default()).unwrap();
        let object = json.as_object().unwrap();
        assert_eq!(object.len(), LimitField::ALL.len());
        for field in LimitField::ALL {
            assert_eq!(object[field.name()], field.get(&Limits::default()), "{}", field.name());
            assert_eq!(LimitField::named(field.name()), Some(field));
            let mut limits = Limits::default();
            field.set(&mut limits, 17.5);
            assert_eq!(field.get(&limits), 17.5);
            let others = LimitField::ALL.into_iter().filter(|&other| other != field);
            others.for_each(|other| assert_eq!(other.get(&limits), other.get(&Limits::default())));
        }
        assert_eq!(LimitField::named("max_jerk"), None);
    }
}
