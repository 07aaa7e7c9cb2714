use kapok_show::DVec2;

/// An upright prism over a convex outline.
#[derive(Clone, Debug, PartialEq)]
pub struct Prism {
    /// Three to 24 corners, counter-clockwise.
    pub outline_m: Vec<DVec2>,
    /// Lower end, metres.
    pub bottom_m: f64,
    /// Upper end, metres.
    pub top_m: f64,
}
