//! The messages, by the field numbers of the schemas in `schemas/`; a test holds them against the descriptors.

use kapok_show::Rgb;
use prost::Message;

use crate::{EventLevel, LogEvent, VehicleMark, VehicleStatus};

/// Descriptor sets of the well-known schemas, from the package `foxglove-schemas-protobuf` 0.4.0 (MIT).
pub const POINT_CLOUD: &[u8] = include_bytes!("../schemas/PointCloud.binpb");
pub const LOG: &[u8] = include_bytes!("../schemas/Log.binpb");
pub const GEO_JSON: &[u8] = include_bytes!("../schemas/GeoJSON.binpb");
/// JSON schema of [`crate::FleetState`].
pub const FLEET_STATE: &[u8] = include_bytes!("../schemas/FleetState.json");

/// Bytes of a vehicle in a cloud.
pub const STRIDE: usize = 20;

/// Numbers of `PackedElementField.NumericType`.
const UINT8: i32 = 1;
const UINT16: i32 = 3;
const FLOAT32: i32 = 7;

/// Name, place and type of what a cloud tells of a vehicle.
const FIELDS: [(&str, u32, i32); 10] = [
    ("x", 0, FLOAT32),
    ("y", 4, FLOAT32),
    ("z", 8, FLOAT32),
    ("red", 12, UINT8),
    ("green", 13, UINT8),
    ("blue", 14, UINT8),
    ("alpha", 15, UINT8),
    ("id", 16, UINT16),
    ("status", 18, UINT8),
    ("charge", 19, UINT8),
];

/// `google.protobuf.Timestamp`.
#[derive(Clone, PartialEq, Message)]
pub struct Timestamp {
    #[prost(int64, tag = "1")]
    pub seconds: i64,
    #[prost(int32, tag = "2")]
    pub nanos: i32,
}

impl Timestamp {
    fn of(t_ns: u64) -> Self {
        const SECOND: u64 = 1_000_000_000;
        Self { seconds: (t_ns / SECOND) as i64, nanos: (t_ns % SECOND) as i32 }
    }
}

/// `foxglove.Vector3`.
#[derive(Clone, PartialEq, Message)]
pub struct Vector3 {
    #[prost(double, tag = "1")]
    pub x: f64,
    #[prost(double, tag = "2")]
    pub y: f64,
    #[prost(double, tag = "3")]
    pub z: f64,
}

/// `foxglove.Quaternion`.
#[derive(Clone, PartialEq, Message)]
pub struct Quaternion {
    #[prost(double, tag = "1")]
    pub x: f64,
    #[prost(double, tag = "2")]
    pub y: f64,
    #[prost(double, tag = "3")]
    pub z: f64,
    #[prost(double, tag = "4")]
    pub w: f64,
}

/// `foxglove.Pose`.
#[derive(Clone, PartialEq, Message)]
pub struct Pose {
    #[prost(message, optional, tag = "1")]
    pub position: Option<Vector3>,
    #[prost(message, optional, tag = "2")]
    pub orientation: Option<Quaternion>,
}

/// `foxglove.PackedElementField`.
#[derive(Clone, PartialEq, Message)]
pub struct PackedElementField {
    #[prost(string, tag = "1")]
    pub name: String,
    #[prost(fixed32, tag = "2")]
    pub offset: u32,
    #[prost(int32, tag = "3")]
    pub r#type: i32,
}

/// `foxglove.PointCloud`.
#[derive(Clone, PartialEq, Message)]
pub struct PointCloud {
    #[prost(message, optional, tag = "1")]
    pub timestamp: Option<Timestamp>,
    #[prost(string, tag = "2")]
    pub frame_id: String,
    #[prost(message, optional, tag = "3")]
    pub pose: Option<Pose>,
    #[prost(fixed32, tag = "4")]
    pub point_stride: u32,
    #[prost(message, repeated, tag = "5")]
    pub fields: Vec<PackedElementField>,
    #[prost(bytes = "vec", tag = "6")]
    pub data: Vec<u8>,
}

/// `foxglove.Log`.
#[derive(Clone, PartialEq, Message)]
pub struct Log {
    #[prost(message, optional, tag = "1")]
    pub timestamp: Option<Timestamp>,
    #[prost(int32, tag = "2")]
    pub level: i32,
    #[prost(string, tag = "3")]
    pub message: String,
    #[prost(string, tag = "4")]
    pub name: String,
    #[prost(string, tag = "5")]
    pub file: String,
    #[prost(fixed32, tag = "6")]
    pub line: u32,
}

