use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use glam::DVec3;
use kapok_show::Diagnostics;
use toml::Spanned;

use super::document::{FaultDocument, JamTable, Placed, VehicleKey};
use super::script::{Affected, Fault, FaultScript, TimedFault};
use crate::checker::Checker;

/// Most bytes of a fault script.
pub const MAX_FAULT_SCRIPT_BYTES: usize = 262_144;
/// Most faults of a script.
pub const MAX_FAULTS: usize = 250;
/// Sectors of a script that states no number of them.
const SECTORS: u32 = 8;

/// When a fault may begin: from an hour before the start to a day after it, seconds.
const AT_S: RangeInclusive<f64> = -3600.0..=86_400.0;
const FOR_S: RangeInclusive<f64> = 0.1..=86_400.0;
const SHARE: RangeInclusive<f64> = 0.0..=1.0;
const OFF_M: RangeInclusive<f64> = -1000.0..=1000.0;
const DRIFT_M_S: RangeInclusive<f64> = -20.0..=20.0;
const WIND_M_S: RangeInclusive<f64> = 0.0..=60.0;
const REACH_M: RangeInclusive<f64> = 0.0..=100_000.0;

impl FaultScript {
    /// Reads a script from TOML, for a fleet of vehicles of these names and pads; `file` names it in messages.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with line, column and remedy: no TOML, an unknown or missing key, a value outside its
    /// range, a vehicle or sector that is not there, more than [`MAX_FAULTS`] faults.
    ///
    /// # Panics
    /// If there are not as many names as pads.
    ///
    /// ```
    /// use kapok_show::DVec3;
    /// use kapok_sim::{Fault, FaultScript};
    ///
    /// let (names, pads) = (["a", "b"], [DVec3::ZERO, DVec3::X]);
    /// let text = "title = 'A jammer'\nsector_count = 2\n[[jam]]\nat_s = 45\nfor_s = 20\nsectors = [2]\n";
    /// let script = FaultScript::read("jam.toml", text, &names, &pads)?;
    /// assert_eq!((script.faults[0].fault, script.faults[0].until_s), (Fault::NoFix, 65.0));
    ///
    /// let errors = FaultScript::read("jam.toml", &text.replace("[2]", "[3]"), &names, &pads).unwrap_err();
    /// assert!(errors.to_string().starts_with("jam.toml:6:12: there is no sector 3\n  help: sectors are 1 to 2"));
    /// # Ok::<(), kapok_show::Diagnostics>(())
    /// ```
    pub fn read<S: AsRef<str>>(file: &str, text: &str, names: &[S], pads_m: &[DVec3]) -> Result<Self, Diagnostics> {
        assert_eq!(names.len(), pads_m.len(), "a vehicle has a name and a pad");
        let (checker, document) = Checker::read::<FaultDocument>(file, text, MAX_FAULT_SCRIPT_BYTES, "faults")?;
        let mut reader = Reader { checker, fleet: FleetKeys::new(names, pads_m), faults: Vec::new() };
        if let Some(count) = &document.sector_count {
            let most = names.len().clamp(1, 250) as i64;
            reader.fleet.sectors = reader.checker.within("sector_count", &count.0, 1..=most).clamp(1, most) as u32;
        }
        reader.everything(&document);
        let Reader { mut checker, mut faults, .. } = reader;
        if faults.len() > MAX_FAULTS {
            let message = format!("the script has {} faults", faults.len());
            checker.fault(0..0, "", message, format!("at most {MAX_FAULTS} are read"));
        }
        faults.sort_by(|a, b| a.at_s.total_cmp(&b.at_s));
        checker.finish(Self { title: document.title, faults })
    }
}

/// By what a script names vehicles.
struct FleetKeys {
    by_name: BTreeMap<String, u32>,
    /// Place of each vehicle in the order of the pads from left to right.
    rank: Vec<usize>,
    sectors: u32,
}

