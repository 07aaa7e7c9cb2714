//! Shows of lights that stand still, and what is seen of them.

use kapok_film::{Camera, Film, Frame, FrameSize, Mood, Pictures, View};
use kapok_show::{
    Chapter, ChapterKind, DVec2, DVec3, Environment, KeepOut, KeepOutShape, LightKey, LightProgram, Rgb, Show,
    Trajectory, Vehicle,
};

/// How long the lights stand, milliseconds.
pub const HELD_MS: i64 = 10_000;

pub fn size(width: u32, height: u32) -> FrameSize {
    FrameSize::new(width, height).unwrap()
}

/// Lights that stand still for ten seconds in one scene named "Still".
pub fn still(lights: &[(DVec3, Rgb)]) -> Show {
    let vehicle = |(i, &(at_m, colour)): (usize, &(DVec3, Rgb))| {
        let mut trajectory = Trajectory::starting_at(0, at_m).unwrap();
        trajectory.push_hold(HELD_MS).unwrap();
        let keys = vec![LightKey { t_ms: 0, colour, fade: false }];
        Vehicle::new(i.to_string(), at_m.with_z(0.0), trajectory, LightProgram::from_keys(keys).unwrap())
    };
    let chapter = Chapter { name: "Still".into(), kind: ChapterKind::Formation, start_ms: 0, end_ms: HELD_MS };
    Show { chapters: vec![chapter], ..Show::of_vehicles(lights.iter().enumerate().map(vehicle).collect()) }
}

/// The same show with thirty more vehicles behind the camera, whose lights are on or out.
pub fn with_others(mut show: Show, colour: Rgb) -> Show {
    let others = still(&[(DVec3::new(0.0, -900.0, 50.0), colour); 30]).vehicles;
    show.vehicles.extend(others);
    show
}

/// A camera 100 m in front of the origin's column, 50 m up, that looks straight ahead with 60 degrees of height.
pub fn ahead(size: FrameSize) -> Camera {
    Camera::new(size, DVec3::new(0.0, -100.0, 50.0), 0.0, 0.0, 60f64.to_radians())
}

pub fn draw(show: &Show, camera: Camera, mood: Mood) -> Frame {
    let pictures = Pictures::of(show);
    Film::new(show, &pictures, camera, mood, None).frame(5000.0)
}

/// What `show` adds above the horizon of [`ahead`] to the picture of the same place without lights, all channels, as linear
/// light: the ground has light of its own from a show.
pub fn added(show: &Show, camera: Camera) -> f64 {
    let dark = Show { vehicles: Vec::new(), ..show.clone() };
    let linear = |v: u8| (f64::from(v) / 255.0).powi(2);
    let (lit, dark) = (draw(show, camera, Mood::Night), draw(&dark, camera, Mood::Night));
    let sky = lit.rgb().len() / 2;
    lit.rgb()[..sky].iter().zip(dark.rgb()).map(|(&a, &b)| linear(a) - linear(b)).sum()
}

pub fn wall(middle: DVec2, half: DVec2, bottom_m: f64, top_m: f64) -> KeepOut {
    let corners = [(-1.0, -1.0), (1.0, -1.0), (1.0, 1.0), (-1.0, 1.0)];
    let polygon_m = corners.map(|(x, y)| middle + half * DVec2::new(x, y)).to_vec();
    KeepOut { name: "Wall".into(), shape: KeepOutShape::Prism { polygon_m, bottom_m, top_m } }
}

pub fn with_keep_outs(show: Show, keep_outs: Vec<KeepOut>) -> Show {
    Show { environment: Environment { keep_outs, ..Environment::default() }, ..show }
}

pub fn of_view(show: &Show, name: &str, size: FrameSize) -> Camera {
    let view = View::from_name(name, show).unwrap();
    Camera::of_view(show, &Pictures::of(show), view, None, size).unwrap()
}
