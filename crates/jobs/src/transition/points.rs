use kapok_design::points::{PointListUse, read_points};
use kapok_show::{DVec3, MAX_VEHICLES, Reporter};

use crate::error::JobError;

/// Largest file of points, bytes: rows of far more digits than a program writes, for the most vehicles.
pub const MAX_POINTS_BYTES: u64 = 16 << 20;

/// Farthest coordinate, metres. The proof takes ten times as much, which leaves room to spread.
const MAX_COORDINATE_M: f64 = 1e5;

/// A file of points: CSV, one vehicle a row; the dialect is that of [`kapok_design::points`].
#[derive(Clone, Copy, Debug)]
pub struct PointsSource<'a> {
    /// What messages call it.
    pub name: &'a str,
    /// Its content.
    pub bytes: &'a [u8],
}

/// The points of a file. A row is a vehicle of the answer, so none may be missing.
pub fn points(source: &PointsSource<'_>, reporter: &dyn Reporter) -> Result<Vec<DVec3>, JobError> {
    let list_use = PointListUse { is_flat: false, has_gaps: false, farthest_m: MAX_COORDINATE_M, most: MAX_VEHICLES };
    let points = read_points(source.bytes, &list_use)
        .map_err(|error| JobError::Points { name: source.name.to_owned(), error })?;
    if points.iter().any(|point| point.colour.is_some()) {
        reporter.warn(&format!("the names and colours of {} are not used: a transition has none", source.name));
    }
    Ok(points.into_iter().map(|point| point.position_m).collect())
}

#[cfg(test)]
mod tests {
    use kapok_show::Silent;

    use super::*;

    #[test]
    fn points_are_read_with_and_without_a_header() {
        let expected = vec![DVec3::new(1.0, -2.5, 30.0), DVec3::new(0.1, 0.0, 3e1)];
        let read = |text: &str| -> Vec<DVec3> {
            points(&PointsSource { name: "a", bytes: text.as_bytes() }, &Silent).unwrap()
        };
        assert_eq!(read("x,y,z\n1,-2.5,30\n0.1,0,3e1\n"), expected);
        assert_eq!(read("1, -2.5 ,30\r\n0.1,0,3e1"), expected);
        assert_eq!(read("\u{feff}X, Y, Z\r\n1,-2.5,30\r\n0.1,0,3e1\r\n\r\n\n"), expected);
        assert_eq!(read("x_m,y_m,z_m\n1,-2.5,30\n0.1,0,3e1\n"), expected);
        assert_eq!(read("# x,y,z\n1,-2.5,30\n0.1,0,3e1\n"), expected);
    }

    #[test]
    fn mistakes_are_named_by_line_and_column() {
        let error =
            |text: &str| points(&PointsSource { name: "a", bytes: text.as_bytes() }, &Silent).unwrap_err().to_string();
        for (text, expected) in [
            ("1,2,3\n1,nan,3\n", "a:2:3: y is \"nan\""),
            ("1,2,3\n1,2,inf\n", "a:2:5: z is \"inf\""),
            ("x,y,z\n1,2\n", "a:2:1: "),
            ("x,y,z\n1,2,3,4\n", "a:2:1: "),
            ("x,y,z\n\n1,2,3\n", "a:2:1: "),
            ("x,y\n1,2,3\n", "a:1:1: "),
            ("z,y,x\n1,2,3\n", "a:1:1: the header is z,y,x, but must be x,y,z"),
            ("x_m,y_m,z_cm\n1,2,3\n", "a:1:9: the column is \"z_cm\", but coordinates are in metres"),
            (
                "x;y;z\n1;2;3\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 1 field; separate them by commas",
            ),
            (
                "1\t2\t3\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 1 field; separate them by commas",
            ),
            ("1,2,3,\n", "a:1:1: a row has three numbers x,y,z in metres, this one has 4 fields; the last comma"),
            (
                "1,2,3,4,5,6\n",
                "a:1:1: a row has three numbers x,y,z in metres, this one has 6 fields; starts and goals",
            ),
            ("1,2,3\n\n1,2,3\n", "a:2:1: a row has three numbers x,y,z in metres, this one has 0 fields"),
            ("\n1,2,3\n", "a:1:1: a row has three numbers x,y,z in metres, this one has 0 fields"),
            ("1,2,3\n1,0x2,3\n", "a:2:3: y is \"0x2\""),
            ("1,2,1e6\n", "a:1:5: z is 1000000 m"),
            ("x,y,z\n", "a:1:1: the list holds no points"),
            ("", "a:1:1: the list holds no points"),
        ] {
            assert!(error(text).starts_with(expected), "{text:?}: {}", error(text));
        }
        let many = "0,0,0\n".repeat(MAX_VEHICLES + 1);
        assert!(error(&many).starts_with("a:50001:1: more than 50000"));
    }
}
