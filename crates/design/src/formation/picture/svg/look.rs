//! What of a picture is missing, cut off or painted otherwise, and how much of it.

use kapok_show::DVec2;

use super::labelled::Labelled;
use super::reader::Drawing;
use crate::formation::error::FormationError;
use crate::formation::picture::art::{Art, FillRule, Outline};
use crate::formation::picture::shape::Stack;

/// Rows and columns in which shares are measured.
const ROWS: usize = 256;
const COLUMNS: usize = 256;
/// What reaches beyond the page by less than this share of its longer side is on it.
const PAGE_TOLERANCE: f64 = 1e-3;
/// Most elements that a warning names.
const MOST_NAMED: usize = 3;

/// The shapes on the page, with warnings.
pub(super) fn at(mut drawing: Drawing, labelled: &Labelled<'_>) -> Result<Art, FormationError> {
    let mut warnings = labelled.warnings.clone();
    if !drawing.faint.is_empty() {
        let names = names(&drawing.faint, labelled);
        warnings.push(format!("paint of an opacity below 5 % is left out: {names}"));
    }
    warnings.extend(cut(&mut drawing, labelled));
    if drawing.art.layers.is_empty() {
        return Err(FormationError::EmptyPicture { why: "everything painted lies outside the page (the viewBox)" });
    }
    if let Some(seen) = Seen::of(&drawing.art) {
        warnings.extend(unknown_colours(&drawing, &seen, labelled));
        let dark: Vec<usize> = (0..seen.dark.len()).filter(|&layer| seen.dark[layer].is_seen).collect();
        if !dark.is_empty() {
            let share = seen.share(dark.iter().map(|&layer| &seen.dark[layer]));
            let elements: Vec<u32> = dark.iter().map(|&layer| drawing.elements[layer]).collect();
            warnings.push(format!(
                "black and nearly black paint is not lit, {share} of the picture: {}; paint it lighter if it is to be seen",
                names(&elements, labelled)
            ));
        }
    }
    drawing.art.warnings = warnings;
    Ok(drawing.art)
}

fn unknown_colours(drawing: &Drawing, seen: &Seen, labelled: &Labelled<'_>) -> Vec<String> {
    let warning = |(colour, text): (usize, &String)| {
        let painted = drawing.unknown.iter().filter(|(_, c)| *c == colour).map(|(layer, _)| *layer);
        let layers: Vec<usize> = painted.filter(|&l| seen.lit[l].is_seen || seen.dark[l].is_seen).collect();
        if layers.is_empty() {
            return None;
        }
        let elements: Vec<u32> = layers.iter().map(|&layer| drawing.elements[layer]).collect();
        let share = seen.share(layers.iter().flat_map(|&layer| [&seen.lit[layer], &seen.dark[layer]]));
        let names = names(&elements, labelled);
        Some(format!(
            "the colour \"{text}\" is not understood and shown as white, {share} of the picture: {names}; write it as #rrggbb"
        ))
    };
    labelled.unknown.texts.iter().enumerate().filter_map(warning).collect()
}

/// Cuts the shapes at the page; takes away those beyond it.
fn cut(drawing: &mut Drawing, labelled: &Labelled<'_>) -> Option<String> {
    let (low, high) = drawing.page?;
    let slack = PAGE_TOLERANCE * (high - low).max_element();
    let is_beyond = |art: &Art| {
        let (min, max) = art.bounds()?;
        Some(min.cmplt(low - slack).any() || max.cmpgt(high + slack).any())
    };
    if !is_beyond(&drawing.art)? {
        return None;
    }
    let stack = Stack::new(&drawing.art)?;
    let (mut painted, mut beyond) = (0.0, 0.0);
    let mut elements = Vec::new();
    let mut is_kept = Vec::new();
    for (layer, sheet) in stack.sheets.iter().enumerate() {
        let (bottom, top) = sheet.reach();
        let height = (top - bottom) / ROWS as f64;
        let (mut all, mut inside) = (0.0, 0.0);
        for row in 0..ROWS {
            let y = bottom + (row as f64 + 0.5) * height;
            for (from, to) in sheet.row(y) {
                all += (to - from) * height;
                if (low.y..=high.y).contains(&y) {
                    inside += (to.min(high.x) - from.max(low.x)).max(0.0) * height;
                }
            }
        }
        painted += all;
        // Less than a thousandth of a shape is not worth a word.
        if all - inside > 1e-3 * all {
            beyond += all - inside;
            elements.push(drawing.elements[layer]);
        }
        is_kept.push(inside > 0.0 || all <= 0.0);
    }
    let page = Outline {
        contours: vec![vec![low, DVec2::new(high.x, low.y), high, DVec2::new(low.x, high.y)]],
        rule: FillRule::NonZero,
    };
    for layer in &mut drawing.art.layers {
        layer.clips.push(vec![page.clone()]);
    }
    keep(drawing, &is_kept);
    let share = percent(beyond / painted);
    (!elements.is_empty()).then(|| {
        format!(
            "what lies outside the page (the viewBox) is cut off, {share} of what is painted: {}; enlarge the page to show it",
            names(&elements, labelled)
        )
    })
}

