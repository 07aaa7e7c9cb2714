use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a formation shows.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "kebab-case", deny_unknown_fields)]
pub enum SourceTable {
    /// A block of rows and columns, filled row by row from the lower left.
    Grid {
        /// Points in a row.
        #[schemars(range(min = 1, max = 1000))]
        columns: u32,
        /// Rows, from the bottom up, or from front to back if the grid is level.
        #[schemars(range(min = 1, max = 1000))]
        rows: u32,
        /// Such grids one behind the other, or above each other if the grid is level.
        #[serde(default = "one")]
        #[schemars(range(min = 1, max = 1000))]
        layers: u32,
        /// Distance of neighbours, metres. Without it the formation's spacing.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0.01, max = 1000.0))]
        pitch_m: Option<f64>,
        /// True: it lies like a carpet instead of standing like a picture.
        #[serde(default)]
        level: bool,
    },
    /// A level line from left to right.
    Line {
        /// Length, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        length_m: f64,
    },
    /// An upright ring.
    Circle {
        /// Radius, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        radius_m: f64,
    },
    /// The surface of a sphere.
    Sphere {
        /// Radius, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        radius_m: f64,
    },
    /// One or more strands that wind up about an upright axis.
    Helix {
        /// Radius, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        radius_m: f64,
        /// Height, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: f64,
        /// Turns of a strand; negative winds the other way.
        #[schemars(range(min = -100.0, max = 100.0))]
        turns: f64,
        /// Number of strands.
        #[serde(default = "one")]
        #[schemars(range(min = 1, max = 64))]
        strands: u32,
    },
    /// The mantle of an upright cylinder.
    Cylinder {
        /// Radius, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        radius_m: f64,
        /// Height, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: f64,
    },
    /// A lattice tower: straight leaning strands of both families on a hyperboloid, and level rings. Where the waist is
    /// follows from the radii.
    Hyperboloid {
        /// Radius at the foot, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        base_radius_m: f64,
        /// Radius at the waist, metres; not above the other two.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        waist_radius_m: f64,
        /// Radius at the top, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        top_radius_m: f64,
        /// Height, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: f64,
        /// Strands of each of the two families. Without it as many as look best.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 3, max = 1000))]
        strands: Option<u32>,
        /// Level rings; the first is the foot, the last the top.
        #[serde(default)]
        #[schemars(range(min = 0, max = 1000))]
        rings: u32,
    },
    /// A flower of the kapok tree with colours of its own: thick petals that bend back at their tips, stamens, a calyx.
    Blossom {
        /// Number of petals.
        #[serde(default = "five")]
        #[schemars(range(min = 3, max = 12))]
        petals: u32,
        /// Radius, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        radius_m: f64,
        /// Height, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: f64,
        /// Lean of its axis from upright towards the audience, degrees.
        #[serde(default)]
        #[schemars(range(min = -180.0, max = 180.0))]
        tilt_deg: f64,
    },
    /// Points from a CSV file, with or without colours; of more than the count an even choice is taken. Columns: `x,y,z`
    /// or `x_m,y_m,z_m` or `Name,x_m,y_m,z_m,Red,Green,Blue`, metres and 0 to 255, with that header or none. z is up, y
    /// away from the audience; the list is centred on its bounding box.
    Points {
        /// The file, relative to the script.
        #[schemars(length(min = 1, max = 1000))]
        file: String,
    },
    /// Keyframes from CSV files with the columns of `points`: every file has the same points in the same order, and each
    /// point moves smoothly from file to file during the hold.
    Animation {
        /// The files, relative to the script, in the order of time. Either this or `folder`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 2, max = 1000), inner(length(min = 1, max = 1000)))]
        files: Option<Vec<String>>,
        /// A folder relative to the script: all its CSV files in the order of their names, `frame_2` before `frame_10`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1, max = 1000))]
        folder: Option<String>,
        /// When each keyframe after the first is reached if the motion does not ease, seconds: only the ratios count, the last
        /// one is the end of the hold. Without it they are evenly spaced.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1, max = 1000), inner(range(min = 0.01, max = 86_400.0)))]
        times_s: Option<Vec<f64>>,
    },
    /// Text in the outlines of a font.
    Text {
        /// The text; lines are separated by `\n`.
        #[schemars(length(min = 1, max = 200))]
        text: String,
        /// Height of everything that shines, from the lowest to the highest edge, metres.
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: f64,
        /// How the letters are drawn.
        #[serde(default)]
        style: LetterStyle,
        /// A font that comes with Kapok. Without it (and without `font_file`) the one that suits the text.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        font: Option<BuiltInFont>,
        /// Font file relative to the script (TrueType or OpenType). Instead of `font`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(length(min = 1, max = 1000))]
        font_file: Option<String>,
    },
    /// An SVG picture, fill and stroke, with its colours, cut at its page. Black parts are not lit, unless all of it is
    /// black; `kapok plan` names what is missing, cut off, too dark or of a colour that is not understood.
    Svg {
        /// The file, relative to the script.
        #[schemars(length(min = 1, max = 1000))]
        file: String,
        /// Height of the picture, metres. Either this or `width_m`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0.01, max = 10_000.0))]
        height_m: Option<f64>,
        /// Width of the picture, metres.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[schemars(range(min = 0.01, max = 10_000.0))]
        width_m: Option<f64>,
    },
    /// One of the script's pictures, by its name.
    Picture {
        /// Name of the picture.
        #[schemars(length(min = 1, max = 200))]
        name: String,
    },
}

/// How letters are drawn.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum LetterStyle {
    /// Evenly filled.
    #[default]
    Fill,
    /// The edges alone.
    Outline,
    /// Filled, with dense edges.
    Both,
    /// One row along the middle of every stroke: the fewest vehicles.
    Stroke,
}

/// A font that comes with Kapok.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum BuiltInFont {
    /// Bold, Latin with its European accents.
    Latin,
    /// Regular weight, the most used Chinese characters and ASCII.
    Han,
}

fn one() -> u32 {
    1
}

fn five() -> u32 {
    5
}
