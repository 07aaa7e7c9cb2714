//! Pictures, contact sheets and films of a show.

mod answer;
mod request;

use std::io;

use kapok_certify::{Options, Source};
use kapok_film::{
    Camera, Film, FilmError, Frame, FrameSize, GifFilm, Mood, Pictures, ScenePicture, View, contact_sheet, png,
};
use kapok_show::{Reporter, Show};
use rayon::prelude::*;

pub use answer::{RenderAnswer, RenderedFilm, RenderedScene};
pub use request::{FilmSpan, Medium, RenderRequest, RenderSubject};

use crate::error::JobError;
use crate::file::MadeFile;

/// Frames of a film, at most: nearly two hours at 30 a second.
const MAX_FRAMES: u64 = 200_000;
/// Frames of a GIF, at most: it is made in memory.
const MAX_GIF_FRAMES: u64 = 2_000;
/// GIF counts in hundredths of a second, and viewers slow down what changes in each.
const MAX_GIF_FPS: f64 = 50.0;
const MAX_FPS: f64 = 120.0;
const MAX_SPEED: f64 = 1000.0;
/// Frames of which the palette of a GIF is made.
const PALETTE_FRAMES: usize = 12;

/// A show that was drawn.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// What was drawn.
    pub answer: RenderAnswer,
    /// The file; `None` if the frames of a film went to the caller.
    pub file: Option<MadeFile>,
}

/// Takes the frames of a film one after the other.
pub type FrameSink<'a> = dyn FnMut(&Frame) -> io::Result<()> + Send + 'a;

/// Draws a show of any format. Nothing is proved: a picture makes no claim. If the file says of itself that it is a draft, so
/// does the picture.
///
/// A picture, a sheet and a GIF come back as a file. The frames of an MP4 or of a folder go to `take` in their order, all of the
/// size that the answer states.
///
/// # Errors
/// [`JobError`] if the bytes are no show, there is no such camera, scene or instant, a size or a rate is out of range, or `take`
/// fails.
///
/// # Complexity
/// Of [`Film::new`] once, and of [`Film::frame`] for each frame, in parallel.
///
/// # Determinism
/// The same source and request give the same frames on any number of threads.
pub fn render(
    source: &Source,
    request: &RenderRequest,
    take: &mut FrameSink,
    reporter: &dyn Reporter,
) -> Result<Rendered, JobError> {
    let medium = request.medium()?;
    reporter.phase("reading", 0);
    let show = source.decode(&Options::default())?.show;
    let pictures = Pictures::of(&show);
    let size = size(request, medium)?;
    let view = View::from_name(&request.camera, &show)?;
    let camera = Camera::of_view(&show, &pictures, view, request.fov_deg, size)?;
    let mood = request.mood.unwrap_or(if show.environment.indoor { Mood::Hall } else { Mood::Night });
    let mut answer = RenderAnswer {
        title: show.title.clone(),
        duration_ms: show.duration_ms(),
        medium,
        camera: camera_name(view, &show),
        fov_deg: camera.fov_deg(),
        mood,
        width_px: size.width(),
        height_px: size.height(),
        scenes: Vec::new(),
        t_ms: None,
        film: None,
        mark: show.draft.then_some("DRAFT"),
        notes: Vec::new(),
        out: request.output.display().to_string(),
        file: None,
    };
    if !pictures.has_lights() {
        answer.notes.push("The file has no lights: the vehicles are drawn as white ones.".to_owned());
    }
    // What is asked for must make sense before the long work begins.
    let span = match &request.subject {
        RenderSubject::Film(span) => Some(film_span(span, medium, answer.duration_ms)?),
        _ => None,
    };
    let scene = match &request.subject {
        RenderSubject::Scene { name } => Some(pictures.scene(name)?),
        RenderSubject::Sheet if pictures.scenes().is_empty() => return Err(FilmError::NoScenes.into()),
        _ => None,
    };
    if let RenderSubject::At { t_ms } = request.subject {
        within(t_ms, answer.duration_ms)?;
    }
    let film = Film::new(&show, &pictures, camera, mood, answer.mark);
    let bytes = match (&request.subject, span, scene) {
        (RenderSubject::At { t_ms }, ..) => {
            answer.t_ms = Some(*t_ms);
            let holds = |s: &&ScenePicture| (s.start_ms..=s.end_ms).contains(t_ms);
            answer.scenes = pictures.scenes().iter().filter(holds).map(|s| rendered(s, *t_ms)).collect();
            Some(png(&film.frame(*t_ms as f64))?)
        }
        (_, Some(span), _) => {
            answer.film = Some(span);
            if medium == Medium::Gif {
                Some(gif(&film, &span, reporter)?)
            } else {
                each_frame(&film, &instants(&span), take, reporter).map_err(JobError::Frames)?;
                None
            }
        }
        (_, _, Some(scene)) => {
            answer.t_ms = Some(scene.best_ms);
            answer.scenes.push(rendered(scene, scene.best_ms));
            Some(png(&film.frame(scene.best_ms as f64))?)
        }
        _ => {
            let sheet = contact_sheet(&film, pictures.scenes(), &show.title, reporter)?;
            (answer.width_px, answer.height_px) = (sheet.size().width(), sheet.size().height());
            answer.scenes = pictures.scenes().iter().map(|s| rendered(s, s.best_ms)).collect();
            Some(png(&sheet)?)
        }
    };
    let file = bytes.map(|bytes| MadeFile::new(&request.output, bytes));
    answer.file = file.as_ref().map(MadeFile::record);
    Ok(Rendered { answer, file })
}

