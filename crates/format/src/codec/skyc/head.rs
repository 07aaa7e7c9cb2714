//! The part of `show.json` that concerns the whole show. The standard members rule, the added object refines.

use kapok_show::{Chapter, Environment, KeepOut, KeepOutShape, LimitField, Limits, Site};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use serde_json::value::RawValue;

use super::camera::{self, CameraJson};
use super::chapters::{self, CuesJson, SegmentsJson};
use super::extension::KapokJson;
use super::parts::{Part, Resolver};
use super::settings::{self, FENCE_ACTION, FenceParts, GeofenceJson, LocationJson, ValidationJson};
use crate::error::shortened;
use crate::swarm::decoded::{IllegalLimit, field_limits};
use crate::swarm::notes::{Note, Notes};
use crate::text::json;
use crate::{LimitSources, ReadBounds, ReadError};

/// Upper and lower end of an exclusion polygon, which the format states without height, metres.
const EXCLUSION_SPAN_M: f64 = 10_000.0;

/// What the head is read with.
pub(super) struct Context<'a> {
    pub resolver: &'a Resolver<'a>,
    pub file: &'a Part<'a>,
    pub kapok: Option<&'a KapokJson>,
    pub bounds: &'a ReadBounds,
    /// End of the last trajectory.
    pub end_ms: i64,
}

/// The show without its vehicles.
pub(super) struct Head {
    pub title: String,
    pub site: Site,
    pub environment: Environment,
    pub limits: Limits,
    pub limits_from_file: LimitSources,
    pub chapters: Vec<Chapter>,
}

#[derive(Default, Deserialize)]
struct EnvironmentJson<'a> {
    #[serde(default, rename = "type")]
    kind: Option<String>,
    #[serde(borrow, default)]
    location: Option<&'a RawValue>,
    #[serde(borrow, default)]
    cameras: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct MetaJson<'a> {
    #[serde(default)]
    title: Option<String>,
    #[serde(borrow, default)]
    segments: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
struct SettingsJson<'a> {
    #[serde(borrow, default)]
    cues: Option<&'a RawValue>,
    #[serde(borrow, default)]
    geofence: Option<&'a RawValue>,
    #[serde(borrow, default)]
    validation: Option<&'a RawValue>,
}

impl<'a> Context<'a> {
    /// The part behind an optional member, or an empty object.
    fn part<'b>(&self, at: &str, raw: Option<&'b RawValue>) -> Result<Part<'b>, ReadError>
    where
        'a: 'b,
    {
        match raw {
            Some(raw) => self.resolver.resolve(self.file, at, raw),
            None => Ok(self.resolver.empty(self.file.member.clone(), at)),
        }
    }

    /// A leaf member as a type, if it is there.
    fn leaf<T: DeserializeOwned>(
        &self,
        parent: &Part,
        at: &str,
        raw: Option<&RawValue>,
    ) -> Result<Option<T>, ReadError> {
        let Some(raw) = raw.filter(|raw| raw.get() != "null") else { return Ok(None) };
        let part = self.resolver.expanded(self.resolver.resolve(parent, at, raw)?)?;
        part.parse().map(Some)
    }
}

/// What the writer would have written for the added object, in the form it is read back.
fn expected<T: DeserializeOwned>(value: Value) -> Option<T> {
    json::from_value(value).ok()
}

fn changed(what: &str) -> String {
    format!("{what} is not what the object `kapok` says (another program changed it): the standard member counts")
}

