/// What a rehearsal's report shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RehearsalReport {
    /// Title of the show.
    pub title: String,
    /// What was done, in a sentence.
    pub rehearsed: String,
    /// What came of it, in a sentence.
    pub outcome: String,
    /// Was every run flown whole?
    pub is_whole: bool,
    /// Names and values.
    pub facts: Vec<(String, String)>,
    /// Sentences below them.
    pub notes: Vec<String>,
    /// The winds of a sweep, if there were several.
    pub winds: Option<RehearsalTable>,
    /// How often what happened, with its bounds.
    pub shares: RehearsalTable,
    /// Distances to the plan, wind by wind.
    pub tracking: Vec<WindTracking>,
    /// Least separations in each second of the show.
    pub separation: SeparationOverTime,
    /// Where something came down.
    pub ground: GroundMap,
    /// Vehicles of all runs by what was left in their packs, one count a percent.
    pub charge: Vec<u64>,
    /// The reserve that the show asks for, percent.
    pub reserve_percent: f64,
    /// Where the figures are from: hashes, program.
    pub provenance: Vec<(String, String)>,
}

/// A table: headings, then rows of as many cells.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct RehearsalTable {
    /// Headings.
    pub headings: Vec<String>,
    /// Rows; the first cell names each.
    pub rows: Vec<Vec<String>>,
}

/// Distances to the plan in one wind.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WindTracking {
    /// Mean wind 10 m above the ground, m/s.
    pub wind_m_s: f64,
    /// Bands of height from below; those that nothing flew in are left out.
    pub bands: Vec<BandTracking>,
}

/// Distances to the plan in one band of height, metres.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct BandTracking {
    /// Its lower end.
    pub from_m: f64,
    /// Its upper end.
    pub to_m: f64,
    /// What half of the samples do not exceed.
    pub median_m: f64,
    /// What 99 of 100 do not exceed.
    pub p99_m: f64,
    /// The greatest.
    pub max_m: f64,
}

/// Least separations in each second of the show, metres.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SeparationOverTime {
    /// What the show asks for.
    pub limit_m: f64,
    /// Up to which distance pairs were watched.
    pub watched_m: f64,
    /// The proved lower bound of the plan.
    pub proved_m: Vec<f64>,
    /// The least of all runs; `None` where no pair was near.
    pub flown_m: Vec<Option<f64>>,
}

/// The ground, metres in the site frame.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GroundMap {
    /// Outlines of the fence.
    pub fences_m: Vec<Vec<[f64; 2]>>,
    /// Outlines of its holes.
    pub holes_m: Vec<Vec<[f64; 2]>>,
    /// Outlines of the spectators' places.
    pub audiences_m: Vec<Vec<[f64; 2]>>,
    /// Where flights ended other than by their plan.
    pub ends_m: Vec<(f64, f64, FlightEnd)>,
}

/// How a flight ended that did not end by its plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FlightEnd {
    /// It fell.
    Fell,
    /// It landed elsewhere.
    Landed,
    /// It was still in the air when all should have been down.
    Aloft,
}