fn keep(drawing: &mut Drawing, is_kept: &[bool]) {
    let kept: Vec<usize> = (0..is_kept.len()).filter(|&layer| is_kept[layer]).collect();
    let mut layers: Vec<_> = std::mem::take(&mut drawing.art.layers).into_iter().map(Some).collect();
    drawing.art.layers = kept.iter().filter_map(|&layer| layers[layer].take()).collect();
    drawing.elements = kept.iter().map(|&layer| drawing.elements[layer]).collect();
    let moved = |&(layer, colour): &(usize, usize)| Some((kept.binary_search(&layer).ok()?, colour));
    drawing.unknown = drawing.unknown.iter().filter_map(moved).collect();
}

/// How much is seen of a layer.
#[derive(Clone, Copy, Default)]
struct Part {
    samples: usize,
    /// True also for what is thinner than a sample.
    is_seen: bool,
}

/// What is seen of the layers from above.
struct Seen {
    lit: Vec<Part>,
    dark: Vec<Part>,
}

impl Seen {
    fn of(art: &Art) -> Option<Self> {
        let stack = Stack::new(art)?;
        let mut seen =
            Self { lit: vec![Part::default(); art.layers.len()], dark: vec![Part::default(); art.layers.len()] };
        let height = (stack.max.y - stack.min.y) / ROWS as f64;
        for row in 0..ROWS {
            seen.row(&stack, stack.min.y + (row as f64 + 0.5) * height, true);
        }
        for sheet in &stack.sheets {
            let (bottom, top) = sheet.reach();
            if top - bottom < 2.0 * height {
                seen.row(&stack, 0.5 * (bottom + top), false);
            }
        }
        Some(seen)
    }

    fn row(&mut self, stack: &Stack, y: f64, counts: bool) {
        let width = (stack.max.x - stack.min.x) / COLUMNS as f64;
        let mut row = [None; COLUMNS];
        for (layer, sheet) in stack.sheets.iter().enumerate().filter(|(_, sheet)| sheet.reaches(y)) {
            for (from, to) in sheet.row(y) {
                let (a, b) = ((from - stack.min.x) / width, (to - stack.min.x) / width);
                let first = (a.max(0.0) as usize).min(COLUMNS - 1);
                let last = (b.ceil().max(0.0) as usize).clamp(first + 1, COLUMNS);
                for (column, slot) in row.iter_mut().enumerate().take(last).skip(first) {
                    let x = (stack.min.x + (column as f64 + 0.5) * width).clamp(from, to);
                    if let Some(shines) = stack.shines(layer, DVec2::new(x, y)) {
                        *slot = Some((layer, shines));
                    }
                }
            }
        }
        for (layer, shines) in row.into_iter().flatten() {
            let part = if shines { &mut self.lit[layer] } else { &mut self.dark[layer] };
            part.is_seen = true;
            part.samples += usize::from(counts);
        }
    }

    fn share<'p>(&self, parts: impl Iterator<Item = &'p Part>) -> String {
        let all: usize = self.lit.iter().chain(&self.dark).map(|part| part.samples).sum();
        percent(parts.map(|part| part.samples).sum::<usize>() as f64 / all.max(1) as f64)
    }
}

fn percent(share: f64) -> String {
    if share < 0.01 { "under 1 %".to_owned() } else { format!("{:.0} %", share * 100.0) }
}

/// The first elements by name.
fn names(elements: &[u32], labelled: &Labelled<'_>) -> String {
    let mut elements = elements.to_vec();
    elements.sort_unstable();
    elements.dedup();
    let named: Vec<String> =
        elements.iter().take(MOST_NAMED).map(|&index| labelled.elements[index as usize].to_string()).collect();
    match elements.len().saturating_sub(MOST_NAMED) {
        0 => named.join(", "),
        more => format!("{} and {more} more", named.join(", ")),
    }
}
