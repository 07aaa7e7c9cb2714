use kapok_show::Rgb;

/// A lamp whose brightest channel is below this is hardly seen: a quarter of full brightness.
const DIM: u8 = 64;

/// How many lamps of a picture's own colours are hardly seen, if any are.
///
/// # Example
/// ```
/// use kapok_design::light::dim_lamps;
/// use kapok_show::Rgb;
///
/// let ink = Rgb::new(35, 31, 32);
/// let warning = dim_lamps([ink, Rgb::WHITE].into_iter()).expect("one is dim");
/// assert!(warning.starts_with("1 of 2 lamps (50 %)"));
/// assert!(dim_lamps([Rgb::new(0, 0, 64)].into_iter()).is_none());
/// ```
pub fn dim_lamps(colours: impl Iterator<Item = Rgb>) -> Option<String> {
    let brightness = |colour: Rgb| colour.r.max(colour.g).max(colour.b);
    let colours: Vec<Rgb> = colours.collect();
    let dim = colours.iter().filter(|colour| brightness(**colour) < DIM).count();
    let darkest = colours.iter().min_by_key(|colour| brightness(**colour)).filter(|_| dim > 0)?;
    let share = (dim * 100).div_ceil(colours.len());
    Some(format!(
        "{dim} of {} lamps ({share} %) are darker than a quarter of full brightness, the darkest #{:02x}{:02x}{:02x}",
        colours.len(),
        darkest.r,
        darkest.g,
        darkest.b
    ))
}
