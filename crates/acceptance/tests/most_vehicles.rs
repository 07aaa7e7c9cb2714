//! The largest show that a script may ask for is planned, written, read and proved.

use std::collections::BTreeMap;

use kapok_certify::{Options, Verdict, certify_skyc};
use kapok_design::load;
use kapok_plan::{PlanSettings, Planned, plan};
use kapok_show::{MAX_VEHICLES, Silent};

/// As many vehicles as a show may have, a block of them over the pads.
fn script() -> String {
    format!(
        "title = \"Most\"\nsite = {{ origin = {{ latitude_deg = 48.1, longitude_deg = 11.6, amsl_m = 500 }}, heading_deg = 0 }}\n\
         [fleet]\ncount = {MAX_VEHICLES}\n[fleet.grid]\ncolumns = 250\n[limits]\nmax_altitude_m = 200\n\
         [[scene]]\nname = \"Block\"\nhold_s = 2\n[[scene.formation]]\n\
         source = {{ kind = \"grid\", columns = 250, rows = 50, layers = 4 }}\nplace = {{ centre_m = [0, 0, 80] }}\n"
    )
}

#[test]
#[ignore = "nightly size: minutes and gigabytes"]
fn a_show_of_the_most_vehicles_is_planned_written_read_and_proved() {
    let files: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let storyboard = load(&script(), "most.toml", &files, &Silent).unwrap_or_else(|errors| panic!("{errors}"));
    let Planned::Complete(plan) = plan(&storyboard, &PlanSettings::default(), &Silent).expect("planned") else {
        panic!("no plan")
    };
    assert_eq!(plan.show.vehicles.len(), MAX_VEHICLES);
    let options = Options { without_losses: true, ..Options::default() };
    let (_, certified) = certify_skyc(&plan.show, "most.skyc", &options, &Silent).expect("written and read");
    assert_eq!(certified.show().vehicles.len(), MAX_VEHICLES);
    assert_eq!(certified.certificate().findings().verdict, Verdict::Proved);
}
