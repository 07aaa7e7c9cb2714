//! Meshes to keep out of, from the script to the storyboard: where they stand, what is said of them, who may not stand there.

use std::collections::BTreeMap;
use std::sync::Mutex;

use kapok_design::load;
use kapok_show::{DVec3, KeepOut, KeepOutShape, Reporter, Silent, Storyboard};

/// A wedge 4 long, 2 wide and 6 high, as its own program has it: y up, in feet of 0.3 m.
const WEDGE: &str = "v 10 20 0\nv 14 20 0\nv 14 20 -2\nv 10 20 -2\nv 10 26 0\nv 10 26 -2\n\
                     f 1 2 3 4\nf 1 2 5\nf 4 3 6\nf 1 5 6 4\nf 2 3 6 5\n";

fn script(keep_out: &str, centre_z_m: f64) -> String {
    format!(
        "title = \"t\"\n[site]\norigin = {{ latitude_deg = 0, longitude_deg = 0 }}\nheading_deg = 0\n[fleet]\ncount = 4\n\
         [fleet.grid]\nspacing_m = 3\ncentre_m = [-50, 0]\n\
         [[environment.keep_out]]\nkind = \"mesh\"\nname = \"Wedge\"\nfile = \"a/wedge.OBJ\"\n{keep_out}\n\
         [[scene]]\nname = \"a\"\nhold_s = 1\n[[scene.formation]]\nsource = {{ kind = \"circle\", radius_m = 5 }}\n\
         place = {{ centre_m = [0, 0, {centre_z_m}] }}\n"
    )
}

fn loaded(keep_out: &str, reporter: &dyn Reporter) -> Storyboard {
    let assets = BTreeMap::from([("a/wedge.OBJ".to_owned(), WEDGE.as_bytes().to_vec())]);
    load(&script(keep_out, 40.0), "s.toml", &assets, reporter).unwrap_or_else(|errors| panic!("{errors}"))
}

/// The box around all keep-outs.
fn extent(keep_outs: &[KeepOut]) -> (DVec3, DVec3) {
    let mut corners = Vec::new();
    for keep_out in keep_outs {
        let KeepOutShape::Prism { polygon_m, bottom_m, top_m } = &keep_out.shape else { panic!("{keep_out:?}") };
        assert_eq!(keep_out.name, "Wedge");
        corners.extend(polygon_m.iter().flat_map(|p| [p.extend(*bottom_m), p.extend(*top_m)]));
    }
    corners.iter().fold((DVec3::INFINITY, DVec3::NEG_INFINITY), |(l, h), &p| (l.min(p), h.max(p)))
}

fn assert_box(keep_out: &str, low: [f64; 3], high: [f64; 3]) {
    let (found_low, found_high) = extent(&loaded(keep_out, &Silent).environment.keep_outs);
    let (low, high) = (DVec3::from_array(low), DVec3::from_array(high));
    let slack = DVec3::splat(0.02);
    assert!(found_low.cmple(low).all() && found_high.cmpge(high).all(), "{keep_out}: {found_low} {found_high}");
    assert!(
        (low - found_low).cmple(slack).all() && (found_high - high).cmple(slack).all(),
        "{keep_out}: {found_low} {found_high}"
    );
}

#[test]
fn a_mesh_stands_where_the_script_says() {
    let fine = "layer_m = 0.1";
    // y up: 4 to the right, 2 ahead, 6 up.
    assert_box(&format!("up = \"y\"\ncentre_m = [7, -3]\n{fine}"), [5.0, -4.0, 0.0], [9.0, -2.0, 6.0]);
    // z up: it lies on its side.
    assert_box(&format!("up = \"z\"\ncentre_m = [7, -3]\n{fine}"), [5.0, -6.0, 0.0], [9.0, 0.0, 2.0]);
    assert_box(
        &format!("up = \"y\"\ncentre_m = [7, -3]\nbottom_m = -1.5\n{fine}"),
        [5.0, -4.0, -1.5],
        [9.0, -2.0, 4.5],
    );
    assert_box(
        &format!("up = \"y\"\ncentre_lat_lon_deg = [0, 0]\nscale = 0.3\n{fine}"),
        [-0.6, -0.3, 0.0],
        [0.6, 0.3, 1.8],
    );
    // A quarter turn about its middle, counter-clockwise from above.
    assert_box(&format!("up = \"y\"\ncentre_m = [7, -3]\nyaw_deg = 90\n{fine}"), [6.0, -5.0, 0.0], [8.0, -1.0, 6.0]);
    // The file's own origin, turned about: x 10 to 14 become y, y 0 to 2 become −x.
    assert_box(
        &format!("up = \"y\"\norigin_m = [1, 2, -15]\nyaw_deg = 90\n{fine}"),
        [-1.0, 12.0, 5.0],
        [1.0, 16.0, 11.0],
    );
    assert_box(
        &format!("up = \"y\"\ncentre_m = [7, -3]\nclearance_m = 1\n{fine}"),
        [4.0, -5.0, -1.0],
        [10.0, -1.0, 7.0],
    );
}

#[derive(Default)]
struct Listening(Mutex<Vec<String>>);

impl Reporter for Listening {
    fn phase(&self, _name: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn warn(&self, message: &str) {
        panic!("nothing is wrong: {message}");
    }
    fn note(&self, message: &str) {
        self.0.lock().expect("no panic while holding it").push(message.to_owned());
    }
}

#[test]
fn how_far_the_prisms_stand_out_is_said() {
    let heard = Listening::default();
    let storyboard = loaded("up = \"y\"\ncentre_m = [30, 0]", &heard);
    let count = storyboard.environment.keep_outs.len();
    let said = heard.0.into_inner().unwrap();
    let [only] = said.as_slice() else { panic!("{said:?}") };
    assert!(only.starts_with("s.toml:10:1: the mesh of \"Wedge\", 4.0 × 2.0 × 6.0 m, is approximated by"), "{only}");
    assert!(
        only.contains(&format!("{count} prisms in layers of up to 1 m, which are up to 0."))
            && only.ends_with(" m larger"),
        "{only}"
    );
}

#[test]
fn no_vehicle_stands_in_a_mesh() {
    let assets = BTreeMap::from([("a/wedge.OBJ".to_owned(), WEDGE.as_bytes().to_vec())]);
    let errors =
        load(&script("up = \"y\"\ncentre_m = [0, 0]\nscale = 10", 20.0), "s.toml", &assets, &Silent).unwrap_err();
    assert!(errors.items()[0].message.contains("inside the keep-out \"Wedge\""), "{errors}");
}
