//! Folders of PFX, CER, P7B and PEM files as certificate stores.

mod cache;
mod change;
mod index;
mod keystore;
mod reader;
mod row;
mod settings;

use std::hash::RandomState;
use std::ops::Deref;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, Weak};
use std::thread;
use std::time::{Duration, Instant};

use tokio::sync::watch;
use tokio::task;
use tokio::time;

use cache::Cache;
use index::{Index, Scope, Snapshot, Sources};
use reader::Reader;
use row::{Id, Texts};
use settings::Settings;

pub(crate) use change::{Export, Import, Refused};
pub(crate) use index::{Progress, Rows};
pub(crate) use keystore::Wish;
pub(crate) use row::Row;
pub(crate) use settings::Store;

use crate::forms::Forms;
use crate::host_key::HostKey;

/// The folders below `iis` of the data directory, one for each store.
///
/// What their files hold is kept in an index, in memory and in `iis.index`. It is read again where the
/// kernel tells that a file changed, and where it does not tell, now and then when somebody asks. Nobody
/// waits for that but the first who ask, for a few seconds, and whoever changes a file through us: the
/// others are answered from what is known.
#[derive(Clone)]
pub(crate) struct Folders(Arc<Shared>);

struct Shared {
    sources: Sources,
    started: Instant,
    /// Whether it began with what was known when the server ran last.
    recalled: AtomicBool,
    index: Mutex<Index>,
    /// What is known, and whether that is everything.
    current: watch::Sender<Option<Arc<Snapshot>>>,
    /// What was handed out last, while the kernel tells of no change.
    latest: RwLock<Option<Latest>>,
    /// Walks that were begun so far.
    begun: AtomicU64,
    /// One walk at a time.
    turn: tokio::sync::Mutex<()>,
}

/// All stores as they are now, and the answers about them.
pub(crate) struct Stores {
    all: Vec<Opened>,
    pub(crate) forms: Forms,
}

impl Deref for Stores {
    type Target = [Opened];

    fn deref(&self) -> &[Opened] {
        &self.all
    }
}

struct Latest {
    snapshot: Arc<Snapshot>,
    stores: Arc<Stores>,
}

/// One store as it is now, with its certificates.
pub(crate) struct Opened {
    /// The name of its folder.
    pub(crate) name: String,
    /// Opaque.
    pub(crate) id: String,
    /// What may be done with it, or what is wrong with it, in one clause.
    pub(crate) state: Result<(Arc<Store>, Arc<Rows>), String>,
}

impl Opened {
    /// The certificate with this identifier.
    pub(crate) fn find(&self, id: &str) -> Option<(&Arc<Store>, &Arc<Row>)> {
        let (store, rows) = self.state.as_ref().ok()?;
        Some((store, rows.find(Id::parse(id)?)?))
    }
}

impl Folders {
    pub(crate) fn new(data: &Path, host_key: HostKey) -> Self {
        let cache = Cache::new(data.join("iis.index"), &host_key);
        let reader = Reader {
            host_key,
            texts: Texts::default(),
            hasher: RandomState::new(),
        };
        let shared = Arc::new(Shared {
            sources: Sources {
                root: data.join("iis"),
                settings: Settings::default(),
                reader,
                progress: Progress::default(),
            },
            started: Instant::now(),
            recalled: AtomicBool::default(),
            index: Mutex::new(Index::new(cache)),
            current: watch::Sender::default(),
            latest: RwLock::default(),
            begun: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        });
        let (first, kept) = (Arc::clone(&shared), Arc::downgrade(&shared));
        let work = move || {
            let turn = first.turn.blocking_lock();
            first.begin();
            drop(turn);
            drop(first);
            keep(&kept);
        };
        if let Err(error) = thread::Builder::new().name("iis-index".into()).spawn(work) {
            tracing::warn!("The stores are read before anything is served, and once: {error}");
            shared.begin();
        }
        Self(shared)
    }

