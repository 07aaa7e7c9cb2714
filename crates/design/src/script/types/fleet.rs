use kapok_show::{MAX_VEHICLES, VehicleProfile};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The vehicles and their places on the ground.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FleetTable {
    /// Number of vehicles.
    #[schemars(range(min = 1, max = MAX_VEHICLES))]
    pub count: u32,
    /// Kind of vehicle.
    #[serde(default)]
    pub vehicle: VehicleTable,
    /// Take-off grid. Instead of `pads_file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub grid: Option<GridTable>,
    /// CSV file with one pad per vehicle in the site frame, metres: columns `x,y` or `x,y,z` (also as `x_m,y_m,z_m` or
    /// `Name,x_m,y_m,z_m,Red,Green,Blue`), with that header or none. Instead of `grid`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 1000))]
    pub pads_file: Option<String>,
    /// Vehicles more than `count` that stay on the ground, dark: on the pads after the others.
    #[serde(default)]
    #[schemars(range(min = 0, max = 10_000))]
    pub spares: u32,
    /// Vehicles with something of their own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 255))]
    pub group: Vec<GroupTable>,
}

/// Vehicles that carry something, or may do less than the others. Formations ask for them by name.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupTable {
    /// Its name.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Numbers of its vehicles, counted from 1 in the order of the pads.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = MAX_VEHICLES), inner(range(min = 1, max = MAX_VEHICLES)))]
    pub vehicles: Vec<u32>,
    /// First and last number of a run of vehicles, besides `vehicles`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(inner(range(min = 1, max = MAX_VEHICLES)))]
    pub range: Option<[u32; 2]>,
    /// Largest horizontal speed, metres per second. Without it, and the ones below, what the show allows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_xy_m_s: Option<f64>,
    /// Largest speed upwards, metres per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_up_m_s: Option<f64>,
    /// Largest speed downwards, metres per second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_velocity_down_m_s: Option<f64>,
    /// Largest acceleration, metres per second squared.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 50.0))]
    pub max_acceleration_m_s2: Option<f64>,
    /// Largest jerk, metres per second cubed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 500.0))]
    pub max_jerk_m_s3: Option<f64>,
}

/// A box of vehicles on one place of the take-off grid.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SlotTable {
    /// Vehicles in a row of the box.
    #[schemars(range(min = 1, max = 100))]
    pub columns: u32,
    /// Rows of the box.
    #[schemars(range(min = 1, max = 100))]
    pub rows: u32,
    /// Distance of neighbours in the box, metres.
    #[schemars(range(min = 0.01, max = 100.0))]
    pub spacing_m: f64,
}

/// The kind of vehicle the fleet is made of.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct VehicleTable {
    /// Name of the type.
    #[schemars(length(min = 1, max = 200))]
    pub name: String,
    /// Take-off mass, kilograms.
    #[schemars(range(min = 0.001, max = 1000.0))]
    pub mass_kg: f64,
    /// Largest extent, rotor tip to rotor tip, metres.
    #[schemars(range(min = 0.01, max = 20.0))]
    pub diameter_m: f64,
    /// Flight time on a full battery, seconds.
    #[schemars(range(min = 1.0, max = 86_400.0))]
    pub endurance_s: f64,
    /// Drag coefficient times area of the vehicle as it tumbles, square metres: what slows its fall.
    #[schemars(range(min = 0.0001, max = 100.0))]
    pub drag_area_m2: f64,
    /// Greatest airspeed that it holds in level flight, metres per second. With it the proof holds the show's greatest speed plus the
    /// largest wind against it; without it, airspeed is not judged.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 200.0))]
    pub max_airspeed_m_s: Option<f64>,
}

impl Default for VehicleTable {
    fn default() -> Self {
        let VehicleProfile { name, mass_kg, diameter_m, endurance_s, drag_area_m2, max_airspeed_m_s } =
            VehicleProfile::default();
        Self { name, mass_kg, diameter_m, endurance_s, drag_area_m2, max_airspeed_m_s }
    }
}

/// A rectangular take-off grid, filled row by row from the front left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GridTable {
    /// Vehicles in a row. Without it the grid is as square as can be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = MAX_VEHICLES))]
    pub columns: Option<u32>,
    /// Distance of neighbours, metres. Without it 1.005·√2 times the minimum separation, at which straight transitions
    /// keep the separation. Where it is below the minimum separation the fleet rises and lands in layers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.01, max = 1000.0))]
    pub spacing_m: Option<f64>,
    /// Middle of the grid [x, y] in the site frame, metres.
    #[serde(default)]
    #[schemars(inner(range(min = -100_000.0, max = 100_000.0)))]
    pub centre_m: [f64; 2],
    /// Height of the ground there above the site's origin, metres.
    #[serde(default)]
    #[schemars(range(min = -100.0, max = 1000.0))]
    pub ground_m: f64,
    /// Turn of the grid, counter-clockwise seen from above, degrees.
    #[serde(default)]
    #[schemars(range(min = -360.0, max = 360.0))]
    pub yaw_deg: f64,
    /// A box of several vehicles on every place of the grid, instead of one vehicle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot: Option<SlotTable>,
}

/// How the fleet leaves the ground: straight up; together, or in layers where the pads are close.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TakeoffTable {
    /// Altitude above the pads at which the vertical rise ends, metres. Without it 2.5 m above the minimum navigation
    /// altitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 1000.0))]
    pub altitude_m: Option<f64>,
    /// Rest on the ground before the rise, seconds.
    #[serde(default = "rest_before")]
    #[schemars(range(min = 0.0, max = 3600.0), extend("multipleOf" = 0.02))]
    pub delay_s: f64,
    /// Rest at the end of the rise, seconds.
    #[serde(default = "rest_after")]
    #[schemars(range(min = 0.0, max = 3600.0), extend("multipleOf" = 0.02))]
    pub hold_s: f64,
    /// Where the pads are closer than the minimum separation: vertical distance of the layers in which the fleet rises,
    /// metres; the lowest layer is at `altitude_m`. Without it 1.005·√2 times the minimum separation (times the downwash
    /// scale), or the minimum separation itself where the ceiling is too low for that.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 100.0))]
    pub layer_spacing_m: Option<f64>,
}

impl Default for TakeoffTable {
    fn default() -> Self {
        Self { altitude_m: None, delay_s: rest_before(), hold_s: rest_after(), layer_spacing_m: None }
    }
}

/// How the fleet comes down: to the pads' columns, then straight down; together, or in layers where the pads are close.
#[derive(Clone, Copy, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LandingTable {
    /// Altitude above the pads from which the vertical descent starts, metres. Without it the take-off altitude.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.1, max = 1000.0))]
    pub altitude_m: Option<f64>,
    /// True: every vehicle to the pad it left; false: any vehicle to any pad, which is faster.
    #[serde(default)]
    pub own_pad: bool,
    /// Rest above the pads before the descent, seconds.
    #[serde(default = "rest_after")]
    #[schemars(range(min = 0.0, max = 3600.0), extend("multipleOf" = 0.02))]
    pub hold_s: f64,
    /// Vertical distance of layers, metres, as at the take-off. Without it that of the take-off.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 0.05, max = 100.0))]
    pub layer_spacing_m: Option<f64>,
}

impl Default for LandingTable {
    fn default() -> Self {
        Self { altitude_m: None, own_pad: false, hold_s: rest_after(), layer_spacing_m: None }
    }
}

fn rest_before() -> f64 {
    3.0
}

fn rest_after() -> f64 {
    2.0
}
