//! The desk behind the screen: one thread reads what was saved or dropped and shows its pictures at once, another plans and proves
//! behind it. Every save has a number; what is worked on for an older one is given up.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use kapok_certify::{FileId, Judged, Options, Source, certify, certify_skyc};
use kapok_design::Assets;
use kapok_jobs::{
    FormationMemory, JobError, LoadedScript, PictureFigures, PlanMemory, ScriptMotion, ScriptSource, load_script,
};
use kapok_server::{News, Opener, SceneReading, Screen, Standing, Trouble, View, ViewError, Work};
use kapok_show::{Chapter, Reporter, Show, Silent, printable};
use rayon::ThreadPool;

use super::files::ScriptFiles;
use super::trouble;
use crate::{inputs, terminal};

/// A save is over when nothing has changed for so long.
const SETTLED: Duration = Duration::from_millis(50);
/// A folder in which something changes all the time is looked at after so many waits.
const MOST_WAITS: u32 = 6;

/// Takes what is dropped on the screen; what is saved it sees by itself.
pub struct Desk {
    orders: Sender<Order>,
}

/// What the reader is asked to look at.
enum Order {
    /// A file of the watched script may have changed.
    Touched,
    /// A file was dropped: its name and its bytes.
    Dropped(String, Vec<u8>),
}

/// What the planner works on.
struct Task {
    save: u64,
    kind: TaskKind,
}

enum TaskKind {
    /// Plan a script and prove what is planned.
    Plan { script: Box<LoadedScript>, name: String, text: Vec<u8> },
    /// Prove a show file.
    Prove(Source),
}

/// What reader and planner share.
#[derive(Clone)]
struct Shared {
    screen: Screen,
    /// Number of the newest save.
    newest: Arc<AtomicU64>,
    /// The chapters of the last plan: pictures take their times from it.
    chapters: Arc<Mutex<Vec<Chapter>>>,
}

struct Reader {
    shared: Shared,
    script: Option<ScriptFiles>,
    tasks: Sender<Task>,
    memory: FormationMemory,
    pool: ThreadPool,
}

struct Planner {
    shared: Shared,
    memory: PlanMemory,
    pool: ThreadPool,
}

/// Silent, and tells a plan when its save is no more the newest.
struct Superseded<'a> {
    newest: &'a AtomicU64,
    save: u64,
}

impl Reporter for Superseded<'_> {
    fn phase(&self, _name: &str, _total: u64) {}

    fn advance(&self, _steps: u64) {}

    fn warn(&self, _message: &str) {}

    fn go_on(&self) -> bool {
        self.newest.load(Ordering::Relaxed) == self.save
    }
}

impl Desk {
    /// Opens the desk behind a screen; a script that is given is shown at once and watched.
    ///
    /// # Errors
    /// If the system watches nothing, or starts no threads.
    pub fn open(screen: Screen, mut script: Option<ScriptFiles>) -> Result<Self> {
        let (orders, ordered) = channel();
        let (tasks, to_do) = channel();
        if let Some(script) = &mut script {
            let orders = orders.clone();
            script.watch(move || drop(orders.send(Order::Touched)))?;
        }
        let shared = Shared { screen, newest: Arc::default(), chapters: Arc::default() };
        let reader =
            Reader { shared: shared.clone(), script, tasks, memory: FormationMemory::default(), pool: pool()? };
        let planner = Planner { shared, memory: PlanMemory::default(), pool: pool()? };
        let name = |name: &str| thread::Builder::new().name(name.to_owned());
        name("reader").spawn(move || reader.run(&ordered)).context("cannot start a thread")?;
        name("planner").spawn(move || planner.run(&to_do)).context("cannot start a thread")?;
        Ok(Self { orders })
    }

