//! Lists of points as CSV: the one reader behind every file of points that a command or a script names.
//!
//! # Dialect
//! UTF-8 with or without a byte order mark, lines that end in LF, CR LF or CR, fields separated by commas, which may be
//! quoted. Coordinates are in metres, colours whole numbers 0 to 255. The columns are `x,y,z`, or `x_m,y_m,z_m`, or
//! `Name,x_m,y_m,z_m,Red,Green,Blue`, in this order; upper case, a space around a name and a unit in brackets (`x [m]`) are
//! taken, another unit is refused. A first line with the names is optional: without it the number of columns decides.
//! Lines that begin with `#` are remarks; one that holds names of columns is the header.

use std::borrow::Cow;

use kapok_show::{DVec3, Rgb, figure};

use crate::text_file;

/// A point of a list.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ListedPoint {
    /// Where, metres.
    pub position_m: DVec3,
    /// Its colour, if the list has colours.
    pub colour: Option<Rgb>,
}

/// What a file of points is for, which says what may be in it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PointListUse {
    /// May z be left out? It is 0 then.
    pub is_flat: bool,
    /// May lines be empty between points? At the end they may always be.
    pub has_gaps: bool,
    /// Farthest coordinate, metres.
    pub farthest_m: f64,
    /// Most points.
    pub most: usize,
}

/// Why a file is no list of points.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {field}: {why}")]
pub struct PointListError {
    /// Line, from 1.
    pub line: usize,
    /// Column of the table, from 1.
    pub field: usize,
    /// Character of the line at which the field begins, from 1.
    pub character: usize,
    /// What is wrong, and what to do.
    pub why: String,
}

const NAMES: [&str; 7] = ["name", "x", "y", "z", "red", "green", "blue"];
const FLAT: &[&str] = &["x", "y"];
const PLAIN: &[&str] = &["x", "y", "z"];
const SEMICOLONS: &str = "; separate them by commas, not semicolons, with a point in decimals";

/// Reads a list of points.
///
/// # Units and frames
/// Metres, in whatever frame the list is for; colours 0 to 255.
///
/// # Guarantees
/// One point a line of the file, in its order; every coordinate is finite and at most [`PointListUse::farthest_m`]. Nothing
/// is passed over but empty lines and remarks.
///
/// # Errors
/// [`PointListError`] with line, column and what to do. Never panics.
///
/// # Complexity
/// O(bytes).
///
/// # Example
/// ```
/// use kapok_design::points::{PointListUse, read_points};
///
/// let pads = PointListUse { is_flat: true, has_gaps: true, farthest_m: 1e4, most: 100 };
/// let points = read_points(b"x_m,y_m\n0,0\n2.5,0\n", &pads)?;
/// assert_eq!(points[1].position_m.x, 2.5);
/// # Ok::<(), kapok_design::points::PointListError>(())
/// ```
pub fn read_points(bytes: &[u8], list_use: &PointListUse) -> Result<Vec<ListedPoint>, PointListError> {
    let nowhere = |why: &str| PointListError { line: 1, field: 1, character: 1, why: why.to_owned() };
    let bytes = text_file::unmarked(bytes).map_err(nowhere)?.trim_ascii_end();
    if bytes.is_empty() {
        return Err(nowhere("the list holds no points"));
    }
    let mut points: Vec<ListedPoint> = Vec::new();
    let mut columns: Option<usize> = None;
    for (line, bytes) in text_file::lines(bytes) {
        let row = Row::new(line, bytes)?;
        if let Some(remark) = row.text.trim_start().strip_prefix('#') {
            let header = Row::new(line, remark.as_bytes())?;
            if columns.is_none() && points.is_empty() && header.names_columns() {
                columns = Some(header.header(list_use)?);
            }
            continue;
        }
        if row.text.trim().is_empty() {
            if list_use.has_gaps {
                continue;
            }
            return Err(row.wrong_count(0, columns.unwrap_or(PLAIN.len())));
        }
        let count = match columns {
            Some(count) => count,
            None if row.names_columns() || row.fields.iter().all(|f| f.parse::<f64>().is_err()) => {
                columns = Some(row.header(list_use)?);
                continue;
            }
            None => row.count(list_use)?,
        };
        columns = Some(count);
        if row.fields.len() != count {
            return Err(row.wrong_count(row.fields.len(), count));
        }
        if points.len() == list_use.most {
            return Err(row.bad(0, format!("more than {} points", list_use.most)));
        }
        points.push(row.point(list_use)?);
    }
    if points.is_empty() { Err(nowhere("the list holds no points")) } else { Ok(points) }
}

