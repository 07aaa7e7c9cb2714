use kapok_show::{Environment, LimitField, Show, VehicleProfile, figure, seconds};

use super::answer::FactChange;
use super::motion::Pairs;

/// Degrees of latitude and longitude that are less than a millimetre.
const SAME_DEG: f64 = 1e-8;
/// Lengths and other figures that differ by less are the same.
const SAME: f64 = 1e-6;

struct Facts(Vec<FactChange>);

impl Facts {
    fn text(&mut self, fact: &str, a: impl Into<String>, b: impl Into<String>) {
        let (a, b) = (a.into(), b.into());
        if a != b {
            self.0.push(FactChange { fact: fact.to_owned(), a, b });
        }
    }

    fn number(&mut self, fact: &str, unit: &str, a: f64, b: f64, same: f64) {
        if (a - b).abs() > same || a.is_nan() != b.is_nan() {
            let text = |v: f64| format!("{} {unit}", figure(v)).trim_end().to_owned();
            // What differs beyond the decimals of a figure is written in full.
            let (x, y) =
                if text(a) == text(b) { (format!("{a} {unit}"), format!("{b} {unit}")) } else { (text(a), text(b)) };
            self.text(fact, x.trim_end(), y.trim_end());
        }
    }

    /// Something that is the same or not, told by how many there are.
    fn parts<T: PartialEq>(&mut self, fact: &str, a: &[T], b: &[T]) {
        if a != b {
            let told = |n: usize| if n == 0 { "none".to_owned() } else { n.to_string() };
            let (x, y) = (told(a.len()), told(b.len()));
            let y = if x == y { format!("{y}, changed") } else { y };
            self.text(fact, x, y);
        }
    }
}

/// All facts that differ, apart from scenes, motion and lights.
pub fn compare(a: &Show, b: &Show, pairs: &Pairs) -> Vec<FactChange> {
    let mut facts = Facts(Vec::new());
    facts.text("title", &a.title, &b.title);
    let draft = |show: &Show| if show.draft { "a draft" } else { "no draft" };
    facts.text("mark", draft(a), draft(b));
    let (from, to) = (a.site.origin, b.site.origin);
    facts.number("latitude", "°", from.latitude_deg, to.latitude_deg, SAME_DEG);
    facts.number("longitude", "°", from.longitude_deg, to.longitude_deg, SAME_DEG);
    facts.number("height above sea", "m", from.amsl_m, to.amsl_m, 0.001);
    facts.number("heading", "°", a.site.heading_deg, b.site.heading_deg, SAME);
    environment(&mut facts, &a.environment, &b.environment);
    facts.text("vehicles", a.vehicles.len().to_string(), b.vehicles.len().to_string());
    profile(&mut facts, &a.profile, &b.profile);
    for field in LimitField::ALL {
        facts.number(
            &format!("limit: {}", field.title()),
            field.unit(),
            field.get(&a.limits),
            field.get(&b.limits),
            SAME,
        );
    }
    let audio = |show: &Show| show.audio.as_ref().map(|audio| (audio.start_ms, audio.bytes.clone()));
    if audio(a) != audio(b) {
        let told = |show: &Show| {
            let told =
                |audio: &kapok_show::Audio| format!("{} bytes from {}", audio.bytes.len(), seconds(audio.start_ms));
            show.audio.as_ref().map_or("none".to_owned(), told)
        };
        let (x, y) = (told(a), told(b));
        facts.text("music", &x, if x == y { format!("{y}, changed") } else { y });
    }
    let differ = |of: fn(&kapok_show::Vehicle, &kapok_show::Vehicle) -> bool| {
        pairs.of_both.iter().filter(|&&(i, j)| of(&a.vehicles[i], &b.vehicles[j])).count()
    };
    for (fact, count) in [
        ("yaw", differ(|a, b| a.yaw != b.yaw)),
        ("pyrotechnics", differ(|a, b| a.pyro != b.pyro)),
        ("returns to home", differ(|a, b| a.return_to_home != b.return_to_home)),
        ("groups", differ(|a, b| a.group != b.group)),
    ] {
        if count > 0 {
            facts.text(fact, "", format!("changed on {count} vehicles"));
        }
    }
    facts.number("duration", "s", a.duration_ms() as f64 / 1000.0, b.duration_ms() as f64 / 1000.0, 0.0005);
    facts.0
}

/// The duration alone, where what else is stated cannot be compared: formats with rows may end with the last row, so it counts only
/// if something is seen to differ.
pub fn duration(a: &Show, b: &Show, differs: bool) -> Option<FactChange> {
    let mut facts = Facts(Vec::new());
    if differs {
        facts.number("duration", "s", a.duration_ms() as f64 / 1000.0, b.duration_ms() as f64 / 1000.0, 0.0005);
    }
    facts.0.pop()
}

fn environment(facts: &mut Facts, a: &Environment, b: &Environment) {
    let place = |e: &Environment| if e.indoor { "a hall" } else { "outdoors" };
    facts.text("place", place(a), place(b));
    let corners = |e: &Environment| e.geofence.iter().flat_map(|f| f.polygon_m.iter().copied()).collect::<Vec<_>>();
    facts.parts("corners of the geofence", &corners(a), &corners(b));
    if corners(a) == corners(b) && (&a.geofence, &a.fence_limits) != (&b.geofence, &b.fence_limits) {
        facts.text("geofence", "", "its holes, further outlines or limits changed");
    }
    facts.parts("keep-outs", &a.keep_outs, &b.keep_outs);
    facts.parts("audiences", &a.audiences, &b.audiences);
    facts.parts("waters", &a.waters, &b.waters);
    facts.parts("roads", &a.roads, &b.roads);
    facts.parts("landmarks", &a.landmarks, &b.landmarks);
}

fn profile(facts: &mut Facts, a: &VehicleProfile, b: &VehicleProfile) {
    facts.text("type of vehicle", &a.name, &b.name);
    facts.number("mass of a vehicle", "kg", a.mass_kg, b.mass_kg, SAME);
    facts.number("diameter of a vehicle", "m", a.diameter_m, b.diameter_m, SAME);
    facts.number("endurance", "s", a.endurance_s, b.endurance_s, SAME);
    facts.number("drag area", "m²", a.drag_area_m2, b.drag_area_m2, SAME);
    let speed =
        |p: &VehicleProfile| p.max_airspeed_m_s.map_or("not stated".to_owned(), |v| format!("{} m/s", figure(v)));
    facts.text("greatest airspeed", speed(a), speed(b));
}