    /// What a page hands a dropped file to.
    pub fn opener(&self) -> Opener {
        let orders = Mutex::new(self.orders.clone());
        Arc::new(move |name, bytes| {
            let orders = orders.lock().unwrap_or_else(PoisonError::into_inner);
            orders
                .send(Order::Dropped(name, bytes))
                .map_err(|_| "the viewer reads nothing any more: start it again".into())
        })
    }
}

/// Threads of its own: what reads never waits for what plans.
fn pool() -> Result<ThreadPool> {
    rayon::ThreadPoolBuilder::new().build().context("cannot start the worker threads")
}

impl Shared {
    fn begin(&self) -> u64 {
        let save = self.newest.fetch_add(1, Ordering::Relaxed) + 1;
        self.screen.tell(save, News::Begun(Work::Reading));
        save
    }

    fn fail(&self, save: u64, trouble: Trouble) {
        self.screen.tell(save, News::Failed(trouble));
    }

    /// Shows a view; false if there is none, or if it comes too late.
    fn show(&self, save: u64, view: Result<View, ViewError>, work: Work) -> bool {
        match view {
            Ok(view) => self.screen.tell(save, News::Shown(Box::new(view), work)),
            Err(error) => {
                self.fail(save, trouble::of(trouble::chain(&error)));
                false
            }
        }
    }
}

impl Reader {
    fn run(mut self, orders: &Receiver<Order>) {
        self.look();
        let mut waiting = None;
        while let Some(order) = waiting.take().or_else(|| orders.recv().ok()) {
            match order {
                Order::Touched => {
                    waiting = settled(orders);
                    self.look();
                }
                Order::Dropped(name, bytes) => self.open(&name, bytes),
            }
        }
    }

    /// Reads the watched script if something of it changed.
    fn look(&mut self) {
        let Some(mut files) = self.script.take() else { return };
        match files.changed() {
            Ok(Some(bytes)) => {
                let save = self.shared.begin();
                let name = files.name();
                let read = files.reading(&bytes, |assets| self.load(&name, &bytes, assets));
                match read {
                    Ok(loaded) => self.pictures(save, &name, bytes, loaded),
                    Err(error) => {
                        self.shared.fail(save, trouble::of(format!("{error:#}")));
                    }
                }
            }
            Ok(None) => {}
            // Between the two steps of a rename there is no file; the second step is told of, too.
            Err(error) => {
                let save = self.shared.begin();
                self.shared.fail(save, trouble::of(format!("{error:#}")));
            }
        }
        self.script = Some(files);
    }

    fn load(&self, name: &str, bytes: &[u8], assets: &(dyn Assets + Sync)) -> Result<LoadedScript, JobError> {
        self.pool.install(|| load_script(&self.memory, &ScriptSource { name, bytes, assets }, &Silent))
    }

    /// Shows the pictures of a script, and has it planned.
    fn pictures(&self, save: u64, name: &str, bytes: Vec<u8>, loaded: Result<LoadedScript, JobError>) {
        let chapters = self.shared.chapters.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let pictures = loaded.and_then(|script| Ok((script.pictures(&chapters)?, script)));
        let (pictures, script) = match pictures {
            Ok(both) => both,
            Err(error) => return self.shared.fail(save, trouble::of_error(&error)),
        };
        let view = View::unjudged(&pictures, &id(name, &bytes), Standing::Pictures);
        let view = view.and_then(|view| view.with_readings(&readings(&script)));
        if self.shared.show(save, view, Work::Planning) {
            let kind = TaskKind::Plan { script: Box::new(script), name: name.to_owned(), text: bytes };
            // Without a planner there is no viewer.
            let _ = self.tasks.send(Task { save, kind });
        }
    }