impl FleetKeys {
    fn new<S: AsRef<str>>(names: &[S], pads_m: &[DVec3]) -> Self {
        let mut order: Vec<usize> = (0..pads_m.len()).collect();
        order.sort_by(|&i, &j| {
            let (p, q) = (pads_m[i], pads_m[j]);
            p.x.total_cmp(&q.x).then(p.y.total_cmp(&q.y)).then(i.cmp(&j))
        });
        let mut rank = vec![0; order.len()];
        order.iter().enumerate().for_each(|(place, &i)| rank[i] = place);
        let by_name = names.iter().zip(0u32..).map(|(name, i)| (name.as_ref().to_owned(), i)).collect();
        Self { by_name, rank, sectors: SECTORS }
    }

    fn vehicle(&self, key: &VehicleKey) -> Option<u32> {
        match key {
            VehicleKey::Name(name) => self.by_name.get(name).copied(),
            VehicleKey::Number(number) => {
                let index = usize::try_from(*number).ok()?.checked_sub(1)?;
                (index < self.rank.len()).then_some(index as u32)
            }
        }
    }

    /// The vehicles of a sector, from 1.
    fn sector(&self, number: u32) -> impl Iterator<Item = u32> {
        let (count, sectors) = (self.rank.len(), self.sectors as usize);
        let of = move |rank: usize| (rank * sectors / count.max(1)) as u32 + 1;
        self.rank.iter().zip(0u32..).filter(move |(rank, _)| of(**rank) == number).map(|(_, i)| i)
    }
}

struct Reader<'a> {
    checker: Checker<'a>,
    fleet: FleetKeys,
    faults: Vec<TimedFault>,
}

/// The columns that all tables of vehicles have.
macro_rules! common {
    ($table:expr) => {
        (&$table.at_s, &$table.for_s, &$table.vehicles, &$table.sectors)
    };
}

type Common<'a> =
    (&'a Placed<f64>, &'a Option<Placed<f64>>, &'a Option<Vec<Placed<VehicleKey>>>, &'a Option<Vec<Placed<i64>>>);

