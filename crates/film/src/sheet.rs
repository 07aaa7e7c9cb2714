use kapok_show::Reporter;
use rayon::prelude::*;

use crate::camera::FrameSize;
use crate::error::FilmError;
use crate::film::{Film, Frame};
use crate::label::Label;
use crate::pictures::ScenePicture;

/// Scenes on a sheet, at most.
pub const MAX_SHEET_SCENES: usize = 60;

const PAPER: [u8; 3] = [14, 15, 20];
const INK: [u8; 3] = [226, 229, 238];
const SOFT_INK: [u8; 3] = [140, 147, 166];

/// How a sheet is laid out: columns, rows, and the gap between cells.
#[derive(Clone, Copy)]
struct Layout {
    cell: FrameSize,
    columns: usize,
    gap: usize,
    caption: usize,
    heading: usize,
}

impl Layout {
    fn of(cell: FrameSize, scenes: usize) -> Self {
        let columns = match scenes {
            0..=3 => scenes.max(1),
            4 => 2,
            5..=12 => 3,
            13..=24 => 4,
            _ => 6,
        };
        let unit = cell.width() / 40;
        Self { cell, columns, gap: unit.max(4), caption: (2 * unit + unit / 2).max(14), heading: (5 * unit).max(24) }
    }

    fn size(self, scenes: usize) -> Result<FrameSize, FilmError> {
        let rows = scenes.div_ceil(self.columns);
        let width = self.columns * (self.cell.width() + self.gap) + self.gap;
        let height = self.heading + rows * (self.cell.height() + self.caption + self.gap);
        FrameSize::new(width as u32, height as u32)
    }

    fn corner(self, k: usize) -> (usize, usize) {
        let (column, row) = (k % self.columns, k / self.columns);
        let x = self.gap + column * (self.cell.width() + self.gap);
        (x, self.heading + row * (self.cell.height() + self.caption + self.gap))
    }
}

/// All scenes of a show on one sheet, each at its brightest, with name and time below; `title` above.
///
/// # Errors
/// [`FilmError::NoScenes`]; [`FilmError::TooMany`] above [`MAX_SHEET_SCENES`]; [`FilmError::Size`] if the sheet would be too
/// large.
pub fn contact_sheet(
    film: &Film,
    scenes: &[ScenePicture],
    title: &str,
    reporter: &dyn Reporter,
) -> Result<Frame, FilmError> {
    check_count(scenes.len())?;
    // A sheet that is too large is refused before the work.
    Layout::of(film.camera().size(), scenes.len()).size(scenes.len())?;
    reporter.phase("scenes", scenes.len() as u64);
    let draw = |scene: &ScenePicture| {
        let frame = film.frame(scene.best_ms as f64);
        reporter.advance(1);
        frame
    };
    let frames: Vec<Frame> = scenes.par_iter().map(draw).collect();
    let cells = scenes.iter().zip(&frames).map(|(scene, frame)| (scene.name.as_str(), clock(scene.best_ms), frame));
    sheet(&cells.collect::<Vec<_>>(), title)
}

/// Frames of one size beside each other, each with what it shows below; `title` above.
///
/// # Errors
/// [`FilmError::NoScenes`] without frames; [`FilmError::TooMany`] above [`MAX_SHEET_SCENES`]; [`FilmError::Size`] if the sheet would
/// be too large.
pub fn side_by_side(frames: &[(String, Frame)], title: &str) -> Result<Frame, FilmError> {
    check_count(frames.len())?;
    sheet(&frames.iter().map(|(name, frame)| (name.as_str(), String::new(), frame)).collect::<Vec<_>>(), title)
}

fn check_count(found: usize) -> Result<(), FilmError> {
    if found == 0 {
        return Err(FilmError::NoScenes);
    }
    if found > MAX_SHEET_SCENES {
        let (found, most) = (found as u64, MAX_SHEET_SCENES as u64);
        return Err(FilmError::TooMany { what: "a contact sheet", unit: "scenes", found, most });
    }
    Ok(())
}

/// Frames with what stands below each on the left and on the right.
fn sheet(cells: &[(&str, String, &Frame)], title: &str) -> Result<Frame, FilmError> {
    let Some((_, _, first)) = cells.first() else { return Err(FilmError::NoScenes) };
    let layout = Layout::of(first.size(), cells.len());
    let mut sheet = Frame::filled(layout.size(cells.len())?, PAPER);
    let em = 0.52 * layout.heading as f64;
    Label::new(title, em).cut(sheet.size().width() - 2 * layout.gap).stamp(
        &mut sheet,
        layout.gap,
        layout.heading / 5,
        INK,
        1.0,
    );
    for (k, (name, right, frame)) in cells.iter().enumerate() {
        let (x, y) = layout.corner(k);
        paste(&mut sheet, frame, x, y);
        let em = 0.62 * layout.caption as f64;
        let below = y + frame.size().height() + layout.caption / 8;
        let right = Label::new(right, em);
        let right_x = (x + frame.size().width()).saturating_sub(right.size().0);
        right.stamp(&mut sheet, right_x, below, SOFT_INK, 1.0);
        Label::new(name, em).cut(right_x.saturating_sub(x + layout.gap)).stamp(&mut sheet, x, below, INK, 1.0);
    }
    Ok(sheet)
}

fn paste(sheet: &mut Frame, frame: &Frame, x: usize, y: usize) {
    let (wide, narrow) = (sheet.size().width(), frame.size().width());
    for row in 0..frame.size().height() {
        let to = 3 * ((y + row) * wide + x);
        sheet.rgb_mut()[to..to + 3 * narrow].copy_from_slice(&frame.rgb()[3 * row * narrow..3 * (row + 1) * narrow]);
    }
}

/// Minutes and seconds.
fn clock(t_ms: i64) -> String {
    let seconds = t_ms.max(0) / 1000;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}