fn size(request: &RenderRequest, medium: Medium) -> Result<FrameSize, FilmError> {
    let usual = match (&request.subject, medium) {
        (RenderSubject::Sheet, _) => (480, 270),
        (_, Medium::Gif) => (640, 360),
        _ => (1280, 720),
    };
    let (width_px, height_px) = request.size_px.unwrap_or(usual);
    FrameSize::new(width_px, height_px)
}

fn camera_name(view: View, show: &Show) -> String {
    match view {
        View::Audience(k) => show.environment.audiences.get(k).map_or("audience", |a| a.name.as_str()).to_owned(),
        View::Orbit => "orbit".to_owned(),
        View::Top => "top".to_owned(),
        View::Side => "side".to_owned(),
    }
}

fn rendered(scene: &ScenePicture, t_ms: i64) -> RenderedScene {
    RenderedScene { name: scene.name.clone(), start_ms: scene.start_ms, end_ms: scene.end_ms, t_ms }
}

fn within(t_ms: i64, duration_ms: i64) -> Result<i64, FilmError> {
    if (0..=duration_ms).contains(&t_ms) {
        Ok(t_ms)
    } else {
        Err(FilmError::Time { at_s: t_ms as f64 / 1000.0, duration_s: duration_ms as f64 / 1000.0 })
    }
}

/// The span with its defaults, checked.
fn film_span(span: &FilmSpan, medium: Medium, duration_ms: i64) -> Result<RenderedFilm, JobError> {
    let setting = |field, why: String| JobError::Setting { field, why };
    let from_ms = within(span.from_ms.unwrap_or(0), duration_ms)?;
    let to_ms = within(span.to_ms.unwrap_or(duration_ms), duration_ms)?;
    if to_ms < from_ms {
        return Err(setting("to_ms", "is before the time at which the film begins".to_owned()));
    }
    let (usual, most) = if medium == Medium::Gif { (FilmSpan::GIF_FPS, MAX_GIF_FPS) } else { (FilmSpan::FPS, MAX_FPS) };
    let fps = span.fps.unwrap_or(usual);
    if !(1.0..=most).contains(&fps) {
        return Err(setting("fps", format!("is {fps}, but frames a second are 1 to {most}")));
    }
    let speed = span.speed;
    if !(0.01..=MAX_SPEED).contains(&speed) {
        return Err(setting(
            "speed",
            format!("is {speed}, but a film is 0.01 to {MAX_SPEED} times as fast as the show"),
        ));
    }
    let frames = ((to_ms - from_ms) as f64 * fps / (1000.0 * speed)).ceil().max(1.0) as u64;
    let (what, most) = if medium == Medium::Gif { ("a GIF", MAX_GIF_FRAMES) } else { ("a film", MAX_FRAMES) };
    if frames > most {
        return Err(FilmError::TooMany { what, unit: "frames", found: frames, most }.into());
    }
    Ok(RenderedFilm { from_ms, to_ms, fps, speed, frames: frames as usize })
}

/// Show time of each frame, milliseconds.
fn instants(span: &RenderedFilm) -> Vec<f64> {
    let step_ms = 1000.0 * span.speed / span.fps;
    (0..span.frames).map(|k| span.from_ms as f64 + k as f64 * step_ms).collect()
}

/// Draws frames in parallel and hands them on in their order; while some are taken the next are drawn.
fn each_frame(film: &Film, instants_ms: &[f64], take: &mut FrameSink, reporter: &dyn Reporter) -> io::Result<()> {
    reporter.phase("frames", instants_ms.len() as u64);
    let draw = |part: &[f64]| part.par_iter().map(|t_ms| film.frame(*t_ms)).collect::<Vec<_>>();
    let mut parts = instants_ms.chunks(2 * rayon::current_num_threads());
    let mut ready = parts.next().map(draw);
    while let Some(frames) = ready {
        let next = parts.next();
        let hand_on = || {
            frames.iter().try_for_each(|frame| {
                take(frame)?;
                reporter.advance(1);
                io::Result::Ok(())
            })
        };
        let (taken, drawn) = rayon::join(hand_on, || next.map(draw));
        taken?;
        ready = drawn;
    }
    Ok(())
}

fn gif(film: &Film, span: &RenderedFilm, reporter: &dyn Reporter) -> Result<Vec<u8>, JobError> {
    let all = instants(span);
    let every = all.len().div_ceil(PALETTE_FRAMES).max(1);
    let samples: Vec<f64> = all.iter().copied().skip(every / 2).step_by(every).collect();
    let samples = if samples.is_empty() { all.clone() } else { samples };
    reporter.phase("palette", 0);
    let samples: Vec<Frame> = samples.par_iter().map(|t_ms| film.frame(*t_ms)).collect();
    let mut gif = GifFilm::new(&samples)?;
    let mut take = |frame: &Frame| gif.push(frame, 1.0 / span.fps).map_err(io::Error::other);
    each_frame(film, &all, &mut take, reporter).map_err(JobError::Frames)?;
    Ok(gif.finish()?)
}
