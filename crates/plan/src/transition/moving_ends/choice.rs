use kapok_show::{DVec3, Jet};

use super::by_runs::by_runs;
use super::in_one::in_one;
use super::rules::JoinRules;
use crate::conflict::spacing_conflict;
use crate::outcome::{Infeasibility, LimitConflict, Step, Stop};
use crate::transition::fleet_rules::{FleetMotion, FleetRules, MoveRequest, PlannedMove, all_rest};

impl FleetRules<'_> {
    /// From or to a motion: between two motions without a rest if that can be, else with a run out of the one, a straight
    /// transition and a run into the other.
    pub fn with_moving_ends(&self, now: FleetMotion<'_>, to: &MoveRequest<'_>, look: f64) -> Step<PlannedMove> {
        self.reporter.part(&format!("{}: joining the motion", to.names.transition()));
        let from: Vec<Jet> = match now.jets {
            // The place as it was written, the motion as it is.
            Some(jets) => jets.iter().zip(now.at_m).map(|(j, &position)| Jet { position, ..*j }).collect(),
            None => now.at_m.iter().map(|&position| Jet { position, ..Jet::default() }).collect(),
        };
        let goals: Vec<Jet> = to.goals.iter().map(|j| Jet { position: self.grid.snap(j.position), ..*j }).collect();
        let places: Vec<DVec3> = goals.iter().map(|j| j.position).collect();
        let needed_m = self.limits.min_separation_m;
        if let Some(reason) = spacing_conflict(self.metric(), &places, &self.grid, needed_m, &to.names.to) {
            return Err(Stop::refused(reason));
        }
        let to = MoveRequest { goals: &goals, ..*to };
        let rules = JoinRules { fleet: self, names: to.names, look };
        let both_move = now.jets.is_some() && !all_rest(&goals);
        let in_one = || in_one(&rules, &from, &to);
        let by_runs = || by_runs(&rules, now, &from, &to);
        let first = match if both_move { in_one() } else { by_runs() } {
            Err(Stop::Refused(reason)) => reason,
            done_or_failed => return done_or_failed,
        };
        match if both_move { by_runs() } else { in_one() } {
            Err(Stop::Refused(second)) => {
                let (in_one, by_runs) = if both_move { (first, second) } else { (second, first) };
                Err(Stop::refused(clearer(*in_one, *by_runs)))
            }
            done_or_failed => done_or_failed,
        }
    }
}

/// The reason to give where neither way joins a motion: a duration that would do, or else what was in the way of the runs,
/// with the duration that was tried in one piece.
fn clearer(in_one: Infeasibility, by_runs: Infeasibility) -> Infeasibility {
    use Infeasibility::{Limit, NoJoin};
    use LimitConflict::TransitionTooShort;
    match (in_one, by_runs) {
        (
            Limit(TransitionTooShort { transition, asked_ms, needed_ms }),
            Limit(TransitionTooShort { needed_ms: other_ms, .. }),
        ) => TransitionTooShort { transition, asked_ms, needed_ms: needed_ms.min(other_ms) }.into(),
        (short @ Limit(TransitionTooShort { .. }), _) | (_, short @ Limit(TransitionTooShort { .. })) => short,
        (NoJoin { transition, tried_ms, .. }, NoJoin { obstacle, .. }) => NoJoin { transition, tried_ms, obstacle },
        (in_one, _) => in_one,
    }
}