/// A line and its fields.
struct Row<'a> {
    line: usize,
    text: &'a str,
    fields: Vec<String>,
}

impl<'a> Row<'a> {
    fn new(line: usize, bytes: &'a [u8]) -> Result<Self, PointListError> {
        let before = |at: usize| {
            (bytes[..at].split(|b| *b == b',').count(), String::from_utf8_lossy(&bytes[..at]).chars().count() + 1)
        };
        let text = std::str::from_utf8(bytes).map_err(|e| {
            let (field, character) = before(e.valid_up_to());
            PointListError { line, field, character, why: "this is not UTF-8 text; save it as UTF-8".to_owned() }
        })?;
        if text.matches('"').count() % 2 == 1 {
            let (field, character) = before(text.rfind('"').unwrap_or(0));
            return Err(PointListError { line, field, character, why: "a quotation mark is not closed".to_owned() });
        }
        let mut reader = csv::ReaderBuilder::new();
        let reader = reader.has_headers(false).flexible(true).trim(csv::Trim::All).buffer_capacity(bytes.len().max(1));
        // A line is one record, or none if it is empty.
        let record = reader.from_reader(bytes).records().next();
        let fields = match record {
            Some(Ok(record)) => record.iter().map(str::to_owned).collect(),
            Some(Err(error)) => return Err(PointListError { line, field: 1, character: 1, why: error.to_string() }),
            None => Vec::new(),
        };
        Ok(Self { line, text, fields })
    }

    fn bad(&self, field: usize, why: String) -> PointListError {
        let pieces: Vec<&str> = self.text.split(',').collect();
        // Only a name, which is the first field, may hold commas of its own.
        let in_name = pieces.len().saturating_sub(self.fields.len());
        let skipped = if field == 0 { 0 } else { field + in_name };
        let before: usize = pieces.iter().take(skipped).map(|piece| piece.chars().count() + 1).sum();
        PointListError { line: self.line, field: field + 1, character: before + 1, why }
    }

    /// Is there a name of a column in this line?
    fn names_columns(&self) -> bool {
        self.fields.iter().any(|f| NAMES.contains(&column_of(f).0.as_ref()))
    }

