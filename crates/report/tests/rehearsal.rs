//! The report of a rehearsal: whole in itself, and what it says is what it was given.

use kapok_report::{
    BandTracking, FlightEnd, GroundMap, RehearsalReport, RehearsalTable, SeparationOverTime, WindTracking,
    rehearsal_page,
};

fn tracking(wind_m_s: f64, p99_m: f64) -> WindTracking {
    let band = |from_m: f64| BandTracking { from_m, to_m: from_m + 10.0, median_m: 0.2, p99_m, max_m: 2.0 * p99_m };
    WindTracking { wind_m_s, bands: [0.0, 10.0, 20.0].map(band).to_vec() }
}

fn report() -> RehearsalReport {
    let square = |half: f64| vec![[-half, -half], [half, -half], [half, half], [-half, half]];
    RehearsalReport {
        title: "Sheet <b>&".to_owned(),
        rehearsed: "Flown twice.".to_owned(),
        outcome: "2 collisions.".to_owned(),
        is_whole: false,
        facts: vec![("Landed".to_owned(), "20 of 24".to_owned())],
        notes: vec!["wind: 14 m/s".to_owned()],
        winds: None,
        shares: RehearsalTable {
            headings: ["Runs with", "runs"].map(str::to_owned).to_vec(),
            rows: vec![vec!["a collision".to_owned(), "1 of 2".to_owned()]],
        },
        tracking: vec![tracking(5.0, 0.75)],
        separation: SeparationOverTime {
            limit_m: 1.5,
            watched_m: 3.0,
            proved_m: vec![3.0, 2.0, 1.6],
            flown_m: vec![None, Some(1.9), Some(0.4)],
        },
        ground: GroundMap {
            fences_m: vec![square(80.0)],
            audiences_m: vec![square(10.0)],
            ends_m: vec![
                (5.0, -60.0, FlightEnd::Fell),
                (0.0, 90.0, FlightEnd::Landed),
                (1.0, 1.0, FlightEnd::Fell),
                (700.0, 1.0, FlightEnd::Aloft),
            ],
            ..GroundMap::default()
        },
        charge: (0..101).map(|percent| u64::from(percent > 60) * 3).collect(),
        reserve_percent: 20.0,
        provenance: vec![("Seed".to_owned(), "7".to_owned())],
    }
}

#[test]
fn the_page_is_whole_in_itself() {
    let page = rehearsal_page(&report());
    assert_eq!(page, rehearsal_page(&report()), "the same figures give the same bytes");
    assert!(page.starts_with("<!doctype html>") && page.ends_with("</html>\n"));
    for outside in ["http:", "https:", "src=", "href=", "<script", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    assert!(page.contains("Sheet &lt;b&gt;&amp;") && !page.contains("Sheet <b>"));
    assert_eq!(page.matches("<section>").count(), page.matches("</section>").count());
    assert!(page.contains("class=\"outcome bad\">2 collisions."));
}

#[test]
fn every_figure_of_the_input_is_on_the_page() {
    let page = rehearsal_page(&report());
    for words in ["20 of 24", "1 of 2", "wind: 14 m/s", "0.20 · 0.75 · 1.50", "the show asks for 1.5 m", "reserve 20 %"]
    {
        assert!(page.contains(words), "{words}");
    }
    assert!(page.contains("fell: 2") && page.contains("landed elsewhere: 1") && page.contains("still in the air: 1"));
    let many = RehearsalReport { tracking: vec![tracking(0.0, 0.3), tracking(8.0, 1.25)], ..report() };
    let page = rehearsal_page(&many);
    assert!(page.contains(">1.25<") && page.contains(">0.30<") && page.contains("wind 10 m above the ground"));
}

/// A rehearsal of which nothing is left to draw: refused starts, no fence, no samples.
#[test]
fn an_empty_rehearsal_has_sentences_in_place_of_plots() {
    let page = rehearsal_page(&RehearsalReport::default());
    assert!(
        page.contains("Untitled show") && page.contains("Nothing flew.") && page.contains("every vehicle that flew")
    );
    assert!(!page.contains("NaN") && !page.contains("inf"));
    let lonely = GroundMap { ends_m: vec![(3.0, 4.0, FlightEnd::Fell)], ..GroundMap::default() };
    let page = rehearsal_page(&RehearsalReport { ground: lonely, ..RehearsalReport::default() });
    assert!(page.contains("fell: 1") && !page.contains("NaN"));
}