    /// Opens a file that was dropped: a script without art, or a show.
    fn open(&self, name: &str, bytes: Vec<u8>) {
        let save = self.shared.begin();
        if inputs::has_script_ending(name.as_ref()) {
            let nothing: BTreeMap<String, Vec<u8>> = BTreeMap::new();
            let loaded = self.load(name, &bytes, &nothing);
            return self.pictures(save, name, bytes, loaded);
        }
        let source = Source::file(name, bytes);
        match self.pool.install(|| source.decode(&Options::default())) {
            Ok(decoded) => {
                let view = View::unjudged(&decoded.show, source.id(), Standing::Motion);
                if self.shared.show(save, view, Work::Proving) {
                    let _ = self.tasks.send(Task { save, kind: TaskKind::Prove(source) });
                }
            }
            Err(error) => self.shared.fail(save, trouble::of(format!("{name}: {error}"))),
        }
    }
}

/// Waits until nothing has changed for a while; what else was ordered meanwhile.
fn settled(orders: &Receiver<Order>) -> Option<Order> {
    for _ in 0..MOST_WAITS {
        match orders.recv_timeout(SETTLED) {
            Ok(Order::Touched) => {}
            Ok(other) => return Some(other),
            Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => return None,
        }
    }
    None
}

/// How well the scenes of a script are read.
fn readings(script: &LoadedScript) -> Vec<SceneReading> {
    let reading = |figures: PictureFigures| SceneReading {
        scene: figures.name,
        score: figures.readability,
        is_readable: figures.is_readable,
        count_needed: figures.count_needed,
    };
    script.readings().into_iter().map(reading).collect()
}

/// Name and hash of a script.
fn id(name: &str, bytes: &[u8]) -> FileId {
    Source::file(name, bytes.to_vec()).id().clone()
}

impl Planner {
    fn run(self, tasks: &Receiver<Task>) {
        while let Ok(mut task) = tasks.recv() {
            // Only the newest is worked on.
            while let Ok(newer) = tasks.try_recv() {
                task = newer;
            }
            let save = task.save;
            match task.kind {
                TaskKind::Plan { script, name, text } => self.plan(save, &script, &name, &text),
                TaskKind::Prove(source) => {
                    let judged = self.pool.install(|| certify(&source, &Options::default(), &Silent));
                    self.judged(save, &source.id().name.clone(), judged.map_err(JobError::from), &[]);
                }
            }
        }
    }

    fn plan(&self, save: u64, script: &LoadedScript, name: &str, text: &[u8]) {
        let reporter = Superseded { newest: &self.shared.newest, save };
        match self.pool.install(|| script.plan(&self.memory, &reporter)) {
            Ok(ScriptMotion::Planned(show)) => {
                self.shared.chapters.lock().unwrap_or_else(PoisonError::into_inner).clone_from(&show.chapters);
                let readings = readings(script);
                let view = View::unjudged(&show, &id(name, text), Standing::Motion);
                let view = view.and_then(|view| view.with_readings(&readings));
                if self.shared.show(save, view, Work::Proving) {
                    self.judged(save, name, self.prove(&show), &readings);
                }
            }
            Ok(ScriptMotion::Infeasible(answer)) => {
                self.shared.fail(save, trouble::of_infeasible(&answer, name, text));
            }
            Err(error) if error.is_abandoned() => {}
            Err(error) => self.shared.fail(save, trouble::of_error(&error)),
        }
    }

    fn prove(&self, show: &Show) -> Result<Judged, JobError> {
        // What lost vehicles reach decides nothing, and takes longer than the proof: kapok plan makes these figures.
        let options = Options { without_losses: true, ..Options::default() };
        let judge = || certify_skyc(show, "show.skyc", &options, &Silent);
        Ok(self.pool.install(judge)?.1)
    }

    fn judged(&self, save: u64, name: &str, judged: Result<Judged, JobError>, readings: &[SceneReading]) {
        match judged {
            Ok(judged) => {
                let verdict = judged.certificate().headline();
                let view = View::judged(judged).and_then(|view| view.with_readings(readings));
                if self.shared.show(save, view, Work::Idle) {
                    terminal::complain(&printable(&format!("{name}: {verdict}")));
                }
            }
            Err(error) => self.shared.fail(save, trouble::of_error(&error)),
        }
    }
}
