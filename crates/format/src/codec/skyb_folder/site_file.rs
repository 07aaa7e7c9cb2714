use kapok_show::{Chapter, DVec3, Environment, Limits, Show, Site, VehicleProfile};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::codec::skyb::RthLayout;
use crate::error::shortened;
use crate::swarm::decoded::IllegalLimit;
use crate::text::json::{self, read_json};
use crate::{LimitSources, Place, ReadBounds, ReadError, WriteError};

/// Name of the file that says where the vehicles of a folder fly.
pub const SITE_FILE_NAME: &str = "site.json";
/// Version that is written and understood.
const VERSION: u32 = 1;

/// The file as it stands.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SiteJson {
    version: u32,
    #[serde(default)]
    title: String,
    site: Site,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rth_layout: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    landing_speed_m_s: Option<f64>,
    #[serde(default)]
    limits: Map<String, Value>,
    #[serde(default)]
    profile: Map<String, Value>,
    #[serde(default)]
    environment: Environment,
    #[serde(default)]
    chapters: Vec<Chapter>,
    #[serde(default)]
    vehicles: Vec<VehicleJson>,
}

/// One vehicle as the file lists it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct VehicleJson {
    pub file: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub home_m: Option<DVec3>,
    #[serde(default, skip_serializing_if = "is_zero")]
    pub group: u8,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(group: &u8) -> bool {
    *group == 0
}

/// What the file says.
pub(super) struct SiteFile {
    pub title: String,
    pub site: Site,
    pub rth_layout: Option<RthLayout>,
    pub landing_speed_m_s: Option<f64>,
    pub limits: Limits,
    pub limits_from_file: LimitSources,
    pub profile: VehicleProfile,
    pub environment: Environment,
    pub chapters: Vec<Chapter>,
    pub vehicles: Vec<VehicleJson>,
}