    /// Number of the columns that the header names, if they are in order and in metres.
    fn header(&self, list_use: &PointListUse) -> Result<usize, PointListError> {
        let names: Vec<(Cow<'_, str>, Option<&str>)> = self.fields.iter().map(|f| column_of(f)).collect();
        if let Some(k) =
            names.iter().position(|(name, unit)| NAMES[1..4].contains(&name.as_ref()) && unit.is_some_and(|u| u != "m"))
        {
            let shown = shortened(&self.fields[k]);
            return Err(self.bad(k, format!("the column is \"{shown}\", but coordinates are in metres")));
        }
        let are = |expected: &[&str]| names.iter().map(|(name, _)| name.as_ref()).eq(expected.iter().copied());
        if are(&NAMES) || are(PLAIN) || list_use.is_flat && are(FLAT) {
            return Ok(self.fields.len());
        }
        if self.fields.len() == 1 {
            return Err(self.wrong_count(1, PLAIN.len()));
        }
        let shown = shortened(self.text.trim_start_matches('#').trim());
        Err(self.bad(0, format!("the header is {shown}, but must be {}, in this order", header_forms(list_use))))
    }

    /// Number of columns by the first line, where there is no header.
    fn count(&self, list_use: &PointListUse) -> Result<usize, PointListError> {
        let found = self.fields.len();
        let is_known = found == PLAIN.len() || found == NAMES.len() || list_use.is_flat && found == FLAT.len();
        if is_known { Ok(found) } else { Err(self.wrong_count(found, PLAIN.len())) }
    }

    fn wrong_count(&self, found: usize, expected: usize) -> PointListError {
        let remedy = match self.text {
            text if found == 1 && text.contains(';') => SEMICOLONS,
            text if found == 1 && text.contains('\t') => "; separate them by commas, not tabs",
            text if found == 1 && text.trim().contains(' ') => "; separate them by commas, not spaces",
            text if found == expected + 1 && text.trim_end().ends_with(',') => "; the last comma is one too many",
            _ if expected == PLAIN.len() && found == 2 * PLAIN.len() => "; starts and goals go into two files",
            _ => "",
        };
        let row = match expected {
            2 => "two numbers x,y in metres",
            3 => "three numbers x,y,z in metres",
            _ => "a name, three numbers x,y,z in metres and three numbers red,green,blue",
        };
        let fields = if found == 1 { "field" } else { "fields" };
        let why = format!("a row has {row}, this one has {found} {fields}{remedy}");
        let mut error = self.bad(0, why);
        error.field = if found > expected { expected + 1 } else { found.max(1) };
        error
    }

    fn point(&self, list_use: &PointListUse) -> Result<ListedPoint, PointListError> {
        let is_named = self.fields.len() == NAMES.len();
        let first = usize::from(is_named);
        let mut position_m = DVec3::ZERO;
        for axis in 0..(self.fields.len() - first).min(3) {
            let field = first + axis;
            position_m[axis] = coordinate(&self.fields[field], list_use.farthest_m)
                .map_err(|why| self.bad(field, format!("{} is {why}", PLAIN[axis])))?;
        }
        let channel = |field: usize| {
            let text = &self.fields[field];
            let why = || format!("{} is \"{}\": give a whole number from 0 to 255", NAMES[field], shortened(text));
            text.parse::<u8>().map_err(|_| self.bad(field, why()))
        };
        let colour = if is_named { Some(Rgb::new(channel(4)?, channel(5)?, channel(6)?)) } else { None };
        Ok(ListedPoint { position_m, colour })
    }
}

/// The forms a header may have.
fn header_forms(list_use: &PointListUse) -> &'static str {
    if list_use.is_flat {
        "x,y or x,y,z or Name,x,y,z,Red,Green,Blue (metres)"
    } else {
        "x,y,z or Name,x,y,z,Red,Green,Blue (metres)"
    }
}

