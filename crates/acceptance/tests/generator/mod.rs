//! A script for every seed: pictures, texts, curves, motions, keep-outs, layers, spares, downwash.

use std::fmt::Write as _;

/// SplitMix64: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A whole number from `low` to `high`, both included.
    fn whole(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low + 1)
    }

    /// A number with two decimals.
    fn number(&mut self, low: f64, high: f64) -> f64 {
        let share = (self.next() >> 11) as f64 / (1_u64 << 53) as f64;
        ((low + share * (high - low)) * 100.0).round() / 100.0
    }

    /// Once in so many times.
    fn once_in(&mut self, times: u64) -> bool {
        self.next().is_multiple_of(times)
    }

    fn one_of<'t>(&mut self, items: &[&'t str]) -> &'t str {
        items[self.whole(0, items.len() as u64 - 1) as usize]
    }
}

/// The script of a seed.
pub fn script(seed: u64) -> String {
    let mut dice = Dice(seed);
    let mut text = format!(
        "title = \"Random {seed}\"\nseed = {}\nsite = {{ origin = {{ latitude_deg = 48.1, longitude_deg = 11.6, amsl_m = 500 }}, \
         heading_deg = {} }}\n",
        dice.whole(0, 1_000),
        dice.whole(0, 360)
    );
    let count = dice.whole(2, 28);
    let spares = if dice.once_in(4) { dice.whole(1, 3) } else { 0 };
    fleet(&mut dice, &mut text, count, spares);
    limits(&mut dice, &mut text);
    surroundings(&mut dice, &mut text);
    for scene_number in 0..dice.whole(1, 3) {
        scene(&mut dice, &mut text, scene_number, count);
    }
    text
}

fn fleet(dice: &mut Dice, text: &mut String, count: u64, spares: u64) {
    let _ = writeln!(text, "[fleet]\ncount = {count}\nspares = {spares}");
    let _ = writeln!(text, "[fleet.grid]\ncentre_m = [{}, {}]", dice.number(-20.0, 20.0), dice.number(-20.0, 20.0));
    match dice.whole(0, 3) {
        0 => {}
        // Closer than the separation: the fleet rises in layers.
        1 => {
            let _ = writeln!(text, "spacing_m = {}", dice.number(0.5, 1.4));
        }
        _ => {
            let _ = writeln!(text, "spacing_m = {}\nyaw_deg = {}", dice.number(2.0, 4.0), dice.number(-90.0, 90.0));
        }
    }
    if dice.once_in(3) {
        let _ = writeln!(text, "[takeoff]\naltitude_m = {}", dice.number(3.0, 10.0));
    }
    if dice.once_in(3) {
        let _ = writeln!(text, "[landing]\nown_pad = {}", dice.once_in(2));
    }
}

fn limits(dice: &mut Dice, text: &mut String) {
    let _ = writeln!(text, "[limits]\nmin_separation_m = {}", dice.number(1.0, 2.0));
    if dice.once_in(3) {
        let _ = writeln!(text, "downwash_scale = {}", dice.number(1.0, 2.5));
    }
    if dice.once_in(3) {
        let _ = writeln!(
            text,
            "max_velocity_xy_m_s = {}\nmax_velocity_up_m_s = {}\nmax_velocity_down_m_s = {}\nmax_acceleration_m_s2 = {}\n\
             max_jerk_m_s3 = {}",
            dice.number(2.0, 9.0),
            dice.number(1.0, 4.0),
            dice.number(1.0, 3.0),
            dice.number(1.0, 4.0),
            dice.number(2.0, 8.0)
        );
    }
}

fn surroundings(dice: &mut Dice, text: &mut String) {
    if dice.once_in(2) {
        let side = dice.number(60.0, 150.0);
        let _ = writeln!(
            text,
            "[environment.geofence]\npolygon_m = [[-{side}, -{side}], [{side}, -{side}], [{side}, {side}], [-{side}, {side}]]"
        );
    }
    for number in 0..dice.whole(0, 4).saturating_sub(2) {
        let _ = writeln!(text, "[[environment.keep_out]]\nname = \"Mast {number}\"");
        let (x, y, top) = (dice.number(-40.0, 40.0), dice.number(25.0, 60.0), dice.number(10.0, 70.0));
        if dice.once_in(2) {
            let radius = dice.number(1.0, 6.0);
            let _ = writeln!(text, "kind = \"cylinder\"\ncentre_m = [{x}, {y}]\nradius_m = {radius}\ntop_m = {top}");
        } else {
            let half = dice.number(1.0, 6.0);
            let (west, east, south, north) = (x - half, x + half, y - half, y + half);
            let _ = writeln!(
                text,
                "kind = \"prism\"\npolygon_m = [[{west:.2}, {south:.2}], [{east:.2}, {south:.2}], [{x}, {north:.2}]]\ntop_m = {top}"
            );
        }
    }
}

