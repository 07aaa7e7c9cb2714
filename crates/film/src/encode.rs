//! Pictures as files: PNG for one, GIF for many.

use std::borrow::Cow;

use color_quant::NeuQuant;

use crate::error::FilmError;
use crate::film::Frame;

/// Colours of a GIF beside the one that means "as before".
const COLOURS: usize = 255;
const AS_BEFORE: u8 = 255;
/// Colours are told apart for a GIF by so many bits a channel.
const BITS: usize = 6;

fn encode(error: impl std::fmt::Display) -> FilmError {
    FilmError::Encode(error.to_string())
}

/// A picture as PNG, 8 bits a channel.
///
/// # Errors
/// [`FilmError::Encode`] if the encoder refuses.
pub fn png(frame: &Frame) -> Result<Vec<u8>, FilmError> {
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, frame.size().width() as u32, frame.size().height() as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header().map_err(encode)?;
    writer.write_image_data(frame.rgb()).map_err(encode)?;
    writer.finish().map_err(encode)?;
    Ok(bytes)
}

/// A film as GIF that repeats for ever: one palette for all frames, and of each frame only what has changed.
pub struct GifFilm {
    encoder: gif::Encoder<Vec<u8>>,
    palette: Palette,
    last: Vec<u8>,
    width: usize,
    /// Show of the frames so far, and what of it is written, hundredths of a second.
    due_s: f64,
    written_cs: u64,
}

impl GifFilm {
    /// A film whose palette is made of the frames of `samples`; all frames have their size.
    ///
    /// # Errors
    /// [`FilmError::Encode`] without samples.
    pub fn new(samples: &[Frame]) -> Result<Self, FilmError> {
        let first = samples.first().ok_or_else(|| encode("a palette needs a frame"))?;
        let palette = Palette::of(samples);
        let (width, height) = (first.size().width(), first.size().height());
        let mut encoder = gif::Encoder::new(Vec::new(), width as u16, height as u16, &palette.rgb).map_err(encode)?;
        encoder.set_repeat(gif::Repeat::Infinite).map_err(encode)?;
        Ok(Self { encoder, palette, last: Vec::new(), width, due_s: 0.0, written_cs: 0 })
    }

    /// Appends a frame that is shown for so many seconds; rounding to hundredths does not add up.
    ///
    /// # Errors
    /// [`FilmError::Encode`] if the encoder refuses.
    pub fn push(&mut self, frame: &Frame, duration_s: f64) -> Result<(), FilmError> {
        self.due_s += duration_s;
        let end_cs = (self.due_s * 100.0).round() as u64;
        let delay = end_cs.saturating_sub(self.written_cs).clamp(1, u64::from(u16::MAX)) as u16;
        self.written_cs += u64::from(delay);
        let now: Vec<u8> = frame.rgb().chunks_exact(3).map(|p| self.palette.index([p[0], p[1], p[2]])).collect();
        let (width, height) = (self.width, frame.size().height());
        let changed = |x: usize, y: usize| self.last.get(y * width + x) != Some(&now[y * width + x]);
        let rows: Vec<usize> = (0..height).filter(|&y| (0..width).any(|x| changed(x, y))).collect();
        let (top, bottom) = rows.first().zip(rows.last()).map_or((0, 1), |(a, b)| (*a, b + 1));
        let in_rows = |x: usize| (top..bottom).any(|y| changed(x, y));
        let left = (0..width).find(|&x| in_rows(x)).unwrap_or(0);
        let right = (left..width).rev().find(|&x| in_rows(x)).map_or(left + 1, |x| x + 1);
        let pixel = |x: usize, y: usize| if changed(x, y) { now[y * width + x] } else { AS_BEFORE };
        let buffer: Vec<u8> =
            (top..bottom).flat_map(|y| (left..right).map(move |x| (x, y))).map(|(x, y)| pixel(x, y)).collect();
        let part = gif::Frame {
            delay,
            dispose: gif::DisposalMethod::Keep,
            transparent: (!self.last.is_empty()).then_some(AS_BEFORE),
            top: top as u16,
            left: left as u16,
            width: (right - left) as u16,
            height: (bottom - top) as u16,
            buffer: Cow::Owned(buffer),
            ..gif::Frame::default()
        };
        self.encoder.write_frame(&part).map_err(encode)?;
        self.last = now;
        Ok(())
    }

    /// The file.
    ///
    /// # Errors
    /// [`FilmError::Encode`] if the encoder refuses.
    pub fn finish(self) -> Result<Vec<u8>, FilmError> {
        self.encoder.into_inner().map_err(encode)
    }
}

/// The colours of a GIF, and for every colour the nearest of them.
struct Palette {
    rgb: Vec<u8>,
    of_cell: Vec<u8>,
}

impl Palette {
    fn of(samples: &[Frame]) -> Self {
        let mut counts = vec![0u32; 1 << (3 * BITS)];
        for frame in samples {
            frame.rgb().chunks_exact(3).for_each(|p| counts[cell([p[0], p[1], p[2]])] += 1);
        }
        // The sky must not take the colours of the lights: a cell weighs as the logarithm of its pixels.
        let mut pixels = Vec::new();
        for (cell, &count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
            let [r, g, b] = middle(cell);
            (0..=count.ilog2() / 2).for_each(|_| pixels.extend([r, g, b, 255]));
        }
        // The network wants more pixels than it has colours.
        let once = pixels.clone();
        while pixels.len() < 4 * 4 * COLOURS {
            pixels.extend(&once);
        }
        let net = NeuQuant::new(1, COLOURS, &pixels);
        let mut rgb = net.color_map_rgb();
        rgb.resize(3 * COLOURS, 0);
        rgb.extend([0; 3]);
        let of_cell = (0..counts.len()).map(|cell| nearest(&rgb[..3 * COLOURS], middle(cell))).collect();
        Self { rgb, of_cell }
    }

    fn index(&self, colour: [u8; 3]) -> u8 {
        self.of_cell[cell(colour)]
    }
}

fn nearest(palette: &[u8], colour: [u8; 3]) -> u8 {
    let distance = |p: &[u8]| -> u32 { (0..3).map(|k| u32::from(p[k].abs_diff(colour[k])).pow(2)).sum() };
    let best = palette.chunks_exact(3).enumerate().min_by_key(|(_, p)| distance(p));
    best.map_or(0, |(i, _)| i as u8)
}

const fn cell([r, g, b]: [u8; 3]) -> usize {
    const SHIFT: usize = 8 - BITS;
    (r as usize >> SHIFT) << (2 * BITS) | (g as usize >> SHIFT) << BITS | b as usize >> SHIFT
}

fn middle(cell: usize) -> [u8; 3] {
    const SHIFT: usize = 8 - BITS;
    let channel = |at: usize| (((cell >> at) & ((1 << BITS) - 1)) << SHIFT | 1 << (SHIFT - 1)) as u8;
    [channel(2 * BITS), channel(BITS), channel(0)]
}
