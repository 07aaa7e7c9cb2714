use std::borrow::Cow;

use crate::error::shortened;

/// Which column holds what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Columns {
    /// The column and its unit in milliseconds.
    pub time: (usize, f64),
    /// The columns of x, y and z with their units in metres.
    pub axes: [(usize, f64); 3],
    /// Red, green and blue, if the file has colours.
    pub colour: Option<[usize; 3]>,
    /// A lamp of its own for white.
    pub white: Option<usize>,
    /// Number of columns.
    pub count: usize,
    /// Names of columns that are not known.
    pub unknown: Vec<String>,
    /// Do x, y and z state no unit?
    pub without_unit: bool,
}

/// What is wrong with a header: the column if it is one, the value, why, what to do.
#[derive(Debug, PartialEq)]
pub(super) struct HeaderFault {
    pub column: Option<usize>,
    pub value: String,
    pub why: &'static str,
    pub remedy: &'static str,
}

/// What a name means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Meaning {
    Time,
    Axis(usize),
    Channel(usize),
    White,
}

fn meaning(name: &str) -> Option<Meaning> {
    Some(match name {
        "time" | "t" => Meaning::Time,
        "x" => Meaning::Axis(0),
        "y" => Meaning::Axis(1),
        "z" => Meaning::Axis(2),
        "red" | "r" => Meaning::Channel(0),
        "green" | "g" => Meaning::Channel(1),
        "blue" | "b" => Meaning::Channel(2),
        "white" | "w" => Meaning::White,
        _ => return None,
    })
}

/// Milliseconds in a unit of time.
fn milliseconds(unit: &str) -> Option<f64> {
    Some(match unit {
        "ms" | "msec" | "msecs" | "millisecond" | "milliseconds" => 1.0,
        "s" | "sec" | "secs" | "second" | "seconds" => 1000.0,
        _ => return None,
    })
}

/// Metres in a unit of length; a foot is 0.3048 m, by the agreement of 1959.
fn metres(unit: &str) -> Option<f64> {
    Some(match unit {
        "m" | "meter" | "meters" | "metre" | "metres" => 1.0,
        "cm" | "centimeter" | "centimeters" | "centimetre" | "centimetres" => 0.01,
        "mm" | "millimeter" | "millimeters" | "millimetre" | "millimetres" => 0.001,
        "ft" | "foot" | "feet" => 0.3048,
        "in" | "inch" | "inches" => 0.0254,
        _ => return None,
    })
}

/// Name and unit, in lower case: `x [m]`, `x (m)`, `x_m`.
fn name_and_unit(field: &str) -> (String, Option<String>) {
    let field = field.trim().trim_start_matches('#').trim().to_lowercase();
    let bracketed = [('[', ']'), ('(', ')')].into_iter().find_map(|(open, close)| {
        let (name, unit) = field.strip_suffix(close)?.rsplit_once(open)?;
        Some((name.trim().to_owned(), Some(unit.trim().to_owned())))
    });
    let underlined = || {
        let (name, unit) = field.rsplit_once('_')?;
        meaning(name).map(|_| (name.to_owned(), Some(unit.to_owned())))
    };
    bracketed.or_else(underlined).unwrap_or((field, None))
}

