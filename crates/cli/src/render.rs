use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use kapok_certify::{Source, clock};
use kapok_jobs::{
    FilmSpan, Frame, JobError, Medium, Mood, RenderAnswer, RenderRequest, RenderSubject, Rendered, png, render,
};
use kapok_show::Reporter;

use crate::args::RenderArgs;
use crate::ffmpeg::{self, Encoder};
use crate::inputs;
use crate::outcome::Outcome;
use crate::outputs::{Folder, Reserved, keep_apart, refuse_full_folder};
use crate::page::{Column, Page, Table};
use crate::progress::Terminal;
use crate::work::{in_flags, in_pool, print_answer, write_files};

/// The flag that says each setting.
const FLAGS: [(&str, &str); 4] = [("fps", "--fps"), ("speed", "--speed"), ("from_ms", "--from"), ("to_ms", "--to")];

/// `kapok render`: draws a show.
pub fn run(args: &RenderArgs) -> Result<Outcome> {
    let mut request = request(args);
    let asked_for = request.medium()?;
    inputs::expect_show(&args.file)?;
    let mut note = None;
    if asked_for == Medium::Mp4 && !ffmpeg::is_installed() {
        request.output = request.output.with_extension("");
        request.into_folder = true;
        note = Some("There is no ffmpeg on the path, which makes films: these are the frames.".to_owned());
    }
    keep_apart(&[&args.file], &[&request.output])?;
    if request.into_folder {
        refuse_full_folder(&request.output)?;
    }
    let reporter = Terminal::of_equal_steps();
    let draw = || {
        let source = Source::load(&args.file)?;
        drawn(&source, &request, &reporter)
    };
    let rendered = in_pool(args.work.threads, draw)?;
    reporter.finish();
    let Rendered { mut answer, file } = rendered.with_context(|| format!("cannot draw {}", args.file.display()))?;
    answer.notes.extend(note);
    write_files(file.as_slice())?;
    if args.work.json {
        print_answer(&answer)?;
    } else {
        page(&answer).print()?;
    }
    Ok(Outcome::Done)
}

fn request(args: &RenderArgs) -> RenderRequest {
    let subject = match (args.at, &args.scene) {
        (Some(t_ms), _) => RenderSubject::At { t_ms },
        (_, Some(name)) => RenderSubject::Scene { name: name.clone() },
        _ if args.sheet => RenderSubject::Sheet,
        _ => RenderSubject::Film(FilmSpan { from_ms: args.from, to_ms: args.to, fps: args.fps, speed: args.speed }),
    };
    let out = &args.output;
    RenderRequest {
        subject,
        camera: args.camera.clone(),
        fov_deg: args.fov,
        mood: args.mood.as_deref().and_then(Mood::from_name),
        size_px: args.size,
        output: out.clone(),
        into_folder: out.to_string_lossy().ends_with(std::path::is_separator) || out.is_dir(),
    }
}

/// Draws, and writes the frames where the job hands them on.
fn drawn(source: &Source, request: &RenderRequest, reporter: &dyn Reporter) -> Result<Rendered> {
    match request.medium()? {
        Medium::Png | Medium::Gif => {
            let mut none = |_: &Frame| Ok(());
            render(source, request, &mut none, reporter).map_err(told)
        }
        Medium::Mp4 => film(source, request, reporter),
        Medium::Frames => frames(source, request, reporter),
    }
}

/// A film through the encoder: the file has its name when the encoder has ended well.
fn film(source: &Source, request: &RenderRequest, reporter: &dyn Reporter) -> Result<Rendered> {
    let reserved = Reserved::new(&request.output)?;
    let fps = match &request.subject {
        RenderSubject::Film(span) => span.fps.unwrap_or(FilmSpan::FPS),
        _ => FilmSpan::FPS,
    };
    let mut encoder: Option<Encoder> = None;
    let mut take = |frame: &Frame| -> io::Result<()> {
        if encoder.is_none() {
            let (width, height) = (frame.size().width(), frame.size().height());
            encoder = Some(Encoder::start(width, height, fps, reserved.path()).map_err(io::Error::other)?);
        }
        encoder.as_mut().map_or(Ok(()), |encoder| encoder.push(frame.rgb()))
    };
    match (render(source, request, &mut take, reporter), encoder) {
        (Ok(rendered), Some(encoder)) => {
            encoder.finish()?;
            reserved.commit()?;
            Ok(rendered)
        }
        // An encoder that takes no more says why when it ends.
        (Err(JobError::Frames(error)), Some(encoder)) => {
            encoder.finish()?;
            Err(JobError::Frames(error).into())
        }
        (Err(error), encoder) => {
            encoder.into_iter().for_each(Encoder::abandon);
            Err(told(error))
        }
        (Ok(rendered), None) => Ok(rendered),
    }
}

