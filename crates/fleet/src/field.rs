use kapok_show::{DVec3, MAX_VEHICLES, Show, Site, Wgs84};

use crate::fault::FleetFault;

/// Pads of a grid are this far apart, metres.
const SPACING_M: f64 = 2.0;

/// Where the vehicles of a fleet stand.
#[derive(Clone, Debug, PartialEq)]
pub struct Field {
    /// The frame of the pads.
    pub site: Site,
    /// The pads, in the order of the vehicles; site frame, metres.
    pub pads_m: Vec<DVec3>,
    /// Their names: those of the show, or numbers from 1.
    pub names: Vec<String>,
    /// Mass of a vehicle, if the show states it, kilograms.
    pub mass_kg: Option<f64>,
    /// Under a roof.
    pub indoor: bool,
}

impl Field {
    /// The pads of a show.
    ///
    /// A show that stands nowhere, at latitude and longitude 0, is put where [`Self::grid`] is: vehicles take no such origin.
    ///
    /// # Errors
    /// [`FleetFault::NoVehicles`].
    pub fn of_show(show: &Show) -> Result<Self, FleetFault> {
        if show.vehicles.is_empty() {
            return Err(FleetFault::NoVehicles);
        }
        let Wgs84 { latitude_deg, longitude_deg, .. } = show.site.origin;
        let somewhere = latitude_deg != 0.0 && longitude_deg != 0.0;
        Ok(Self {
            site: if somewhere { show.site } else { Site { heading_deg: show.site.heading_deg, ..default_site() } },
            pads_m: show.vehicles.iter().map(|vehicle| vehicle.home_m).collect(),
            names: show.vehicles.iter().map(|vehicle| vehicle.name.clone()).collect(),
            mass_kg: Some(show.profile.mass_kg),
            indoor: show.environment.indoor,
        })
    }

    /// A square of pads two metres apart beside the Canton Tower, in rows to the right, heading north.
    ///
    /// # Errors
    /// [`FleetFault::Setting`] for none or more than [`MAX_VEHICLES`].
    pub fn grid(count: usize) -> Result<Self, FleetFault> {
        if !(1..=MAX_VEHICLES).contains(&count) {
            let why = format!("is {count}, but must be from 1 to {MAX_VEHICLES}");
            return Err(FleetFault::Setting { field: "count", why });
        }
        let columns = count.isqrt() + usize::from(count.isqrt().pow(2) < count);
        let pad = |i: usize| DVec3::new((i % columns) as f64, (i / columns) as f64, 0.0) * SPACING_M;
        let pads_m = (0..count).map(pad).collect();
        let names = (1..=count).map(|number| number.to_string()).collect();
        Ok(Self { site: default_site(), pads_m, names, mass_kg: None, indoor: false })
    }
}

/// Where the show of 2017 stood.
fn default_site() -> Site {
    Site { origin: Wgs84 { latitude_deg: 23.106_4, longitude_deg: 113.324_5, amsl_m: 5.0 }, heading_deg: 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grid_is_as_square_as_can_be() {
        let field = Field::grid(7).unwrap();
        assert_eq!(field.pads_m.len(), 7);
        assert_eq!(field.pads_m[3], DVec3::new(0.0, 2.0, 0.0));
        assert_eq!(field.pads_m[6], DVec3::new(0.0, 4.0, 0.0));
        assert!(Field::grid(0).is_err() && Field::grid(MAX_VEHICLES + 1).is_err());
        assert_eq!(Field::grid(MAX_VEHICLES).unwrap().pads_m.len(), MAX_VEHICLES);
    }
}