fn scene(dice: &mut Dice, text: &mut String, number: u64, count: u64) {
    let hold = dice.whole(1, 12);
    let _ = writeln!(text, "[[scene]]\nname = \"Scene {number}\"\nhold_s = {hold}");
    if dice.once_in(4) {
        let _ = writeln!(text, "[scene.transition]");
        match dice.whole(0, 2) {
            0 => {
                let _ = writeln!(text, "assignment = \"keep\"");
            }
            1 => {
                let _ = writeln!(text, "duration_s = {}", dice.whole(15, 60));
            }
            _ => {
                let _ = writeln!(text, "lights = \"dark\"");
            }
        }
    }
    let parts = if count >= 6 && dice.once_in(4) { 2 } else { 1 };
    for part in 0..parts {
        let _ = writeln!(text, "[[scene.formation]]");
        let own = count / parts;
        // Some vehicles may have no part and wait.
        if part + 1 < parts || dice.once_in(5) {
            let _ = writeln!(text, "count = {}", dice.whole(1, own.max(1)));
        }
        let _ = writeln!(text, "source = {}", source(dice));
        let aside = if parts == 2 { 50.0 * part as f64 - 25.0 } else { 0.0 };
        let _ = writeln!(
            text,
            "place = {{ centre_m = [{}, {}, {}], roll_deg = {}, pitch_deg = {}, yaw_deg = {} }}",
            aside + dice.number(-8.0, 8.0),
            dice.number(15.0, 45.0),
            dice.number(20.0, 60.0),
            if dice.once_in(4) { dice.number(-90.0, 90.0) } else { 0.0 },
            if dice.once_in(4) { dice.number(-90.0, 90.0) } else { 0.0 },
            if dice.once_in(4) { dice.number(-180.0, 180.0) } else { 0.0 },
        );
        if dice.once_in(3) {
            lights(dice, text);
        }
        if dice.once_in(3) {
            motion(dice, text);
        }
    }
}

fn source(dice: &mut Dice) -> String {
    let (r, h) = (dice.number(4.0, 18.0), dice.number(8.0, 25.0));
    match dice.whole(0, 9) {
        0 => format!("{{ kind = \"line\", length_m = {} }}", dice.number(10.0, 60.0)),
        1 => format!("{{ kind = \"circle\", radius_m = {r} }}"),
        2 => format!("{{ kind = \"sphere\", radius_m = {r} }}"),
        3 => format!("{{ kind = \"helix\", radius_m = {r}, height_m = {h}, turns = {} }}", dice.number(-3.0, 3.0)),
        4 => format!("{{ kind = \"cylinder\", radius_m = {r}, height_m = {h} }}"),
        5 => format!(
            "{{ kind = \"hyperboloid\", base_radius_m = {r}, waist_radius_m = {:.2}, top_radius_m = {r}, height_m = {h} }}",
            r * 0.5
        ),
        6 => {
            format!("{{ kind = \"blossom\", radius_m = {r}, height_m = {h}, tilt_deg = {} }}", dice.number(-60.0, 60.0))
        }
        7 => {
            let (columns, rows) = (dice.whole(1, 8), dice.whole(1, 8));
            format!("{{ kind = \"grid\", columns = {columns}, rows = {rows}, level = {} }}", dice.once_in(2))
        }
        _ => {
            let word = dice.one_of(&["A", "07", "IT", "花", "O", "W", "H i"]);
            let style = dice.one_of(&["fill", "outline", "both"]);
            format!("{{ kind = \"text\", text = \"{word}\", height_m = {h}, style = \"{style}\" }}")
        }
    }
}

fn lights(dice: &mut Dice, text: &mut String) {
    let colour = dice.one_of(&["tomato", "#0af", "#ffd700"]);
    let _ = match dice.whole(0, 2) {
        0 => writeln!(text, "lights = {{ colour = \"{colour}\" }}"),
        1 => writeln!(
            text,
            "lights = {{ paint = {{ kind = \"gradient\", along = \"x\", colours = [\"{colour}\", \"white\"] }} }}"
        ),
        _ => writeln!(
            text,
            "lights = {{ colour = \"{colour}\", effects = [{{ kind = \"pulse\", period_s = {} }}] }}",
            dice.number(1.0, 5.0)
        ),
    };
}

fn motion(dice: &mut Dice, text: &mut String) {
    for _ in 0..dice.whole(1, 2) {
        let _ = writeln!(text, "[[scene.formation.motion]]");
        let _ = match dice.whole(0, 4) {
            0 => writeln!(text, "kind = \"rotate\"\nangle_deg = {}", dice.number(-90.0, 90.0)),
            1 => writeln!(
                text,
                "kind = \"translate\"\noffset_m = [{}, {}, {}]",
                dice.number(-6.0, 6.0),
                dice.number(-6.0, 6.0),
                dice.number(-6.0, 6.0)
            ),
            2 => writeln!(text, "kind = \"scale\"\nfactor = {}", dice.number(0.8, 1.4)),
            3 => writeln!(
                text,
                "kind = \"wave\"\namplitude_m = [0, 0, {}]\nwavelength_m = {}\ncycles = {}",
                dice.number(0.1, 1.5),
                dice.number(10.0, 60.0),
                dice.number(0.3, 1.5)
            ),
            _ => writeln!(
                text,
                "kind = \"path\"\npoints_m = [[{}, {}, {}], [{}, {}, {}]]",
                dice.number(-8.0, 8.0),
                dice.number(20.0, 40.0),
                dice.number(25.0, 45.0),
                dice.number(-8.0, 8.0),
                dice.number(20.0, 40.0),
                dice.number(25.0, 45.0)
            ),
        };
    }
}