    /// How far reading the files is; `None` when every file was read once.
    pub(crate) fn reading(&self) -> Option<&Progress> {
        let is_complete = self.0.current().is_some_and(|snapshot| snapshot.complete);
        (!is_complete).then_some(&self.0.sources.progress)
    }

    /// How far reading the files is.
    pub(crate) fn progress(&self) -> &Progress {
        &self.0.sources.progress
    }

    /// Every store: `My` and `WebHosting` first, the central one last. `None` when the server is
    /// stopping.
    pub(crate) async fn stores(&self) -> Option<Arc<Stores>> {
        let shared = Arc::clone(&self.0);
        let snapshot = shared.known().await?;
        // Faster than another thread could be woken for it.
        let recalled = shared.recall(&snapshot);
        let is_young =
            snapshot.looked.elapsed() < FRESH.max(snapshot.walk * snapshot.walks_apart());
        if is_young && let Some(stores) = recalled {
            return Some(stores);
        }
        let is_recalled = recalled.is_some();
        let (outdated, opened) = if let Some(stores) = recalled {
            (false, stores)
        } else {
            let (shared, snapshot) = (Arc::clone(&shared), Arc::clone(&snapshot));
            let look = task::spawn_blocking(move || shared.look(&snapshot));
            look.await.ok()?
        };
        let is_busy = self.0.turn.try_lock().is_err();
        if !outdated && (is_young || is_busy) || !snapshot.complete {
            return Some(opened);
        }
        let scope = if outdated {
            Scope::Told
        } else {
            Scope::Everything
        };
        let folders = self.clone();
        let walk = task::spawn(async move { folders.refresh(scope).await });
        // What has changed for all to see is worth a moment, and so is what was not looked at for a while.
        let is_old = !is_recalled && FRESH * 10 < snapshot.looked.elapsed();
        if (outdated || is_old) && time::timeout(PATIENCE, walk).await.is_ok() {
            return self.current().await;
        }
        Some(opened)
    }

    /// As [`Folders::stores`], after a walk that began after this was called.
    pub(crate) async fn refreshed(&self) -> Option<Arc<Stores>> {
        let folders = self.clone();
        task::spawn(async move { folders.refresh(Scope::Told).await })
            .await
            .ok()?;
        self.current().await
    }

    async fn current(&self) -> Option<Arc<Stores>> {
        let shared = Arc::clone(&self.0);
        let open = move || shared.current().map(|snapshot| shared.look(&snapshot).1);
        task::spawn_blocking(open).await.ok()?
    }

    /// Walks the folders, unless a walk that began since this was called is through already.
    async fn refresh(&self, scope: Scope) {
        let begun = self.0.begun.load(Ordering::SeqCst);
        let _turn = self.0.turn.lock().await;
        if begun < self.0.begun.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(&self.0);
        if task::spawn_blocking(move || shared.walk(scope))
            .await
            .is_err()
        {
            tracing::error!("A walk through the stores stopped short");
        }
    }
}

/// Reads what the kernel tells of, whether anybody asks or not, and keeps the index on the disk, as long as
/// the stores are served.
fn keep(shared: &Weak<Shared>) {
    let mut took = Duration::ZERO;
    loop {
        thread::sleep(TICK.max(took * 2));
        let Some(shared) = shared.upgrade() else {
            return;
        };
        let begun = Instant::now();
        let is_told = |snapshot: Arc<Snapshot>| snapshot.is_told() == Some(true);
        if shared.current().is_some_and(is_told) {
            let _turn = shared.turn.blocking_lock();
            shared.walk(Scope::Told);
        }
        took = begun.elapsed();
        shared.index().keep();
    }
}

impl Shared {
    /// The first walk, which begins with what was known when the server ran last.
    fn begin(&self) {
        let recalled = self.index().recall(&self.sources);
        if let Some(snapshot) = recalled {
            self.recalled.store(true, Ordering::SeqCst);
            self.show(snapshot);
        }
        self.walk(Scope::Everything);
        let duration_ms = index::millis(self.started.elapsed());
        tracing::info!(duration_ms, "Looked at every file of the stores");
        self.index().keep();
    }