fn object_of<T: Serialize>(value: &T) -> Map<String, Value> {
    match serde_json::to_value(value) {
        Ok(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

/// The defaults with the stated members over them.
fn over_defaults<T>(what: &str, stated: &Map<String, Value>, place: &Place) -> Result<T, ReadError>
where
    T: Default + Serialize + DeserializeOwned,
{
    let mut all = object_of(&T::default());
    for (name, value) in stated {
        let Some(slot) = all.get_mut(name) else {
            return Err(ReadError::BadValue {
                place: place.at(format!("{what}.{}", shortened(name))),
                value: format!("\"{}\"", shortened(name)),
                why: format!("is no member of {what}"),
                remedy: "correct its name: docs/formats.md lists them",
            });
        };
        *slot = value.clone();
    }
    json::from_value(Value::Object(all)).map_err(|e| ReadError::BadValue {
        place: place.at(what),
        value: "a member".into(),
        why: format!("is of the wrong kind ({})", shortened(&e.to_string())),
        remedy: "limits and profile are numbers in the unit that the name ends with",
    })
}

/// Reads the file.
pub(super) fn read(bytes: &[u8], bounds: &ReadBounds) -> Result<SiteFile, ReadError> {
    let place = Place::in_member(SITE_FILE_NAME, "");
    if bytes.len() as u64 > bounds.max_member_bytes {
        return Err(ReadError::OverLimit {
            place,
            what: "the size in bytes",
            value: bytes.len() as u64,
            limit: bounds.max_member_bytes,
            field: "max_member_bytes",
        });
    }
    let json: SiteJson = read_json(bytes, SITE_FILE_NAME)?;
    let bad = |at: &str, value: String, why: &str, remedy| {
        Err(ReadError::BadValue { place: place.at(at), value, why: why.into(), remedy })
    };
    if json.version != VERSION {
        let value = format!("version {}", json.version);
        return bad("version", value, "is not known", "write it as version 1");
    }
    let origin = json.site.origin;
    let on_earth =
        origin.latitude_deg.abs() <= 90.0 && origin.longitude_deg.abs() <= 180.0 && origin.amsl_m.abs() <= 12_000.0;
    if !(on_earth && json.site.heading_deg.abs() <= 720.0) {
        let value = format!("{origin:?}, heading {}", json.site.heading_deg);
        return bad("site", shortened(&value), "is no place on earth", "state degrees and metres");
    }
    let rth_layout = match json.rth_layout.as_deref().map(|name| (name, RthLayout::from_name(name))) {
        Some((name, None)) => {
            let value = format!("\"{}\"", shortened(name));
            let remedy = "layouts are released-4, main-2026 and crate-0.1";
            return bad("rth_layout", value, "is no layout of return plans", remedy);
        }
        Some((_, layout)) => layout,
        None => None,
    };
    if let Some(speed_m_s) = json.landing_speed_m_s.filter(|v| *v <= 0.0) {
        return bad("landing_speed_m_s", format!("{speed_m_s} m/s"), "brings no vehicle down", "it must be above 0");
    }
    let show_limits: Limits = over_defaults("limits", &json.limits, &place)?;
    let mut limits_from_file = LimitSources::by(|field| json.limits.contains_key(field.name()));
    limits_from_file.illegal = IllegalLimit::among(&show_limits, || place.at("limits"));
    let corners = |p: &[kapok_show::DVec2]| p.len();
    let fence_corners = json
        .environment
        .geofence
        .as_ref()
        .map_or(0, |f| corners(&f.polygon_m) + f.holes_m.iter().map(|h| corners(h)).sum::<usize>());
    if fence_corners > bounds.max_fence_corners {
        return Err(ReadError::OverLimit {
            place: place.at("environment.geofence"),
            what: "the number of all corners of the fence",
            value: fence_corners as u64,
            limit: bounds.max_fence_corners as u64,
            field: "max_fence_corners",
        });
    }
    Ok(SiteFile {
        limits_from_file,
        limits: show_limits,
        profile: over_defaults("profile", &json.profile, &place)?,
        title: json.title,
        site: json.site,
        rth_layout,
        landing_speed_m_s: json.landing_speed_m_s,
        environment: json.environment,
        chapters: json.chapters,
        vehicles: json.vehicles,
    })
}

/// The site file of a show whose vehicles have these files, in their order.
///
/// # Errors
/// [`WriteError::NotFinite`]; [`WriteError::NotCarried`] for another number of files than vehicles.
pub fn write_site_file(show: &Show, files: &[String], rth_layout: Option<RthLayout>) -> Result<Vec<u8>, WriteError> {
    if files.len() != show.vehicles.len() {
        return Err(WriteError::NotCarried {
            what: format!("a list of {} files for {} vehicles", files.len(), show.vehicles.len()),
            format: "a site file",
            why: "each vehicle has one file",
        });
    }
    let mut plans = show.vehicles.iter().filter_map(|v| v.return_to_home.as_ref()).map(|p| p.landing_speed_m_s);
    let landing_speed_m_s = rth_layout.filter(|l| *l != RthLayout::Crate01).and_then(|_| plans.next());
    let json = SiteJson {
        version: VERSION,
        title: show.title.clone(),
        site: show.site,
        rth_layout: rth_layout.map(|layout| layout.name().to_owned()),
        // Vehicles that differ cannot be told apart here: one speed for all would be wrong, so none is stated.
        landing_speed_m_s: landing_speed_m_s.filter(|first| plans.all(|other| other == *first)),
        limits: object_of(&show.limits),
        profile: object_of(&show.profile),
        environment: show.environment.clone(),
        chapters: show.chapters.clone(),
        vehicles: files
            .iter()
            .zip(&show.vehicles)
            .map(|(file, v)| VehicleJson {
                file: file.clone(),
                name: Some(v.name.clone()),
                home_m: Some(v.home_m),
                group: v.group,
            })
            .collect(),
    };
    let not_finite = || WriteError::NotFinite { what: "site, environment, limits, profile or a pad".into() };
    let mut text = serde_json::to_string_pretty(&json).map_err(|_| not_finite())?;
    // JSON has no NaN and no infinity: whatever does not read back equal had one.
    if serde_json::from_str::<SiteJson>(&text).ok().as_ref() != Some(&json) {
        return Err(not_finite());
    }
    text.push('\n');
    Ok(text.into_bytes())
}