/// Plain name of a column and the unit it says: `x`, `x_m`, `X [m]`, `x (m)`.
fn column_of(field: &str) -> (Cow<'_, str>, Option<&str>) {
    let lower = field.trim();
    let (name, unit) = match lower.split_once(['[', '(']) {
        Some((name, unit)) => (name.trim_end(), Some(unit.trim_end_matches([']', ')']).trim())),
        None => match lower.rsplit_once('_') {
            Some((name, unit)) => (name, Some(unit)),
            None => (lower, None),
        },
    };
    (name.to_lowercase().into(), unit)
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

/// A finite coordinate that is not too far away, or what it is instead.
fn coordinate(text: &str, farthest_m: f64) -> Result<f64, String> {
    let shown = shortened(text);
    let Ok(value) = text.parse::<f64>() else {
        let remedy = if text.contains(';') { SEMICOLONS } else { "" };
        return Err(format!("\"{shown}\", which is not a number{remedy}"));
    };
    if !value.is_finite() {
        return Err(format!("\"{shown}\", which is not finite"));
    }
    if value.abs() > farthest_m {
        return Err(format!("{} m, but coordinates go to {} m from the origin", figure(value), figure(farthest_m)));
    }
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PADS: PointListUse = PointListUse { is_flat: true, has_gaps: true, farthest_m: 1e4, most: 3 };
    const TRANSITION: PointListUse = PointListUse { is_flat: false, has_gaps: false, farthest_m: 1e5, most: 3 };

    fn places(text: &str, list_use: &PointListUse) -> Vec<[f64; 3]> {
        let points = read_points(text.as_bytes(), list_use).unwrap_or_else(|error| panic!("{text:?}: {error}"));
        points.iter().map(|p| p.position_m.to_array()).collect()
    }

    #[test]
    fn every_door_reads_the_same_dialect() {
        for list_use in [&PADS, &TRANSITION] {
            for text in [
                "x,y,z\n1,-2.5,30\n0.1,0,3e1\n",
                "x_m,y_m,z_m\r\n1,-2.5,30\r\n0.1,0,3e1\r\n\r\n",
                "# x,y,z\n1,-2.5,30\n0.1,0,3e1",
                "# made by hand\rx [m], y [m], z [m]\r1, -2.5 ,30\r\"0.1\",0,3e1\r",
                "\u{feff}X, Y, Z\n1,-2.5,30\n# a remark\n0.1,0,3e1\n",
                "Name,x_m,y_m,z_m,Red,Green,Blue\n\"A, left\",1,-2.5,30,255,0,16\nB,0.1,0,3e1,0,0,0\n",
                "1,-2.5,30\n0.1,0,3e1\n",
            ] {
                assert_eq!(places(text, list_use), [[1.0, -2.5, 30.0], [0.1, 0.0, 30.0]], "{text:?}");
            }
        }
        for text in ["x_m,y_m\n0,0\n\n5,-5\n", "# x,y\n0,0\n5,-5\n", "0,0\n5,-5\n"] {
            assert_eq!(places(text, &PADS), [[0.0; 3], [5.0, -5.0, 0.0]], "{text:?}");
        }
    }

    #[test]
    fn mistakes_are_named_with_their_place_and_what_to_do() {
        for (text, line, character, why) in [
            ("x,y\n1,2\n", 1, 1, "the header is x,y, but must be x,y,z or"),
            ("y,x,z\n1,2,3\n", 1, 1, "the header is y,x,z, but must be x,y,z"),
            ("# y,x,z\n1,2,3\n", 1, 1, "the header is y,x,z, but must be x,y,z"),
            ("x [ft],y [ft],z [ft]\n1,2,3\n", 1, 1, "the column is \"x [ft]\", but coordinates are in metres"),
            ("x_m,y_m,z_cm\n1,2,3\n", 1, 9, "the column is \"z_cm\", but coordinates are in metres"),
            ("x;y;z\n1;2;3\n", 1, 1, "this one has 1 field; separate them by commas, not semicolons"),
            ("x,y,z\n1,5;2,5;3,5\n", 2, 1, "4 fields"),
            ("1\t2\t3\n", 1, 1, "1 field; separate them by commas, not tabs"),
            ("1 2 3\n", 1, 1, "1 field; separate them by commas, not spaces"),
            ("1,2,3\n\n1,2,3\n", 2, 1, "0 fields"),
            ("1,2,3\n\"a,b\",1,2,3,0,0,0\n", 2, 1, "7 fields"),
            ("\"a,b\",1,nil,3,0,0,0\n", 1, 9, "y is \"nil\", which is not a number"),
            ("a,1,2,3,0,0,256\n", 1, 13, "blue is \"256\": give a whole number from 0 to 255"),
            ("1,2,3\n1,2,3\n1,2,3\n1,2,3\n", 4, 1, "more than 3 points"),
            ("x,y,z\n", 1, 1, "the list holds no points"),
            ("", 1, 1, "the list holds no points"),
            ("\u{feff}\n\n", 1, 1, "the list holds no points"),
            ("\u{0}1\u{0},\u{0}2", 1, 1, "this is UTF-16 text; save it as UTF-8"),
        ] {
            let error = read_points(text.as_bytes(), &TRANSITION).expect_err(text);
            assert_eq!((error.line, error.character), (line, character), "{text:?}: {error}");
            assert!(error.why.contains(why), "{text:?}: {error}");
        }
    }
}
