//! Files: they are read back with the decoders of their crates.

use kapok_film::{Film, Frame, GifFilm, Mood, Pictures, png};
use kapok_show::{DVec3, LightKey, LightProgram, Rgb, Show};

use crate::common::{ahead, size, still};

fn decoded(bytes: &[u8]) -> (u32, u32, Vec<u8>) {
    let mut reader = png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    pixels.truncate(info.buffer_size());
    (info.width, info.height, pixels)
}

/// A light that turns from red over green to blue.
fn turning() -> Show {
    let mut show = still(&[(DVec3::new(0.0, -60.0, 50.0), Rgb::WHITE)]);
    let key = |t_ms, r, g, b| LightKey { t_ms, colour: Rgb::new(r, g, b), fade: true };
    show.vehicles[0].lights =
        LightProgram::from_keys(vec![key(0, 255, 0, 0), key(5000, 0, 255, 0), key(10_000, 0, 0, 255)]).unwrap();
    show
}

fn frames(show: &Show, count: u32) -> Vec<Frame> {
    let pictures = Pictures::of(show);
    let film = Film::new(show, &pictures, ahead(size(120, 68)), Mood::Night, None);
    (0..count).map(|k| film.frame(f64::from(k) * 10_000.0 / f64::from(count - 1))).collect()
}

#[test]
fn a_png_holds_every_pixel() {
    let frame = &frames(&turning(), 2)[0];
    assert_eq!(decoded(&png(frame).unwrap()), (120, 68, frame.rgb().to_vec()));
}

#[test]
fn a_gif_holds_every_frame_for_its_time() {
    let frames = frames(&turning(), 8);
    let mut film = GifFilm::new(&frames).unwrap();
    for frame in &frames {
        film.push(frame, 1.0 / 30.0).unwrap();
    }
    let bytes = film.finish().unwrap();
    let mut options = gif::DecodeOptions::new();
    options.set_color_output(gif::ColorOutput::RGBA);
    let mut reader = options.read_info(bytes.as_slice()).unwrap();
    assert_eq!((reader.width(), reader.height(), reader.repeat()), (120, 68, gif::Repeat::Infinite));
    let mut canvas = vec![0u8; 120 * 68 * 4];
    let (mut shown, mut delay_cs) = (0, 0);
    while let Some(part) = reader.read_next_frame().unwrap() {
        for (i, pixel) in part.buffer.chunks_exact(4).enumerate().filter(|(_, p)| p[3] > 0) {
            let (x, y) = (
                usize::from(part.left) + i % usize::from(part.width),
                usize::from(part.top) + i / usize::from(part.width),
            );
            canvas[4 * (y * 120 + x)..4 * (y * 120 + x) + 4].copy_from_slice(pixel);
        }
        delay_cs += u32::from(part.delay);
        let off = canvas.chunks_exact(4).zip(frames[shown].rgb().chunks_exact(3));
        let worst = off.clone().flat_map(|(a, b)| (0..3).map(move |k| a[k].abs_diff(b[k]))).max().unwrap();
        let mean = off.flat_map(|(a, b)| (0..3).map(move |k| f64::from(a[k].abs_diff(b[k])))).sum::<f64>()
            / (3.0 * 120.0 * 68.0);
        assert!(worst < 64 && mean < 2.0, "frame {shown}: {worst}, {mean}");
        shown += 1;
    }
    assert_eq!(shown, 8);
    assert_eq!(delay_cs, 27, "8/30 s: rounding does not add up");
}

#[test]
fn a_still_film_costs_almost_nothing() {
    let frame = frames(&turning(), 2).remove(0);
    let of = |count: usize| {
        let mut film = GifFilm::new(std::slice::from_ref(&frame)).unwrap();
        (0..count).for_each(|_| film.push(&frame, 0.04).unwrap());
        film.finish().unwrap().len()
    };
    assert!(of(101) < of(1) + 100 * 40);
    assert!(GifFilm::new(&[]).is_err());
}
