use std::fmt::Write as _;

/// Units of a plot across: a unit is about a pixel where the page is at its widest.
pub const WIDTH: f64 = 880.0;
/// The colour of text.
pub const INK: &str = "#1d2733";

/// The opening tag of a plot of this height; `what` it shows, for those who do not see it.
pub fn open(height: f64, what: &str) -> String {
    format!(
        "<svg viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"{what}\" font-family=\"system-ui,sans-serif\" \
         font-size=\"11\" fill=\"{INK}\">"
    )
}

/// A line of text.
pub fn words(svg: &mut String, (x, y): (f64, f64), anchor: &str, fill: &str, text: &str) {
    let _ = write!(svg, "<text x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"{anchor}\" fill=\"{fill}\">{text}</text>");
}

/// A sentence in place of a plot.
pub fn nothing(why: &str) -> String {
    format!("<p class=\"faint\">{why}</p>\n")
}