impl Columns {
    /// Reads the names and units of a header, in any order.
    pub fn of_header(fields: &[Cow<str>]) -> Result<Self, HeaderFault> {
        let whole = |value: String, why, remedy| Err(HeaderFault { column: None, value, why, remedy });
        if fields.iter().all(|field| field.is_empty() || field.parse::<f64>().is_ok()) {
            let remedy =
                "put the names and units of the columns above the rows: Time [msec],x [m],y [m],z [m],Red,Green,Blue";
            return whole("the first row".into(), "is no header, so nothing says what the columns are", remedy);
        }
        let mut time = None;
        let mut axes: [Option<(usize, f64)>; 3] = [None; 3];
        let mut channels: [Option<usize>; 3] = [None; 3];
        let mut white = None;
        let mut unknown = Vec::new();
        let mut without_unit = false;
        for (k, field) in fields.iter().enumerate() {
            let (name, unit) = name_and_unit(field);
            let bad = |why, remedy| {
                Err(HeaderFault { column: Some(k), value: format!("the column \"{}\"", shortened(field)), why, remedy })
            };
            let is_new = match meaning(&name) {
                None => {
                    unknown.push(shortened(field));
                    true
                }
                Some(Meaning::Time) => {
                    let Some(ms) = unit.as_deref().and_then(milliseconds) else {
                        return bad("states no unit of time that is known", "write Time [msec] or Time [s]");
                    };
                    time.replace((k, ms)).is_none()
                }
                Some(Meaning::Axis(axis)) => {
                    let m = match unit.as_deref() {
                        None => {
                            without_unit = true;
                            1.0
                        }
                        Some(unit) => match metres(unit) {
                            Some(m) => m,
                            None => {
                                return bad("states a unit of length that is not known", "write m, cm, mm, ft or in");
                            }
                        },
                    };
                    axes[axis].replace((k, m)).is_none()
                }
                Some(Meaning::Channel(_) | Meaning::White) if unit.is_some() => {
                    return bad("states a unit", "colours are whole numbers from 0 to 255, without a unit");
                }
                Some(Meaning::Channel(channel)) => channels[channel].replace(k).is_none(),
                Some(Meaning::White) => white.replace(k).is_none(),
            };
            if !is_new {
                return bad("is there twice", "keep one of them");
            }
        }
        let missing = |name: &str| {
            whole(
                format!("the column \"{name}\""),
                "is missing",
                "name the columns Time [msec],x [m],y [m],z [m],Red,Green,Blue",
            )
        };
        let Some(time) = time else { return missing("Time [msec]") };
        let [Some(x), Some(y), Some(z)] = axes else {
            let first = axes.iter().position(Option::is_none).unwrap_or(0);
            return missing(["x [m]", "y [m]", "z [m]"][first]);
        };
        let colour = match channels {
            [Some(r), Some(g), Some(b)] => Some([r, g, b]),
            [None, None, None] => None,
            _ => {
                let first = channels.iter().position(Option::is_none).unwrap_or(0);
                return missing(["Red", "Green", "Blue"][first]);
            }
        };
        Ok(Self { time, axes: [x, y, z], colour, white, count: fields.len(), unknown, without_unit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(header: &str) -> Result<Columns, HeaderFault> {
        Columns::of_header(&header.split(',').map(|f| Cow::Borrowed(f.trim())).collect::<Vec<_>>())
    }

    #[test]
    fn columns_have_names_and_units_in_any_order() {
        let usual = of("Time [msec],x [m],y [m],z [m],Red,Green,Blue").unwrap();
        assert_eq!((usual.time, usual.axes), ((0, 1.0), [(1, 1.0), (2, 1.0), (3, 1.0)]));
        assert_eq!((usual.colour, usual.white, usual.count), (Some([4, 5, 6]), None, 7));
        assert_eq!(of("Time_msec,x_m,y_m,z_m,Red,Green,Blue").unwrap(), usual);
        assert_eq!(of("#TIME [ms],X (meters),y [M],z_metres,R,G,B").unwrap(), usual);
        let other = of("z [ft],Blue,t [s],y [in],x [cm],White,Red,Green,Yaw [deg]").unwrap();
        assert_eq!((other.time, other.axes), ((2, 1000.0), [(4, 0.01), (3, 0.0254), (0, 0.3048)]));
        assert_eq!((other.colour, other.white), (Some([6, 7, 1]), Some(5)));
        assert_eq!(other.unknown, ["Yaw [deg]"]);
        assert!(of("time_msec,x,y,z").unwrap().without_unit);
    }

    #[test]
    fn what_is_not_certain_is_refused() {
        for (header, column, why) in [
            ("0,0,0,0,255,0,0", None, "is no header"),
            ("Time,x [m],y [m],z [m]", Some(0), "no unit of time"),
            ("Time [min],x [m],y [m],z [m]", Some(0), "no unit of time"),
            ("Time [msec],x [yd],y [m],z [m]", Some(1), "unit of length"),
            ("Time [msec],x [m],x_m,y [m],z [m]", Some(2), "twice"),
            ("Time [msec],x [m],y [m]", None, "missing"),
            ("x [m],y [m],z [m]", None, "missing"),
            ("Time [msec],x [m],y [m],z [m],Red,Green", None, "missing"),
            ("Time [msec],x [m],y [m],z [m],Red [%],Green,Blue", Some(4), "states a unit"),
        ] {
            let fault = of(header).unwrap_err();
            assert!(fault.column == column && fault.why.contains(why), "{header}: {fault:?}");
        }
    }
}
