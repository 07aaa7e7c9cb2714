//! A plan with a memory is the plan without one, byte for byte, and what an edit does not touch is not planned again.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::common;

use common::{complete, small_show};
use kapok_plan::{PlanError, PlanMemory, PlanSettings, Planned, plan_with};
use kapok_show::{DVec3, PlaceChoice, Reporter, Rgb, Silent, Storyboard};
use proptest::prelude::*;

/// One edit of a script, as a designer makes it.
#[derive(Clone, Debug)]
enum Edit {
    Colour(usize, u8),
    Move(usize, f64),
    Hold(usize, i64),
    Swap,
    Keep(usize),
    Free(usize),
    Slower(usize, i64),
    Limit(f64),
    OwnPads(bool),
}

fn edit() -> impl Strategy<Value = Edit> {
    let scene = 0..2_usize;
    prop_oneof![
        (scene.clone(), any::<u8>()).prop_map(|(s, c)| Edit::Colour(s, c)),
        (scene.clone(), -6.0..6.0_f64).prop_map(|(s, m)| Edit::Move(s, m)),
        (scene.clone(), 1000..9000_i64).prop_map(|(s, ms)| Edit::Hold(s, ms)),
        Just(Edit::Swap),
        scene.clone().prop_map(Edit::Keep),
        scene.clone().prop_map(Edit::Free),
        (scene, 20_000..30_000_i64).prop_map(|(s, ms)| Edit::Slower(s, ms)),
        (3.0..6.0_f64).prop_map(Edit::Limit),
        any::<bool>().prop_map(Edit::OwnPads),
    ]
}

fn edited(mut show: Storyboard, edit: &Edit) -> Storyboard {
    match *edit {
        Edit::Colour(scene, red) => {
            show.scenes[scene].points.iter_mut().for_each(|p| p.lights = common::lit(Rgb::new(red, 1, 1)));
        }
        Edit::Move(scene, by_m) => {
            show.scenes[scene].points.iter_mut().for_each(|p| p.position_m += DVec3::new(by_m, 0.5 * by_m, 0.0));
        }
        Edit::Hold(scene, hold_ms) => show.scenes[scene].hold_ms = hold_ms,
        Edit::Swap => show.scenes.swap(0, 1),
        Edit::Keep(scene) => show.scenes[scene].transition.places = PlaceChoice::Keep,
        Edit::Free(scene) => show.scenes[scene].transition.places = PlaceChoice::Free,
        Edit::Slower(scene, ms) => show.scenes[scene].transition.duration_ms = Some(ms),
        Edit::Limit(m_s) => show.limits.max_velocity_xy_m_s = m_s,
        Edit::OwnPads(own) => show.landing.own_pad = own,
    }
    show
}

fn with(memory: &PlanMemory, show: &Storyboard) -> Planned {
    plan_with(memory, show, &PlanSettings::default(), &Silent).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 8, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_edited_a_plan_with_a_memory_is_the_plan_without(edits in prop::collection::vec(edit(), 1..7)) {
        let memory = PlanMemory::default();
        let mut show = small_show();
        with(&memory, &show);
        for edit in &edits {
            show = edited(show, edit);
            // The debug text has every number of it in full.
            let (known, anew) = (with(&memory, &show), with(&PlanMemory::default(), &show));
            prop_assert_eq!(&known, &anew, "after {:?}", edit);
            prop_assert_eq!(format!("{known:?}"), format!("{anew:?}"));
        }
    }
}

#[test]
fn only_what_an_edit_touches_is_planned_again() {
    let memory = PlanMemory::default();
    let show = small_show();
    with(&memory, &show);
    assert_eq!(memory.recalled(), 0);
    let recalled = |show: &Storyboard| {
        let before = memory.recalled();
        with(&memory, show);
        memory.recalled() - before
    };
    // Rise, to the ring, to the sheet, above the pads, descent.
    assert_eq!(recalled(&show), 5);
    assert_eq!(recalled(&edited(show.clone(), &Edit::Colour(0, 9))), 5, "a colour is no motion");
    assert_eq!(recalled(&edited(show.clone(), &Edit::Hold(0, 9000))), 5, "a hold is no motion");
    // A scene that is elsewhere has two ways of its own; the vehicles that come out of it may be others, and yet the way
    // behind the next scene is known.
    assert_eq!(recalled(&edited(show.clone(), &Edit::Move(0, 5.0))), 3);
    assert_eq!(recalled(&edited(show.clone(), &Edit::Limit(4.0))), 0, "limits touch everything");
    assert_eq!(recalled(&show), 5, "what was known before the last edits is known still");
}

/// Gives up after so many questions.
struct Impatient(AtomicU64);

impl Reporter for Impatient {
    fn phase(&self, _name: &str, _total: u64) {}
    fn advance(&self, _steps: u64) {}
    fn warn(&self, _message: &str) {}
    fn go_on(&self) -> bool {
        let left = self.0.load(Ordering::Relaxed);
        self.0.store(left.saturating_sub(1), Ordering::Relaxed);
        left > 0
    }
}

#[test]
fn a_plan_that_is_not_asked_for_any_more_ends_and_leaves_what_it_knows() {
    let (memory, show) = (PlanMemory::default(), small_show());
    let ended = plan_with(&memory, &show, &PlanSettings::default(), &Impatient(AtomicU64::new(3)));
    assert!(matches!(ended, Err(PlanError::Abandoned)));
    let Planned::Complete(plan) = with(&memory, &show) else { panic!("infeasible") };
    assert_eq!(memory.recalled(), 3, "what was planned before the end");
    assert_eq!(*plan, complete(&show));
}
