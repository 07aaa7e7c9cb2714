//! What all pages of the viewer show at this moment, and what goes on behind it.

use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use tokio::sync::watch;

use super::view::View;

/// What is being done for the newest save.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Work {
    /// Nothing: what is shown is all there is.
    #[default]
    Idle,
    /// The script or the file is read.
    Reading,
    /// The motion is planned.
    Planning,
    /// The bytes are proved.
    Proving,
}

/// Why the newest save is not shown, or not flown.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Trouble {
    /// In a sentence.
    pub message: String,
    /// Mistakes of a script, in the order of their places; empty if it is about something else.
    pub mistakes: Vec<MarkedMistake>,
    /// How many mistakes are not listed.
    pub more: usize,
}

/// A mistake of a script with the line it stands in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct MarkedMistake {
    /// Name of the script's file.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// The line up to what is meant; of a long line the end of it.
    pub before: String,
    /// What is meant; empty where something is missing.
    pub marked: String,
    /// The rest of the line; of a long one the beginning of it.
    pub after: String,
}

/// What every open page is told, at once and after every change.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct LiveAnswer {
    /// Number of the show that is served now; 0: none yet.
    pub version: u64,
    /// What is being done.
    pub work: Work,
    /// The script that is watched.
    pub watched: Option<String>,
    /// What is wrong with the newest save.
    pub trouble: Option<Trouble>,
}

/// News of one save, from whatever works on it.
#[derive(Clone, Debug)]
pub enum News {
    /// Work has begun.
    Begun(Work),
    /// There is something to show; work goes on with this.
    Shown(Box<View>, Work),
    /// It ends here; what was shown stays.
    Failed(Trouble),
}

/// A file that was dropped on a page: its name and its bytes. The error is a sentence for the page.
pub type Opener = Arc<dyn Fn(String, Vec<u8>) -> Result<(), String> + Send + Sync>;

/// What all pages of the viewer show. Clones are the same screen.
///
/// # Guarantees
/// Saves are numbered, and news of an older save than the newest that was told of is dropped, however late it comes. Of one
/// save nothing replaces what has more behind it ([`Standing`](super::view::Standing)). What is on the screen stays until there is something newer to show.
#[derive(Clone)]
pub struct Screen {
    state: Arc<watch::Sender<State>>,
    pub(super) opener: Option<Opener>,
}

/// One moment of the screen.
#[derive(Clone, Default)]
pub(super) struct State {
    /// The newest save that was told of.
    save: u64,
    /// The save that is shown.
    shown_save: u64,
    pub view: Option<Arc<View>>,
    pub version: u64,
    work: Work,
    watched: Option<String>,
    trouble: Option<Trouble>,
}

impl fmt::Debug for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Screen").field(&self.now().answer()).finish()
    }
}

impl Screen {
    /// Nothing is shown yet; `watched` is the script that news will be of.
    pub fn blank(watched: Option<String>) -> Self {
        Self { state: Arc::new(watch::Sender::new(State { watched, ..State::default() })), opener: None }
    }

    /// Shows this one, as save 0.
    pub fn showing(view: View) -> Self {
        let screen = Self::blank(None);
        screen.tell(0, News::Shown(Box::new(view), Work::Idle));
        screen
    }

    /// The same screen, on which files can be dropped.
    #[must_use]
    pub fn with_opener(self, opener: Opener) -> Self {
        Self { opener: Some(opener), ..self }
    }

    /// Takes news of a save; false if it is too old.
    pub fn tell(&self, save: u64, news: News) -> bool {
        self.state.send_if_modified(|state| state.take(save, news))
    }

    /// This moment.
    pub(super) fn now(&self) -> State {
        self.state.borrow().clone()
    }

    /// Tells of every moment from now on.
    pub(super) fn moments(&self) -> watch::Receiver<State> {
        let mut moments = self.state.subscribe();
        moments.mark_changed();
        moments
    }
}

impl State {
    /// What pages are told of it.
    pub fn answer(&self) -> LiveAnswer {
        let (watched, trouble) = (self.watched.clone(), self.trouble.clone());
        LiveAnswer { version: self.version, work: self.work, watched, trouble }
    }

    fn take(&mut self, save: u64, news: News) -> bool {
        if save < self.save {
            return false;
        }
        match news {
            News::Begun(work) => self.work = work,
            News::Shown(view, work) => {
                let shown = self.view.as_ref().filter(|_| self.shown_save == save);
                if shown.is_some_and(|shown| shown.standing > view.standing) {
                    return false;
                }
                (self.view, self.shown_save, self.work) = (Some(Arc::new(*view)), save, work);
                self.version += 1;
                self.trouble = None;
            }
            News::Failed(trouble) => (self.work, self.trouble) = (Work::Idle, Some(trouble)),
        }
        self.save = save;
        true
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::Standing;
    use super::*;
    use kapok_certify::FileId;
    use kapok_show::{DVec3, LightProgram, Show, Trajectory, Vehicle};

    fn view(standing: Standing) -> Box<View> {
        let rest = Trajectory::starting_at(0, DVec3::ZERO).unwrap();
        let show = Show::of_vehicles(vec![Vehicle::new("1", DVec3::ZERO, rest, LightProgram::dark())]);
        let file = FileId { name: "a.toml".into(), sha256: String::new(), bytes: 0 };
        Box::new(View::unjudged(&show, &file, standing).unwrap())
    }

    fn standing(screen: &Screen) -> Option<Standing> {
        screen.now().view.map(|view| view.standing)
    }

    #[test]
    fn news_of_older_saves_is_dropped_however_late_it_comes() {
        let screen = Screen::blank(Some("a.toml".into()));
        assert!(screen.tell(1, News::Shown(view(Standing::Pictures), Work::Planning)));
        assert!(screen.tell(2, News::Begun(Work::Reading)));
        assert!(!screen.tell(1, News::Shown(view(Standing::Judged), Work::Idle)), "a plan of the save before");
        assert_eq!((screen.now().version, standing(&screen)), (1, Some(Standing::Pictures)));
        assert!(screen.tell(2, News::Shown(view(Standing::Motion), Work::Proving)));
        assert!(!screen.tell(1, News::Failed(Trouble::default())));
        assert_eq!((screen.now().version, screen.now().answer().trouble), (2, None));
    }

    #[test]
    fn nothing_replaces_what_has_more_behind_it() {
        let screen = Screen::blank(None);
        assert!(screen.tell(1, News::Shown(view(Standing::Judged), Work::Idle)));
        assert!(!screen.tell(1, News::Shown(view(Standing::Pictures), Work::Planning)));
        assert!(screen.tell(2, News::Shown(view(Standing::Pictures), Work::Planning)), "a newer save does");
        assert_eq!(standing(&screen), Some(Standing::Pictures));
    }

    #[test]
    fn a_mistake_leaves_the_last_good_show_and_goes_with_the_next() {
        let screen = Screen::blank(None);
        screen.tell(1, News::Shown(view(Standing::Judged), Work::Idle));
        let trouble = Trouble { message: "the script has mistakes".into(), ..Trouble::default() };
        assert!(screen.tell(2, News::Failed(trouble.clone())));
        let now = screen.now().answer();
        assert_eq!((now.version, now.work, now.trouble), (1, Work::Idle, Some(trouble.clone())));
        screen.tell(3, News::Begun(Work::Reading));
        assert_eq!(screen.now().answer().trouble, Some(trouble), "until it is known that it is gone");
        screen.tell(3, News::Shown(view(Standing::Pictures), Work::Planning));
        assert_eq!(screen.now().answer().trouble, None);
    }
}