pub(super) fn read(
    context: &Context,
    environment: Option<&RawValue>,
    meta: Option<&RawValue>,
    settings: Option<&RawValue>,
    notes: &mut Notes,
) -> Result<Head, ReadError> {
    let environment_part = context.part("environment", environment)?;
    let environment_json: EnvironmentJson = environment_part.parse()?;
    let indoor = environment_json.kind.as_deref() == Some("indoor");
    match environment_json.kind.as_deref() {
        None | Some("outdoor" | "indoor") => {}
        Some(other) => {
            return Err(ReadError::BadValue {
                place: environment_part.place_at("type"),
                value: format!("\"{}\"", shortened(other)),
                why: "is no known type of environment".into(),
                remedy: "it is outdoor or indoor",
            });
        }
    }
    let site = read_site(context, &environment_part, environment_json.location, notes)?;
    let mut around = context.kapok.map(|k| k.environment.clone()).unwrap_or_default();
    around.indoor = indoor;
    let cameras = context.leaf::<Vec<CameraJson>>(&environment_part, "cameras", environment_json.cameras)?;
    apply_cameras(context, cameras, &mut around, notes);

    let meta_part = context.part("meta", meta)?;
    let meta_json: MetaJson = meta_part.parse()?;
    let segments = context.leaf::<SegmentsJson>(&meta_part, "segments", meta_json.segments)?;
    let title = meta_json.title.unwrap_or_else(|| {
        notes.add("the show has no title");
        String::new()
    });
    if title.len() > context.bounds.max_name_bytes {
        return Err(ReadError::OverLimit {
            place: meta_part.place_at("title"),
            what: "the length of the title in bytes",
            value: title.len() as u64,
            limit: context.bounds.max_name_bytes as u64,
            field: "max_name_bytes",
        });
    }

    let settings_part = context.part("settings", settings)?;
    let settings_json: SettingsJson = settings_part.parse()?;
    let cues = context.leaf::<CuesJson>(&settings_part, "cues", settings_json.cues)?;
    let chapters = read_chapters(context, &settings_part, cues, segments, notes)?;
    if let Some(fence) = context.leaf::<GeofenceJson>(&settings_part, "geofence", settings_json.geofence)? {
        apply_geofence(context, &settings_part, &fence, &mut around, notes)?;
    }
    let stated = context.leaf::<ValidationJson>(&settings_part, "validation", settings_json.validation)?;
    let stated = stated.unwrap_or_default();
    let (limits, limits_from_file) = read_limits(context, &settings_part, &stated, indoor, notes);
    Ok(Head { title, site, environment: around, limits, limits_from_file, chapters })
}

fn read_site(context: &Context, parent: &Part, raw: Option<&RawValue>, notes: &mut Notes) -> Result<Site, ReadError> {
    let Some(location) = context.leaf::<LocationJson>(parent, "location", raw)? else {
        return Ok(context.kapok.map_or_else(
            || {
                notes.add("the file does not say where the show stands: latitude, longitude and heading 0 are assumed");
                Site::default()
            },
            |k| k.site,
        ));
    };
    if let Some(kapok) = context.kapok {
        if expected::<LocationJson>(settings::location(&kapok.site)).as_ref() == Some(&location) {
            return Ok(kapok.site);
        }
        notes.add(changed("the location"));
    }
    settings::site(&location).map_err(|value| ReadError::BadValue {
        place: parent.place_at("location"),
        value,
        why: "is no place on earth".into(),
        remedy: "origin is [latitude * 1e7, longitude * 1e7, altitude in mm], orientation is in degrees",
    })
}

fn apply_cameras(context: &Context, cameras: Option<Vec<CameraJson>>, around: &mut Environment, notes: &mut Notes) {
    let Some(cameras) = cameras.filter(|list| !list.is_empty()) else { return };
    let stated = camera::audiences(&cameras);
    if context.kapok.is_none() {
        notes.add(
            "cameras are places to look from, not areas with spectators: the file states none of these, and nothing is held \
             against any; the point looked at is taken 100 m ahead of each camera",
        );
        around.audiences = stated;
        return;
    }
    if expected::<Vec<CameraJson>>(camera::cameras(&around.audiences)).as_ref() == Some(&cameras) {
        return;
    }
    notes.add(changed("the list of cameras"));
    for (i, camera) in stated.into_iter().enumerate() {
        match around.audiences.get_mut(i) {
            Some(audience) => (audience.eye_m, audience.look_at_m) = (camera.eye_m, camera.look_at_m),
            None => around.audiences.push(camera),
        }
    }
}

fn read_chapters(
    context: &Context,
    place: &Part,
    cues: Option<CuesJson>,
    segments: Option<SegmentsJson>,
    notes: &mut Notes,
) -> Result<Vec<Chapter>, ReadError> {
    if let Some(kapok) = context.kapok {
        let same_cues = cues.is_none() || expected::<CuesJson>(chapters::cues(&kapok.chapters)) == cues;
        let same_segments = segments.is_none() || expected(chapters::segments(&kapok.chapters)) == segments;
        if same_cues && same_segments {
            return Ok(kapok.chapters.clone());
        }
        notes.add(changed("the list of cues or segments"));
    }
    let (cues, segments) = (cues.unwrap_or_default(), segments.unwrap_or_default());
    match chapters::chapters(&cues, &segments, context.end_ms, context.bounds.max_time_ms) {
        Some((list, more)) => {
            for note in more {
                notes.add(note);
            }
            Ok(list)
        }
        None => Err(ReadError::BadValue {
            place: place.place_at("cues"),
            value: "a time of a cue or segment".into(),
            why: "is beyond any show".into(),
            remedy: "times are in seconds, within 24 hours",
        }),
    }
}

