//! Point lists.

use kapok_show::{DVec3, Rgb};

use super::error::FormationError;
use super::fit::Sampler;
use super::relax::{Site, eliminate};
use super::{MAX_COUNT, MAX_SIZE_M, SourcePoint, neighbours};

/// A point of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedPoint {
    /// Where, metres.
    pub position_m: DVec3,
    /// Its colour, if the list has colours.
    pub colour: Option<Rgb>,
}

const PLAIN: [&str; 3] = ["x", "y", "z"];
const NAMED: [&str; 7] = ["name", "x_m", "y_m", "z_m", "red", "green", "blue"];

/// Reads a point list: lines of `x,y,z` or of `Name,x_m,y_m,z_m,Red,Green,Blue`.
///
/// # Shapes, units and frames
/// Metres; x right, y away from the audience, z up. Colours are whole numbers 0 to 255. A first line with the names
/// of the columns is optional; without it the number of columns decides. Empty lines are passed over, names may be
/// quoted; the file is UTF-8, with or without a byte order mark.
///
/// # Errors
/// [`FormationError::BadCsv`] with line and column: a wrong number of columns, what is no number, NaN or infinity,
/// more than 10,000 m, a bad colour, more than [`MAX_COUNT`] points or none at all.
///
/// # Example
/// ```
/// use kapok_design::formation::parse_points_csv;
///
/// let points = parse_points_csv(b"x,y,z\n0,0,10\n2.5,0,10\n")?;
/// assert_eq!(points[1].position_m.x, 2.5);
/// # Ok::<(), kapok_design::formation::FormationError>(())
/// ```
pub fn parse_points_csv(bytes: &[u8]) -> Result<Vec<ListedPoint>, FormationError> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut points = Vec::new();
    let mut columns = None;
    for (index, line) in bytes.split(|b| *b == b'\n').enumerate() {
        let line_number = index + 1;
        let bad = |column: usize, why: String| FormationError::BadCsv { line: line_number, column, why };
        let line = std::str::from_utf8(line).map_err(|e| {
            let column = line[..e.valid_up_to()].split(|b| *b == b',').count();
            bad(column, "this is not UTF-8 text".to_owned())
        })?;
        if line.trim().is_empty() {
            continue;
        }
        let fields: Vec<&str> = split(line.trim_end_matches('\r'))
            .map_err(|column| bad(column, "a quotation mark is not closed, or text follows it".to_owned()))?;
        if columns.is_none() {
            if is_header(&fields, &PLAIN) || is_header(&fields, &NAMED) {
                columns = Some(fields.len());
                continue;
            }
            if fields.len() != PLAIN.len() && fields.len() != NAMED.len() {
                let found = fields.len();
                return Err(bad(
                    found.min(4),
                    format!("{found} columns; give x,y,z or Name,x_m,y_m,z_m,Red,Green,Blue"),
                ));
            }
            columns = Some(fields.len());
        }
        let expected = columns.unwrap_or(PLAIN.len());
        if fields.len() != expected {
            let found = fields.len();
            return Err(bad(
                found.min(expected) + usize::from(found > expected),
                format!("{found} columns instead of {expected}"),
            ));
        }
        if points.len() == MAX_COUNT {
            return Err(bad(1, format!("more than {MAX_COUNT} points")));
        }
        let first = usize::from(expected == NAMED.len());
        let number = |k: usize| coordinate(fields[first + k]).map_err(|why| bad(first + k + 1, why));
        let position_m = DVec3::new(number(0)?, number(1)?, number(2)?);
        let colour = if expected == NAMED.len() {
            let channel = |k: usize| {
                fields[k].trim().parse::<u8>().map_err(|_| {
                    bad(k + 1, format!("\"{}\" is no colour: give a whole number from 0 to 255", fields[k].trim()))
                })
            };
            Some(Rgb::new(channel(4)?, channel(5)?, channel(6)?))
        } else {
            None
        };
        points.push(ListedPoint { position_m, colour });
    }
    if points.is_empty() {
        return Err(FormationError::BadCsv { line: 1, column: 1, why: "the list has no points".to_owned() });
    }
    Ok(points)
}

fn is_header(fields: &[&str], names: &[&str]) -> bool {
    let plain = |name: &str| name.trim().trim_end_matches(" [m]").to_ascii_lowercase();
    fields.len() == names.len()
        && fields.iter().zip(names).all(|(f, n)| plain(f) == *n || plain(f) == n.trim_end_matches("_m"))
}

