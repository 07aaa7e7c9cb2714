use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Deserialize;
use toml::Spanned;

/// A value and its place in the file.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub struct Placed<T>(pub(super) Spanned<T>);

impl<T: JsonSchema> JsonSchema for Placed<T> {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        T::schema_name()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        T::json_schema(generator)
    }
}

/// A vehicle: its name in the show, or its number there, from 1.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum VehicleKey {
    /// Its number.
    Number(i64),
    /// Its name.
    Name(String),
}

/// Tables with what all faults have in common: when, for how long, at which vehicles.
macro_rules! fault_tables {
    ($($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $field:ident: $kind:ty,)* })*) => {$(
        $(#[$about])*
        #[derive(Clone, Debug, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// When it begins: seconds of show time, negative before the start.
            pub(super) at_s: Placed<f64>,
            /// For how long, seconds; without it, to the end.
            pub(super) for_s: Option<Placed<f64>>,
            /// The vehicles that it meets, by name or number; without these and `sectors`, all.
            pub(super) vehicles: Option<Vec<Placed<VehicleKey>>>,
            /// The sectors that it meets, from 1.
            pub(super) sectors: Option<Vec<Placed<i64>>>,
            $($(#[$what])* pub(super) $field: $kind,)*
        }
    )*};
}

fault_tables! {
    /// A jammer takes satellite positioning: from vehicles and sectors, or from all that are near a place.
    JamTable {
        /// Where it stands, metres; not together with `vehicles` or `sectors`.
        place_m: Option<Placed<[f64; 3]>>,
        /// Within so many metres of the place there is no fix.
        reach_m: Option<Placed<f64>>,
        /// Within so many metres no fix is better than a single solution.
        degraded_m: Option<Placed<f64>>,
    }
    /// A receiver that has no fix.
    GnssLossTable {}
    /// Receivers that follow a false place, with good figures of quality.
    SpoofTable {
        /// How fast the false place moves off, m/s, along x, y, z.
        drift_m_s: Placed<[f64; 3]>,
    }
    /// The corrections of a base station are missing: no fix is better than a single solution.
    CorrectionsTable {}
    /// A compass that reads too far to the left.
    CompassTable {
        /// By how many degrees.
        off_deg: Placed<f64>,
    }
    /// A barometer that reads too high.
    BarometerTable {
        /// By how many metres.
        off_m: Option<Placed<f64>>,
        /// And by how many m/s more.
        drift_m_s: Option<Placed<f64>>,
    }
    /// A rotor that pushes less.
    RotorTable {
        /// Which: 1 front left, 2 front right, 3 rear right, 4 rear left.
        rotor: Placed<i64>,
        /// What is left of its thrust, 0 to 1; without it, nothing.
        thrust: Option<Placed<f64>>,
    }
    /// A pack that is weak, old or cold.
    BatteryTable {
        /// What it holds, 0 to 1 of its capacity.
        charge: Option<Placed<f64>>,
        /// Its capacity over that of a new one, 0 to 1.
        health: Option<Placed<f64>>,
        /// Its temperature, °C.
        temperature_c: Option<Placed<f64>>,
    }
    /// A vehicle that starts anew: on the ground it is away for a while, in the air its rotors stop.
    RebootTable {
        /// It has lost its show.
        forgets: Option<bool>,
    }
    /// Vehicles that hold an earlier upload than the one that was meant.
    StaleUploadTable {
        /// Their show is turned by so many degrees about the origin of the site, towards the left.
        turned_deg: Option<Placed<f64>>,
        /// Their show is so many metres off, along x, y, z.
        shifted_m: Option<Placed<[f64; 3]>>,
        /// Their show comes so many seconds later.
        late_s: Option<Placed<f64>>,
    }
    /// A radio link that loses, delays or repeats datagrams.
    LinkTable {
        /// Share of the datagrams that are lost, 0 to 1.
        loss: Option<Placed<f64>>,
        /// Delay of each, seconds.
        delay_s: Option<Placed<f64>>,
        /// Share of the datagrams that come twice, 0 to 1.
        duplicates: Option<Placed<f64>>,
    }
}

/// The wind changes over the whole site.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct WindTable {
    /// When the change begins: seconds of show time, negative before the start.
    pub(super) at_s: Placed<f64>,
    /// For how long the wind stays changed, seconds; without it, to the end.
    pub(super) for_s: Option<Placed<f64>>,
    /// The mean wind that it comes to, m/s.
    pub(super) speed_m_s: Placed<f64>,
    /// At which height above the ground, metres; without it, at 10.
    pub(super) height_m: Option<Placed<f64>>,
    /// How long the change takes, seconds; without it, 10.
    pub(super) over_s: Option<Placed<f64>>,
}

/// A gust front crosses the site: wind that is added behind a line that travels.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GustFrontTable {
    /// When the line passes the origin of the site: seconds of show time, negative before the start.
    pub(super) at_s: Placed<f64>,
    /// For how long the wind stays, seconds; without it, to the end.
    pub(super) for_s: Option<Placed<f64>>,
    /// The wind that it adds, m/s.
    pub(super) added_m_s: Placed<f64>,
    /// Where it moves and blows to: degrees from the x axis of the site towards y.
    pub(super) toward_deg: Placed<f64>,
    /// Speed of the line, m/s; without it, 10.
    pub(super) travel_m_s: Option<Placed<f64>>,
    /// Width of the rise, metres; without it, 30.
    pub(super) rise_m: Option<Placed<f64>>,
}

/// A fault script as a file: TOML, one table a fault, in any order.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FaultDocument {
    /// Where editors find the schema.
    #[serde(rename = "$schema")]
    pub(super) _schema: Option<String>,
    /// What it rehearses, in a sentence.
    pub(super) title: String,
    /// Into how many sectors the fleet is divided, by the x of its pads, from left to right, with as many vehicles each; without it, 8.
    pub(super) sector_count: Option<Placed<i64>>,
    /// Jammers.
    #[serde(default)]
    pub(super) jam: Vec<JamTable>,
    /// Receivers without a fix.
    #[serde(default)]
    pub(super) gnss_loss: Vec<GnssLossTable>,
    /// False places.
    #[serde(default)]
    pub(super) spoof: Vec<SpoofTable>,
    /// Corrections that are missing.
    #[serde(default)]
    pub(super) corrections_lost: Vec<CorrectionsTable>,
    /// Compasses that are wrong.
    #[serde(default)]
    pub(super) compass: Vec<CompassTable>,
    /// Barometers that are wrong.
    #[serde(default)]
    pub(super) barometer: Vec<BarometerTable>,
    /// Rotors that push less.
    #[serde(default)]
    pub(super) rotor: Vec<RotorTable>,
    /// Packs that are weak, old or cold.
    #[serde(default)]
    pub(super) battery: Vec<BatteryTable>,
    /// Changes of the wind.
    #[serde(default)]
    pub(super) wind: Vec<WindTable>,
    /// Gust fronts.
    #[serde(default)]
    pub(super) gust_front: Vec<GustFrontTable>,
    /// Vehicles that start anew.
    #[serde(default)]
    pub(super) reboot: Vec<RebootTable>,
    /// Vehicles with an earlier upload.
    #[serde(default)]
    pub(super) stale_upload: Vec<StaleUploadTable>,
    /// Radio links that are bad.
    #[serde(default)]
    pub(super) link: Vec<LinkTable>,
}
