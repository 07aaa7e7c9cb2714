use std::ops::Range;

use kapok_show::Show;
use rayon::prelude::*;

use crate::background::Background;
use crate::camera::{Camera, FrameSize};
use crate::colour::{Tones, threshold};
use crate::label::Label;
use crate::light::{Fall, Lamps, Lights, Spot, Streak, Tile};
use crate::mood::{Mood, Palette};
use crate::pictures::Pictures;

/// Side of a tile, pixels.
const TILE_PX: usize = 32;

/// A picture: red, green, blue of each pixel as displayed (sRGB), from the upper left corner, row by row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Frame {
    size: FrameSize,
    rgb: Vec<u8>,
}

impl Frame {
    /// A picture of one colour.
    pub fn filled(size: FrameSize, colour: [u8; 3]) -> Self {
        Self { size, rgb: colour.repeat(size.width() * size.height()) }
    }

    /// Its size.
    pub const fn size(&self) -> FrameSize {
        self.size
    }

    /// The bytes, three a pixel.
    pub fn rgb(&self) -> &[u8] {
        &self.rgb
    }

    pub(crate) fn rgb_mut(&mut self) -> &mut [u8] {
        &mut self.rgb
    }

    /// Red, green and blue of a pixel.
    ///
    /// # Panics
    /// If the pixel is outside the picture.
    pub fn pixel(&self, x: usize, y: usize) -> [u8; 3] {
        assert!(x < self.size.width() && y < self.size.height(), "({x}, {y}) is outside the picture");
        let i = 3 * (y * self.size.width() + x);
        [self.rgb[i], self.rgb[i + 1], self.rgb[i + 2]]
    }
}

/// A show before one camera, ready to be drawn at any instant.
///
/// # Determinism
/// A frame is a function of show, camera, mood, mark and instant: the same bytes on any number of threads.
pub struct Film<'a> {
    show: &'a Show,
    camera: Camera,
    palette: Palette,
    tones: Tones,
    fall: Fall,
    background: Background,
    spacing_m: f64,
    has_lights: bool,
    mirrors: bool,
    mark: Option<Label>,
}

impl<'a> Film<'a> {
    /// Draws what is behind the lights; `mark` is written into the upper left corner of every frame.
    ///
    /// # Complexity
    /// Once for a camera: about a microsecond a pixel.
    pub fn new(show: &'a Show, pictures: &Pictures, camera: Camera, mood: Mood, mark: Option<&str>) -> Self {
        let (palette, tones) = (mood.palette(), Tones::new());
        let background = Background::new(&show.environment, &camera, &palette, &tones);
        Self {
            show,
            camera,
            mirrors: background.mirror.iter().any(|&m| m > 0),
            background,
            palette,
            tones,
            fall: Fall::new(),
            spacing_m: pictures.spacing_m(),
            has_lights: pictures.has_lights(),
            mark: mark.map(|text| Label::new(text, 0.05 * camera.size().height() as f64)),
        }
    }

    /// The camera.
    pub const fn camera(&self) -> &Camera {
        &self.camera
    }

    /// The picture at an instant of show time, milliseconds; before the start and after the end vehicles rest.
    ///
    /// # Complexity
    /// Pixels that lights reach, times the lights that reach them; the others are copied.
    pub fn frame(&self, t_ms: f64) -> Frame {
        let size = self.camera.size();
        let lamps = Lamps {
            show: self.show,
            camera: &self.camera,
            palette: &self.palette,
            tones: &self.tones,
            spacing_m: self.spacing_m,
            has_lights: self.has_lights,
            mirrors: self.mirrors,
        };
        let lights = lamps.at(t_ms);
        let (columns, rows) = (size.width().div_ceil(TILE_PX), size.height().div_ceil(TILE_PX));
        let spots = by_tile(lights.spots.iter().map(Spot::extent), columns, rows);
        let streaks = by_tile(lights.streaks.iter().map(Streak::extent), columns, rows);
        let tiles: Vec<(Tile, Vec<u8>)> = (0..columns * rows)
            .into_par_iter()
            .filter_map(|k| self.tile(k, columns, &lights, &spots[k], &streaks[k]))
            .collect();
        let mut frame = Frame { size, rgb: self.background.rgb.clone() };
        for (tile, rgb) in &tiles {
            for row in 0..tile.height {
                let to = 3 * ((tile.y + row) * size.width() + tile.x);
                let from = 3 * row * tile.width;
                frame.rgb[to..to + 3 * tile.width].copy_from_slice(&rgb[from..from + 3 * tile.width]);
            }
        }
        if let Some(mark) = &self.mark {
            let inset = (0.03 * size.height() as f64) as usize;
            mark.stamp(&mut frame, inset, inset, [255, 196, 84], 0.9);
        }
        frame
    }

