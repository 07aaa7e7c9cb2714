use kapok_film::{Camera, Film, Frame, FrameSize, Mood, Pictures, View, png, side_by_side};
use kapok_show::{LightKey, LightProgram, Reporter, Rgb, Show, Vehicle};

use super::answer::MotionChange;
use super::motion::Pairs;
use super::request::DiffRequest;
use crate::error::JobError;

/// Where a vehicle is in the first show alone, in the second alone, and in both.
const BEFORE: Rgb = Rgb::new(255, 120, 20);
const AFTER: Rgb = Rgb::new(30, 190, 255);
const BOTH: Rgb = Rgb::new(110, 110, 110);

/// Both shows at an instant, side by side; and if vehicles are elsewhere, a third frame with them in two colours. One camera.
pub fn draw(
    [a, b]: [&Show; 2],
    names: [&str; 2],
    pairs: &Pairs,
    motion: &MotionChange,
    t_ms: i64,
    request: &DiffRequest,
    reporter: &dyn Reporter,
) -> Result<Vec<u8>, JobError> {
    reporter.phase("drawing", 0);
    let size = FrameSize::new(request.size_px.0, request.size_px.1)?;
    let view = View::from_name(&request.camera, b)?;
    let mood = request.mood.unwrap_or(if b.environment.indoor { Mood::Hall } else { Mood::Night });
    // What both show is in the picture.
    let mut all = b.clone();
    all.vehicles.extend(a.vehicles.iter().cloned());
    all.chapters.extend(a.chapters.iter().cloned());
    let camera = Camera::of_view(&all, &Pictures::of(&all), view, None, size)?;
    let frame = |show: &Show| -> Frame {
        let mark = show.draft.then_some("DRAFT");
        Film::new(show, &Pictures::of(show), camera, mood, mark).frame(t_ms as f64)
    };
    let mut frames = vec![(format!("before: {}", names[0]), frame(a)), (format!("after: {}", names[1]), frame(b))];
    if !motion.is_same() {
        frames.push(("orange before, blue after".to_owned(), frame(&marked(a, b, pairs, motion.tolerance_m, t_ms))));
    }
    let title = format!("{} at {}", b.title, kapok_certify::clock(t_ms as f64));
    Ok(png(&side_by_side(&frames, &title)?)?)
}

/// The vehicles of both at an instant, in the colours of what became of them.
fn marked(a: &Show, b: &Show, pairs: &Pairs, tolerance_m: f64, t_ms: i64) -> Show {
    let lamp = |vehicle: &Vehicle, colour: Rgb| {
        let mut lights = LightProgram::dark();
        lights.push(LightKey { t_ms: 0, colour, fade: false });
        Vehicle { lights, ..vehicle.clone() }
    };
    let at = |vehicle: &Vehicle| vehicle.trajectory.sample(t_ms as f64).position_m;
    let mut vehicles = Vec::new();
    for &(i, j) in &pairs.of_both {
        let (old, new) = (&a.vehicles[i], &b.vehicles[j]);
        if at(old).distance(at(new)) > tolerance_m {
            vehicles.extend([lamp(old, BEFORE), lamp(new, AFTER)]);
        } else {
            vehicles.push(lamp(new, BOTH));
        }
    }
    vehicles.extend(pairs.only_a.iter().map(|&i| lamp(&a.vehicles[i], BEFORE)));
    vehicles.extend(pairs.only_b.iter().map(|&j| lamp(&b.vehicles[j], AFTER)));
    Show { vehicles, ..b.clone() }
}