fn coordinate(field: &str) -> Result<f64, String> {
    let text = field.trim();
    let value: f64 = text.parse().map_err(|_| format!("\"{text}\" is no number"))?;
    if !value.is_finite() {
        return Err(format!("\"{text}\" is not finite"));
    }
    if value.abs() > MAX_SIZE_M {
        return Err(format!("{text} m is farther than {MAX_SIZE_M} m"));
    }
    Ok(value)
}

/// Fields of a line; quoted ones may hold commas. `Err` is the column that is broken.
fn split(line: &str) -> Result<Vec<&str>, usize> {
    let mut fields = Vec::new();
    let mut rest = line;
    loop {
        if let Some(quoted) = rest.trim_start().strip_prefix('"') {
            let end = quoted.find('"').ok_or(fields.len() + 1)?;
            fields.push(&quoted[..end]);
            let after = quoted[end + 1..].trim_start();
            match after.strip_prefix(',') {
                Some(next) => rest = next,
                None if after.is_empty() => return Ok(fields),
                None => return Err(fields.len()),
            }
        } else if let Some((field, next)) = rest.split_once(',') {
            fields.push(field);
            rest = next;
        } else {
            fields.push(rest);
            return Ok(fields);
        }
    }
}

/// Longest side of the box around the points, metres.
pub(super) fn longest_side(points: &[ListedPoint]) -> f64 {
    let (min, max) = bounds(points);
    (max - min).max_element()
}

fn bounds(points: &[ListedPoint]) -> (DVec3, DVec3) {
    let first = points.first().map_or(DVec3::ZERO, |p| p.position_m);
    points.iter().fold((first, first), |(min, max), p| (min.min(p.position_m), max.max(p.position_m)))
}

pub(super) fn check(points: &[ListedPoint]) -> Result<(), FormationError> {
    if points.len() > MAX_COUNT {
        return Err(FormationError::TooComplex { what: "points of the list", found: points.len(), max: MAX_COUNT });
    }
    if points.is_empty() {
        return Err(FormationError::EmptyPicture { why: "the list has no points" });
    }
    match points.iter().find(|p| !p.position_m.is_finite()) {
        Some(p) => Err(FormationError::BadSetting {
            field: "points",
            value: p.position_m.element_sum(),
            why: "give finite coordinates",
        }),
        None => Ok(()),
    }
}

/// Takes points of the list.
pub(super) struct Listed {
    points: Vec<ListedPoint>,
    spacing_m: f64,
    /// Indices of points that are far enough from all earlier ones of them.
    apart: Vec<usize>,
}

pub(super) fn sampler(points: &[ListedPoint], spacing_m: f64) -> Listed {
    let (min, max) = bounds(points);
    let centre = 0.5 * (min + max);
    let points: Vec<ListedPoint> =
        points.iter().map(|p| ListedPoint { position_m: p.position_m - centre, colour: p.colour }).collect();
    let positions: Vec<DVec3> = points.iter().map(|p| p.position_m).collect();
    let grid = neighbours::Neighbours::new(&positions, spacing_m);
    let mut taken = vec![false; points.len()];
    for i in 0..points.len() {
        let mut free = true;
        grid.near(positions[i], spacing_m, |j| free &= !taken[j] || positions[i].distance(positions[j]) >= spacing_m);
        taken[i] = free;
    }
    let apart = (0..points.len()).filter(|&i| taken[i]).collect();
    Listed { points, spacing_m, apart }
}

impl Sampler for Listed {
    fn attempt(&self, count: usize) -> Option<Vec<SourcePoint>> {
        if self.apart.len() < count {
            return None;
        }
        let sites: Vec<Site> = self
            .apart
            .iter()
            .map(|&i| Site { position_m: self.points[i].position_m, region: i as u32, pinned: false })
            .collect();
        let chosen = eliminate(&sites, count, self.spacing_m);
        let (min, max) = bounds(&self.points);
        let extent = max - min;
        let share =
            |value: f64, low: f64, side: f64| if side > 0.0 { ((value - low) / side).clamp(0.0, 1.0) } else { 0.5 };
        Some(
            chosen
                .iter()
                .map(|site| SourcePoint {
                    position_m: site.position_m,
                    colour: self.points[site.region as usize].colour,
                    u: share(site.position_m.x, min.x, extent.x),
                    v: share(site.position_m.z, min.z, extent.z),
                    group: 0,
                })
                .collect(),
        )
    }

    fn guess(&self) -> usize {
        self.apart.len()
    }
}