/// `foxglove.GeoJSON`.
#[derive(Clone, PartialEq, Message)]
pub struct GeoJson {
    #[prost(string, tag = "1")]
    pub geojson: String,
}

/// The cloud of some vehicles.
pub fn cloud(t_ns: u64, marks: &[VehicleMark]) -> PointCloud {
    let mut data = Vec::with_capacity(STRIDE * marks.len());
    for mark in marks {
        for metres in mark.position_m {
            data.extend_from_slice(&metres.to_le_bytes());
        }
        let Rgb { r, g, b } = mark.light;
        data.extend_from_slice(&[r, g, b, 255]);
        data.extend_from_slice(&mark.id.to_le_bytes());
        data.extend_from_slice(&[mark.status as u8, mark.charge_percent.map_or(255, |c| c.min(100))]);
    }
    let fields =
        FIELDS.iter().map(|&(name, offset, r#type)| PackedElementField { name: name.to_owned(), offset, r#type });
    PointCloud {
        timestamp: Some(Timestamp::of(t_ns)),
        frame_id: "show".to_owned(),
        pose: Some(Pose {
            position: Some(Vector3::default()),
            orientation: Some(Quaternion { w: 1.0, ..Quaternion::default() }),
        }),
        point_stride: STRIDE as u32,
        fields: fields.collect(),
        data,
    }
}

/// The vehicles of a cloud, in ascending order of their numbers.
///
/// # Errors
/// What is wrong with it: other fields than ours, a length that is no multiple, a vehicle that the show does not have or that
/// stands twice, a position that is no number.
pub fn marks(cloud: &PointCloud, vehicles: u32) -> Result<Vec<VehicleMark>, String> {
    let ours = cloud.fields.len() == FIELDS.len()
        && cloud
            .fields
            .iter()
            .zip(FIELDS)
            .all(|(f, (name, offset, r#type))| f.name == name && f.offset == offset && f.r#type == r#type);
    if !ours || cloud.point_stride as usize != STRIDE {
        return Err("its fields are not those of a flight log of Kapok".to_owned());
    }
    let (points, rest) = cloud.data.as_chunks::<STRIDE>();
    if !rest.is_empty() {
        return Err(format!("{} bytes of points are no multiple of {STRIDE}", cloud.data.len()));
    }
    if points.len() > vehicles as usize {
        return Err(format!("{} points for {vehicles} vehicles", points.len()));
    }
    let mut marks = Vec::with_capacity(points.len());
    for point in points {
        let metres = |k: usize| f32::from_le_bytes([point[k], point[k + 1], point[k + 2], point[k + 3]]);
        let id = u16::from_le_bytes([point[16], point[17]]);
        if u32::from(id) >= vehicles {
            return Err(format!("vehicle {id} of {vehicles}, counted from 0"));
        }
        let position_m = [metres(0), metres(4), metres(8)];
        if !position_m.iter().all(|m| m.is_finite()) {
            return Err(format!("the position of vehicle {id} is no number"));
        }
        let status =
            VehicleStatus::from_number(point[18]).ok_or_else(|| format!("status {} of vehicle {id}", point[18]))?;
        let charge_percent = (point[19] <= 100).then_some(point[19]);
        marks.push(VehicleMark {
            id,
            position_m,
            light: Rgb::new(point[12], point[13], point[14]),
            status,
            charge_percent,
        });
    }
    marks.sort_by_key(|mark| mark.id);
    if let Some(twice) = marks.windows(2).find(|pair| pair[0].id == pair[1].id) {
        return Err(format!("vehicle {} stands in it twice", twice[0].id));
    }
    Ok(marks)
}

/// Numbers of `Log.Level`.
const LEVELS: [(EventLevel, i32); 3] = [(EventLevel::Info, 2), (EventLevel::Warning, 3), (EventLevel::Error, 4)];

/// An event as a message.
pub fn log(event: &LogEvent) -> Log {
    let level = LEVELS.iter().find(|(level, _)| *level == event.level).map_or(0, |&(_, number)| number);
    Log {
        timestamp: Some(Timestamp::of(event.t_ns)),
        level,
        message: event.message.clone(),
        name: event.subject.clone(),
        file: String::new(),
        line: 0,
    }
}

/// The event of a message.
pub fn event(t_ns: u64, log: Log) -> LogEvent {
    let level = LEVELS
        .iter()
        .find(|&&(_, number)| number == log.level)
        .map_or(if log.level > 4 { EventLevel::Error } else { EventLevel::Info }, |&(level, _)| level);
    LogEvent { t_ns, level, subject: log.name, message: log.message }
}
