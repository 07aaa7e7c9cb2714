//! A script step by step, for doors that show each step as soon as it is there.

use kapok_design::{FormationMemory, line_of_scene, load_with, other_file};
use kapok_plan::{Plan, PlanMemory, PlanSettings, Planned, plan_with};
use kapok_show::{Chapter, Reporter, Show, Storyboard};

use super::ScriptSource;
use super::answer::InfeasibleScript;
use super::pictures::pictures;
use crate::error::JobError;

/// A script that makes sense, with everything that it names.
#[derive(Clone, Debug)]
pub struct LoadedScript {
    text: String,
    pub(super) storyboard: Storyboard,
}

/// What came of planning a script.
#[derive(Clone, Debug)]
pub enum ScriptMotion {
    /// It can be flown, as the planner sees it; nothing is proved yet.
    Planned(Box<Show>),
    /// There is no plan.
    Infeasible(InfeasibleScript),
}

/// Reads a script and all that it names. Formations that the memory knows are not sampled again.
///
/// # Errors
/// [`JobError::NotAScript`], [`JobError::Script`].
pub fn load_script(
    memory: &FormationMemory,
    source: &ScriptSource<'_>,
    reporter: &dyn Reporter,
) -> Result<LoadedScript, JobError> {
    let text = std::str::from_utf8(source.bytes).map_err(|_| JobError::NotAScript {
        name: source.name.to_owned(),
        what: other_file(source.bytes).unwrap_or("binary or of another encoding than UTF-8"),
    })?;
    reporter.phase("reading the script", 0);
    let storyboard = load_with(memory, text, source.name, source.assets, reporter)?;
    Ok(LoadedScript { text: text.to_owned(), storyboard })
}

impl LoadedScript {
    /// The pictures of the script one after the other, without the flights between them: for looking, while the plan is
    /// made. `like` are the chapters of a plan that was made before: what has the same name gets the same time.
    ///
    /// # Errors
    /// [`JobError::Trajectory`] for times that no trajectory has.
    pub fn pictures(&self, like: &[Chapter]) -> Result<Show, JobError> {
        Ok(pictures(&self.storyboard, like)?)
    }

    /// Plans the show. What the memory knows is not planned again.
    ///
    /// # Errors
    /// [`JobError::Plan`]; [`JobError::is_abandoned`] tells whether the plan was not asked for any more.
    ///
    /// # Determinism
    /// The same show whatever the memory knows.
    pub fn plan(&self, memory: &PlanMemory, reporter: &dyn Reporter) -> Result<ScriptMotion, JobError> {
        Ok(match self.planned(memory, reporter)? {
            Ok(plan) => ScriptMotion::Planned(Box::new(plan.show)),
            Err(infeasible) => ScriptMotion::Infeasible(infeasible),
        })
    }

    /// The plan with its figures, or why there is none.
    pub(super) fn planned(
        &self,
        memory: &PlanMemory,
        reporter: &dyn Reporter,
    ) -> Result<Result<Plan, InfeasibleScript>, JobError> {
        let storyboard = &self.storyboard;
        Ok(match plan_with(memory, storyboard, &PlanSettings::default(), reporter)? {
            Planned::Complete(plan) => Ok(*plan),
            Planned::Infeasible(reason) => {
                let scene = reason.scene(storyboard.scenes.iter().map(|scene| scene.name.as_str()));
                let line = scene.and_then(|scene| line_of_scene(&self.text, scene));
                Err(InfeasibleScript::of(storyboard, &reason, line))
            }
        })
    }
}