fn apply_geofence(
    context: &Context,
    place: &Part,
    fence: &GeofenceJson,
    around: &mut Environment,
    notes: &mut Notes,
) -> Result<(), ReadError> {
    if let Some(kapok) = context.kapok {
        let written = settings::geofence(&kapok.environment).and_then(expected::<GeofenceJson>);
        if written.as_ref() == Some(fence) {
            return Ok(());
        }
        notes.add(changed("the geofence"));
    }
    if let Some(action) = fence.action.as_deref().filter(|action| *action != FENCE_ACTION) {
        notes.add(Note::left_out(format!(
            "that a vehicle which breaks the geofence shall \"{}\" has no place in Kapok: files written from it say \
             \"{FENCE_ACTION}\". Set it again before you fly",
            shortened(action)
        )));
    }
    if fence.rally_points.as_ref().is_some_and(|p| p.as_array().is_none_or(|list| !list.is_empty())) {
        notes.add(Note::left_out("the places to fly to where the geofence is broken are left out"));
    }
    if fence.enabled == Some(false) {
        notes.add(Note::left_out("the geofence is switched off in the file: it is left out"));
        return Ok(());
    }
    let corners = fence.polygons.iter().map(|p| p.points.len()).sum::<usize>();
    let limit = (context.bounds.max_fence_corners, "max_fence_corners");
    place.check_count("geofence", corners, "the number of all corners of the fence", limit)?;
    if let Some(i) = fence.polygons.iter().position(|p| p.points.len() < 3) {
        return Err(ReadError::BadValue {
            place: place.place_at(&format!("geofence.polygons[{i}]")),
            value: format!("{} corners", fence.polygons[i].points.len()),
            why: "are no polygon".into(),
            remedy: "give at least three",
        });
    }
    around.fence_limits = fence.limits();
    if !around.fence_limits.is_empty() {
        notes.add(
            "heights and distances of the geofence are taken as vehicles measure them, from their own pads, or from the \
             site's origin where that is stricter",
        );
    }
    let FenceParts { fence, outside } = settings::polygons(fence);
    if let Some(more) = fence.as_ref().map(|f| f.also_inside_m.len()).filter(|more| *more > 0) {
        notes.add(format!("a vehicle must be inside of each of the {} inclusion polygons of the geofence", more + 1));
    }
    if fence.is_some() {
        around.geofence = fence;
    }
    if !outside.is_empty() {
        notes.add(format!(
            "{} exclusion polygons of the geofence became keep-out volumes of all heights",
            outside.len()
        ));
    }
    around.keep_outs.extend(outside.into_iter().enumerate().map(|(i, polygon_m)| KeepOut {
        name: format!("exclusion {}", i + 1),
        shape: KeepOutShape::Prism { polygon_m, bottom_m: -EXCLUSION_SPAN_M, top_m: EXCLUSION_SPAN_M },
    }));
    Ok(())
}

fn read_limits(
    context: &Context,
    place: &Part,
    stated: &ValidationJson,
    indoor: bool,
    notes: &mut Notes,
) -> (Limits, LimitSources) {
    let mut limits = context.kapok.map_or_else(|| field_limits(indoor), |k| k.limits);
    let mut sources = if context.kapok.is_some() {
        let written = expected::<ValidationJson>(settings::validation(&limits)).unwrap_or_default();
        let differing = stated.differing_from(&written);
        let fields = settings::apply(&differing, &mut limits);
        if !fields.is_empty() {
            let names: Vec<_> = fields.into_iter().map(LimitField::name).collect();
            notes.add(changed(&format!("the limit of {}", names.join(", "))));
        }
        LimitSources::by(|_| true)
    } else {
        let fields = settings::apply(stated, &mut limits);
        let sources = LimitSources::by(|field| fields.contains(&field));
        if !fields.contains(&LimitField::MinNavigationAltitude)
            && limits.min_navigation_altitude_m >= limits.max_altitude_m
        {
            limits.min_navigation_altitude_m = 0.0;
            notes.add("the default of min_navigation_altitude_m is above the file's ceiling; it is taken as 0");
        }
        if indoor {
            notes.add(
                "the show is meant for indoors: limits of a hall and no wind are taken where the file states none",
            );
        }
        sources.note(&limits).into_iter().for_each(|note| notes.add(note));
        sources
    };
    sources.illegal = IllegalLimit::among(&limits, || place.place_at("validation"));
    (limits, sources)
}