    fn walk(&self, scope: Scope) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let mut index = self.index();
        let show = |snapshot| self.show(snapshot);
        let snapshot = index.walk(scope, &self.sources, &show);
        self.show(snapshot);
    }

    fn show(&self, mut snapshot: Snapshot) {
        // What was complete stays so, whatever is read anew.
        snapshot.complete |= self.current().is_some_and(|last| last.complete);
        self.current.send_replace(Some(Arc::new(snapshot)));
    }

    fn current(&self) -> Option<Arc<Snapshot>> {
        self.current.borrow().clone()
    }

    /// What is known: all of it, or as much as there is after a while. `None` where reading came to an end
    /// before that.
    async fn known(&self) -> Option<Arc<Snapshot>> {
        if let Some(snapshot) = self.current()
            && snapshot.complete
        {
            return Some(snapshot);
        }
        let mut current = self.current.subscribe();
        current.wait_for(Option::is_some).await.ok()?;
        let is_recalled = self.recalled.load(Ordering::SeqCst);
        let patience = if is_recalled { RECALLED } else { FIRST };
        let left = patience.saturating_sub(self.started.elapsed());
        let is_complete = |current: &Option<Arc<Snapshot>>| {
            current.as_ref().is_some_and(|snapshot| snapshot.complete)
        };
        match time::timeout(left, current.wait_for(is_complete)).await {
            Ok(complete) => complete.ok()?.clone(),
            Err(_) => self.current(),
        }
    }

    fn index(&self) -> MutexGuard<'_, Index> {
        self.index.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was handed out last, where it is of this snapshot and nothing changed since.
    fn recall(&self, snapshot: &Arc<Snapshot>) -> Option<Arc<Stores>> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        let latest = latest.as_ref()?;
        let same = Arc::ptr_eq(&latest.snapshot, snapshot) && snapshot.is_told() == Some(false);
        same.then(|| Arc::clone(&latest.stores))
    }

    /// Whether a snapshot is outdated, and the stores as it has them. Blocks.
    fn look(&self, snapshot: &Arc<Snapshot>) -> (bool, Arc<Stores>) {
        if let Some(stores) = self.recall(snapshot) {
            return (false, stores);
        }
        let told = snapshot.is_told();
        let stores = Arc::new(Stores {
            all: self.open(snapshot),
            forms: Forms::default(),
        });
        if told == Some(false) {
            let latest = Latest {
                snapshot: Arc::clone(snapshot),
                stores: Arc::clone(&stores),
            };
            *self.latest.write().unwrap_or_else(PoisonError::into_inner) = Some(latest);
        }
        let outdated = told.unwrap_or_else(|| snapshot.is_outdated(&self.sources));
        (outdated, stores)
    }

    fn open(&self, snapshot: &Snapshot) -> Vec<Opened> {
        let folders = snapshot.folders.iter();
        let opened = folders.map(|folder| Opened {
            name: folder.name.clone(),
            id: settings::identifier(&self.sources.reader.host_key, &folder.name),
            state: self
                .sources
                .store(&folder.name)
                .and_then(|store| Ok((store, folder.rows.clone()?))),
        });
        opened.collect()
    }
}

impl Snapshot {
    /// Looking at every file takes at most this part of the time of one processor. What the kernel does not
    /// tell of is little: memory that is mapped to a file, and where links lead.
    fn walks_apart(&self) -> u32 {
        if self.watch.is_some() { 100 } else { 10 }
    }
}

/// For how long nobody looks whether files were changed in place.
const FRESH: Duration = Duration::from_secs(1);

/// How long a request waits for what has changed.
const PATIENCE: Duration = Duration::from_millis(100);

/// For how long after the start nobody is answered from half of the files.
const FIRST: Duration = Duration::from_secs(5);

/// The same where more is known than nothing.
const RECALLED: Duration = Duration::from_secs(1);

/// How often the kernel is asked whether something changed while nobody else asks.
const TICK: Duration = Duration::from_millis(250);