/// A folder of numbered pictures.
fn frames(source: &Source, request: &RenderRequest, reporter: &dyn Reporter) -> Result<Rendered> {
    let mut folder = Folder::new(&request.output)?;
    let mut number = 0u32;
    let mut take = |frame: &Frame| -> io::Result<()> {
        number += 1;
        let bytes = png(frame).map_err(io::Error::other)?;
        folder.add(&format!("frame-{number:06}.png"), &bytes).map_err(io::Error::other)
    };
    let rendered = render(source, request, &mut take, reporter).map_err(told)?;
    folder.commit()?;
    Ok(rendered)
}

fn told(error: JobError) -> anyhow::Error {
    in_flags(error, &FLAGS)
}

/// The answer for people.
fn page(answer: &RenderAnswer) -> Page {
    let mut page = Page::default();
    page.line(0, format!("{}: {}", answer.title, subject(answer)));
    page.gap();
    let mut facts = vec![
        ("camera", format!("{}, {:.1}° wide", answer.camera, answer.fov_deg)),
        ("light", answer.mood.name().to_owned()),
        ("size", format!("{} × {} pixels", answer.width_px, answer.height_px)),
    ];
    if let Some(film) = &answer.film {
        let seconds = film.frames as f64 / film.fps;
        let speed = if film.speed == 1.0 { String::new() } else { format!(", {} times as fast", film.speed) };
        facts.push((
            "length",
            format!("{} frames, {} a second: {}{speed}", film.frames, film.fps, clock(seconds * 1000.0)),
        ));
    }
    if let Some(mark) = answer.mark {
        facts.push(("mark", mark.to_owned()));
    }
    page.facts(facts);
    if answer.scenes.len() > 1 {
        let mut table = Table::new(&[Column::text("scene"), Column::figure("stands"), Column::figure("drawn at")]);
        for scene in &answer.scenes {
            let stands = format!("{}–{}", clock(scene.start_ms as f64), clock(scene.end_ms as f64));
            table.row(vec![scene.name.clone(), stands, clock(scene.t_ms as f64)]);
        }
        page.gap();
        page.table(2, table);
    }
    page.gap();
    for note in &answer.notes {
        page.line(2, note.clone());
    }
    page.line(2, written(answer));
    page
}

fn subject(answer: &RenderAnswer) -> String {
    let scene = answer.scenes.first();
    match (answer.t_ms, &answer.film, scene) {
        (Some(t_ms), _, Some(scene)) => format!("scene \"{}\" at {}", scene.name, clock(t_ms as f64)),
        (Some(t_ms), ..) => format!("at {}", clock(t_ms as f64)),
        (_, Some(film), _) => format!("film of {} to {}", clock(film.from_ms as f64), clock(film.to_ms as f64)),
        _ => format!("{} scenes", answer.scenes.len()),
    }
}

fn written(answer: &RenderAnswer) -> String {
    match (&answer.file, &answer.film) {
        (Some(file), _) => format!("wrote {} ({:.0} kB)", answer.out, file.bytes as f64 / 1000.0),
        (None, Some(film)) if answer.medium == Medium::Frames => {
            let first = Path::new(&answer.out).join("frame-000001.png");
            let all: PathBuf = Path::new(&answer.out).join("frame-%06d.png");
            format!(
                "wrote {} and so on ({} files); ffmpeg -framerate {} -i {} -pix_fmt yuv420p film.mp4 makes a film of them",
                first.display(),
                film.frames,
                film.fps,
                all.display()
            )
        }
        _ => format!("wrote {}", answer.out),
    }
}