impl Reader<'_> {
    fn everything(&mut self, d: &FaultDocument) {
        for t in &d.jam {
            self.jam(t);
        }
        for t in &d.gnss_loss {
            self.add("gnss_loss", common!(t), Fault::NoFix);
        }
        for t in &d.spoof {
            let drift_m_s = self.vector("spoof.drift_m_s", &t.drift_m_s.0, &DRIFT_M_S);
            self.add("spoof", common!(t), Fault::Spoofed { drift_m_s });
        }
        for t in &d.corrections_lost {
            self.add("corrections_lost", common!(t), Fault::NoCorrections);
        }
        for t in &d.compass {
            let off_rad = self.checker.within("compass.off_deg", &t.off_deg.0, -180.0..=180.0).to_radians();
            self.add("compass", common!(t), Fault::Compass { off_rad });
        }
        for t in &d.barometer {
            let off_m = self.optional("barometer.off_m", t.off_m.as_ref(), OFF_M).unwrap_or(0.0);
            let drift_m_s = self.optional("barometer.drift_m_s", t.drift_m_s.as_ref(), DRIFT_M_S).unwrap_or(0.0);
            self.says_something("barometer", &t.at_s, t.off_m.is_some() || t.drift_m_s.is_some(), "off_m or drift_m_s");
            self.add("barometer", common!(t), Fault::Barometer { off_m, drift_m_s });
        }
        for t in &d.rotor {
            let rotor = self.checker.within("rotor.rotor", &t.rotor.0, 1..=4).clamp(1, 4) as usize - 1;
            let thrust = self.optional("rotor.thrust", t.thrust.as_ref(), SHARE).unwrap_or(0.0);
            self.add("rotor", common!(t), Fault::Rotor { rotor, thrust });
        }
        for t in &d.battery {
            let charge = self.optional("battery.charge", t.charge.as_ref(), SHARE);
            let health = self.optional("battery.health", t.health.as_ref(), 0.05..=1.0);
            let temperature_c = self.optional("battery.temperature_c", t.temperature_c.as_ref(), -40.0..=60.0);
            let says = charge.or(health).or(temperature_c).is_some();
            self.says_something("battery", &t.at_s, says, "charge, health or temperature_c");
            self.add("battery", common!(t), Fault::Pack { charge, health, temperature_c });
        }
        for t in &d.reboot {
            self.add("reboot", common!(t), Fault::Reboot { forgets: t.forgets.unwrap_or(false) });
        }
        for t in &d.stale_upload {
            let turned = self.optional("stale_upload.turned_deg", t.turned_deg.as_ref(), -180.0..=180.0);
            let shifted = t.shifted_m.as_ref().map(|m| self.vector("stale_upload.shifted_m", &m.0, &OFF_M));
            let late = self.optional("stale_upload.late_s", t.late_s.as_ref(), -600.0..=600.0);
            let says = turned.is_some() || shifted.is_some() || late.is_some();
            self.says_something("stale_upload", &t.at_s, says, "turned_deg, shifted_m or late_s");
            let turned_rad = turned.unwrap_or(0.0).to_radians();
            let fault = Fault::StaleUpload {
                turned_rad,
                shifted_m: shifted.unwrap_or(DVec3::ZERO),
                late_s: late.unwrap_or(0.0),
            };
            self.add("stale_upload", common!(t), fault);
        }
        for t in &d.link {
            let loss = self.optional("link.loss", t.loss.as_ref(), SHARE);
            let delay_s = self.optional("link.delay_s", t.delay_s.as_ref(), 0.0..=60.0);
            let duplicates = self.optional("link.duplicates", t.duplicates.as_ref(), SHARE);
            let says = loss.or(delay_s).or(duplicates).is_some();
            self.says_something("link", &t.at_s, says, "loss, delay_s or duplicates");
            let or_none = |value: Option<f64>| value.unwrap_or(0.0);
            let fault = Fault::Link { loss: or_none(loss), delay_s: or_none(delay_s), duplicates: or_none(duplicates) };
            self.add("link", common!(t), fault);
        }
        self.air(d);
    }

    /// What meets the whole site.
    fn air(&mut self, d: &FaultDocument) {
        for t in &d.wind {
            let fault = Fault::Wind {
                speed_m_s: self.checker.within("wind.speed_m_s", &t.speed_m_s.0, WIND_M_S),
                height_m: self.optional("wind.height_m", t.height_m.as_ref(), 1.0..=1000.0).unwrap_or(10.0),
                over_s: self.optional("wind.over_s", t.over_s.as_ref(), 0.1..=3600.0).unwrap_or(10.0),
            };
            self.add_to("wind", &t.at_s, t.for_s.as_ref(), Affected::All, fault);
        }
        for t in &d.gust_front {
            let degrees = self.checker.within("gust_front.toward_deg", &t.toward_deg.0, -360.0..=360.0);
            let fault = Fault::GustFront {
                added_m_s: self.checker.within("gust_front.added_m_s", &t.added_m_s.0, WIND_M_S),
                toward_rad: degrees.to_radians(),
                travel_m_s: self.optional("gust_front.travel_m_s", t.travel_m_s.as_ref(), 0.5..=60.0).unwrap_or(10.0),
                rise_m: self.optional("gust_front.rise_m", t.rise_m.as_ref(), 1.0..=2000.0).unwrap_or(30.0),
            };
            self.add_to("gust_front", &t.at_s, t.for_s.as_ref(), Affected::All, fault);
        }
    }

    /// A jammer of vehicles, or one at a place.
    fn jam(&mut self, t: &JamTable) {
        let reach_m = self.optional("jam.reach_m", t.reach_m.as_ref(), REACH_M);
        let degraded_m = self.optional("jam.degraded_m", t.degraded_m.as_ref(), REACH_M);
        let fault = match (&t.place_m, reach_m) {
            (Some(place), Some(reach_m)) => {
                if t.vehicles.is_some() || t.sectors.is_some() {
                    let help = "leave out `place_m`, or `vehicles` and `sectors`";
                    self.checker.fault(
                        place.0.span(),
                        "jam.place_m",
                        "a jammer at a place meets what is near it",
                        help,
                    );
                }
                let place_m = self.vector("jam.place_m", &place.0, &(-100_000.0..=100_000.0));
                Fault::Jammer { place_m, reach_m, degraded_m: degraded_m.unwrap_or(reach_m).max(reach_m) }
            }
            (Some(place), None) => {
                self.checker.fault(place.0.span(), "jam.reach_m", "a jammer at a place has a reach", "state `reach_m`");
                return;
            }
            (None, _) => {
                if let Some(stray) = t.reach_m.as_ref().or(t.degraded_m.as_ref()) {
                    let help = "state `place_m`, or leave out the reach";
                    self.checker.fault(stray.0.span(), "jam.place_m", "a reach is one from a place", help);
                }
                Fault::NoFix
            }
        };
        self.add("jam", common!(t), fault);
    }

    fn add(&mut self, key: &str, (at, long, vehicles, sectors): Common, fault: Fault) {
        let vehicles = self.affected(key, vehicles.as_deref(), sectors.as_deref());
        self.add_to(key, at, long.as_ref(), vehicles, fault);
    }

    fn add_to(&mut self, key: &str, at: &Placed<f64>, long: Option<&Placed<f64>>, vehicles: Affected, fault: Fault) {
        let at_s = self.checker.within(&format!("{key}.at_s"), &at.0, AT_S);
        let for_s = self.optional(&format!("{key}.for_s"), long, FOR_S);
        self.faults.push(TimedFault { at_s, until_s: for_s.map_or(f64::INFINITY, |s| at_s + s), vehicles, fault });
    }

    fn affected(
        &mut self,
        key: &str,
        vehicles: Option<&[Placed<VehicleKey>]>,
        sectors: Option<&[Placed<i64>]>,
    ) -> Affected {
        if vehicles.is_none() && sectors.is_none() {
            return Affected::All;
        }
        let mut list = Vec::new();
        for Placed(vehicle) in vehicles.unwrap_or_default() {
            match self.fleet.vehicle(vehicle.get_ref()) {
                Some(index) => list.push(index),
                None => self.no_vehicle(key, vehicle),
            }
        }
        for Placed(sector) in sectors.unwrap_or_default() {
            let (number, count) = (*sector.get_ref(), self.fleet.sectors);
            match u32::try_from(number) {
                Ok(known) if (1..=count).contains(&known) => list.extend(self.fleet.sector(known)),
                _ => {
                    let help = format!("sectors are 1 to {count}: `sector_count` says how many there are");
                    let field = format!("{key}.sectors");
                    self.checker.fault(sector.span(), &field, format!("there is no sector {number}"), help);
                }
            }
        }
        list.sort_unstable();
        list.dedup();
        Affected::Some(list)
    }

    fn no_vehicle(&mut self, key: &str, vehicle: &Spanned<VehicleKey>) {
        let count = self.fleet.rank.len();
        let message = match vehicle.get_ref() {
            VehicleKey::Number(number) => format!("there is no vehicle {number}"),
            VehicleKey::Name(name) => format!("there is no vehicle named \"{name}\""),
        };
        let first = self.fleet.by_name.iter().min_by_key(|(_, index)| **index).map(|(name, _)| name.as_str());
        let help = match first {
            Some(name) => {
                format!("the show has {count} vehicles: 1 to {count}, or by name, of which \"{name}\" is the first")
            }
            None => "the show has no vehicles".to_owned(),
        };
        self.checker.fault(vehicle.span(), &format!("{key}.vehicles"), message, help);
    }

    fn optional(&mut self, field: &str, value: Option<&Placed<f64>>, range: RangeInclusive<f64>) -> Option<f64> {
        value.map(|value| self.checker.within(field, &value.0, range))
    }

    fn vector(&mut self, field: &str, value: &Spanned<[f64; 3]>, range: &RangeInclusive<f64>) -> DVec3 {
        for (axis, number) in value.get_ref().iter().enumerate() {
            self.checker.number(&format!("{field}[{axis}]"), *number, value.span(), range);
        }
        DVec3::from_array(*value.get_ref())
    }

    /// A table that says nothing beyond its time is a mistake.
    fn says_something(&mut self, key: &str, at: &Placed<f64>, says: bool, keys: &str) {
        if !says {
            let span: Range<usize> = at.0.span();
            self.checker.fault(span, key, format!("this {key} says not what is wrong"), format!("state {keys}"));
        }
    }
}
