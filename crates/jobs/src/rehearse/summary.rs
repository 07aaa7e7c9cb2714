use super::answer::{HeightErrors, RehearsalAnswer, SweepFigures, WindFigures};
use super::bounds::ShareOfRuns;
use super::histogram::Histogram;
use super::record::{BAND_M, BANDS, CampaignHead, RehearsalRun, RunRecord};

impl RehearsalAnswer {
    /// The answer that records of a campaign make, in the order of their indices.
    ///
    /// # Determinism
    /// Depends on the head, but for its shard, and on the records.
    pub fn of(head: &CampaignHead, records: &[RunRecord]) -> Self {
        let each: Vec<RehearsalRun> = records.iter().map(|r| r.run.clone()).collect();
        let winds_m_s = head.request.winds_m_s();
        let errors = merged(records.iter());
        let collision_runs = collisions(each.iter());
        Self {
            title: head.title.clone(),
            runs: each.len() as u32,
            runs_missing: head.run_count().saturating_sub(each.len() as u32),
            vehicles: head.vehicles,
            seed: head.request.seed,
            wind_m_s: winds_m_s.last().copied().unwrap_or(head.request.wind_m_s),
            profile: head.profile.clone(),
            placement_m: head.request.placement_m,
            inputs_sha256: head.inputs_sha256.clone(),
            faults: head.faults.clone(),
            landed: each.iter().map(|run| run.landed).min().unwrap_or_default(),
            collisions: each.iter().map(|run| run.collisions).sum(),
            collision_runs,
            collision_run_upper_95: collision_runs.upper_95,
            min_separation_m: nearest(each.iter()),
            separation_limit_m: head.separation_limit_m,
            tracking_error_p99_m: errors.quantile_m(0.99),
            tracking_error_max_m: errors.greatest_m(),
            tracking_by_height: winds_m_s.iter().flat_map(|&wind| by_height(wind, records)).collect(),
            energy_margin_min: margin(each.iter()),
            failsafes: each.iter().map(|run| run.failsafes).sum(),
            sweep: head.request.sweep.is_some().then(|| SweepFigures::of(&winds_m_s, records)),
            each,
        }
    }
}

impl SweepFigures {
    fn of(winds_m_s: &[f64], records: &[RunRecord]) -> Self {
        let of_wind = |wind: f64| records.iter().filter(move |r| r.run.wind_m_s == wind);
        let winds: Vec<WindFigures> =
            winds_m_s.iter().map(|&w| WindFigures::of(w, &of_wind(w).collect::<Vec<_>>())).collect();
        // What was not rehearsed holds nothing.
        let whole = winds.iter().take_while(|w| w.runs > 0 && w.whole.count == w.runs);
        Self { taken_m_s: whole.last().map(|w| w.wind_m_s), winds }
    }
}

impl WindFigures {
    fn of(wind_m_s: f64, records: &[&RunRecord]) -> Self {
        let runs = || records.iter().map(|r| &r.run);
        let count = records.len() as u32;
        Self {
            wind_m_s,
            runs: count,
            whole: ShareOfRuns::new(runs().filter(|run| is_whole(run)).count() as u32, count),
            collision_runs: collisions(runs()),
            not_landed: runs().map(|run| run.fallen + run.aloft).sum(),
            failsafes: runs().map(|run| run.failsafes).sum(),
            min_separation_m: nearest(runs()),
            tracking_error_p99_m: merged(records.iter().copied()).quantile_m(0.99),
            energy_margin_min: margin(runs()),
        }
    }
}

/// Was the show flown whole: all landed, none fell, none ended early, no reserve used?
fn is_whole(run: &RehearsalRun) -> bool {
    let to_the_end = run.refused.is_none() && run.stopped.is_none() && run.failsafes == 0;
    to_the_end && run.fallen + run.aloft + run.collisions == 0 && run.energy_margin_min >= 0.0
}

fn collisions<'a>(runs: impl Iterator<Item = &'a RehearsalRun>) -> ShareOfRuns {
    let (mut hit, mut count) = (0, 0);
    for run in runs {
        hit += u32::from(run.collisions > 0);
        count += 1;
    }
    ShareOfRuns::new(hit, count)
}

fn nearest<'a>(runs: impl Iterator<Item = &'a RehearsalRun>) -> Option<f64> {
    let least = runs.filter_map(|run| run.min_separation_m).fold(f64::INFINITY, f64::min);
    least.is_finite().then_some(least)
}

/// The least energy that was left; a full pack less nothing for no runs.
fn margin<'a>(runs: impl Iterator<Item = &'a RehearsalRun>) -> f64 {
    runs.map(|run| run.energy_margin_min).fold(1.0, f64::min)
}

/// All distances of some records; what is no histogram was refused when it was read.
fn merged<'a>(records: impl Iterator<Item = &'a RunRecord>) -> Histogram {
    let mut sum = Histogram::fine();
    for record in records {
        let _ = sum.merge(&record.errors);
    }
    sum
}

/// The bands of one wind that have samples.
fn by_height(wind_m_s: f64, records: &[RunRecord]) -> Vec<HeightErrors> {
    let mut bands = vec![Histogram::coarse(); BANDS];
    for record in records.iter().filter(|r| r.run.wind_m_s == wind_m_s) {
        for (band, counts) in bands.iter_mut().zip(&record.errors_by_height) {
            let _ = band.merge(counts);
        }
    }
    let filled = bands.iter().enumerate().filter(|(_, band)| band.total() > 0);
    filled
        .map(|(place, band)| HeightErrors {
            wind_m_s,
            height_m: BAND_M * place as f64,
            samples: band.total(),
            median_m: band.quantile_m(0.5),
            p99_m: band.quantile_m(0.99),
            max_m: band.greatest_m(),
        })
        .collect()
}