    /// A tile with its lights, as displayed; `None` if no light reaches it.
    fn tile(
        &self,
        k: usize,
        columns: usize,
        lights: &Lights,
        spots: &[u32],
        streaks: &[u32],
    ) -> Option<(Tile, Vec<u8>)> {
        let (width, height) = (self.camera.size().width(), self.camera.size().height());
        let (x, y) = (k % columns * TILE_PX, k / columns * TILE_PX);
        let mut tile = Tile::new(x, y, TILE_PX.min(width - x), TILE_PX.min(height - y));
        let spill = lights.spill.is_seen() && self.has_ground(&tile);
        if spots.is_empty() && streaks.is_empty() && !spill {
            return None;
        }
        if spill {
            self.add_spill(&mut tile, lights);
        }
        for &s in streaks {
            tile.add_streak(&lights.streaks[s as usize], &self.background.mirror, width, &self.fall);
        }
        for &s in spots {
            tile.add_spot(&lights.spots[s as usize], &self.background.depth_m, width, &self.fall);
        }
        let mut rgb = Vec::with_capacity(3 * tile.width * tile.height);
        for (i, through) in tile.through.iter().enumerate() {
            let (px, py) = (tile.x + i % tile.width, tile.y + i / tile.width);
            let behind = self.background.radiance[py * width + px];
            let dither = threshold(px, py);
            for (behind, sum) in behind.iter().zip(&tile.sum) {
                rgb.push((self.tones.level(behind * through + sum[i]) + dither) as u8);
            }
        }
        Some((tile, rgb))
    }

    fn has_ground(&self, tile: &Tile) -> bool {
        let width = self.camera.size().width();
        let row = |y: usize| &self.background.is_ground[y * width + tile.x..y * width + tile.x + tile.width];
        (tile.y..tile.y + tile.height).any(|y| row(y).contains(&true))
    }

    fn add_spill(&self, tile: &mut Tile, lights: &Lights) {
        let (width, eye) = (self.camera.size().width(), self.camera.eye_m());
        for row in 0..tile.height {
            for column in 0..tile.width {
                let (x, y) = (tile.x + column, tile.y + row);
                if self.background.is_ground[y * width + x] {
                    let ray = self.camera.ray(x as f64 + 0.5, y as f64 + 0.5);
                    let light = lights.spill.on_ground(eye, ray);
                    for (sum, light) in tile.sum.iter_mut().zip(light) {
                        sum[row * tile.width + column] = light;
                    }
                }
            }
        }
    }
}

/// For each tile the numbers of what reaches it, ascending.
fn by_tile(extents: impl Iterator<Item = ([f32; 2], [f32; 2])>, columns: usize, rows: usize) -> Vec<Vec<u32>> {
    let mut tiles = vec![Vec::new(); columns * rows];
    let range = |at: f32, reach: f32, count: usize| -> Range<usize> {
        let tile = |v: f32| (v.max(0.0) / TILE_PX as f32) as usize;
        tile(at - reach).min(count)..(tile(at + reach + 1.0) + 1).min(count)
    };
    for (i, (at, reach)) in extents.enumerate() {
        for y in range(at[1], reach[1], rows) {
            for x in range(at[0], reach[0], columns) {
                tiles[y * columns + x].push(i as u32);
            }
        }
    }
    tiles
}
