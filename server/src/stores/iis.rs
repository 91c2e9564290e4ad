//! Folders of PFX, CER, P7B and PEM files as certificate stores.

mod change;
mod index;
mod keystore;
mod reader;
mod row;
mod settings;

use std::hash::RandomState;
use std::ops::Deref;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::thread;
use std::time::Duration;

use tokio::task;

use index::{Index, Snapshot};
use reader::Reader;
use row::{Id, Texts};
use settings::Settings;

pub(crate) use change::{Export, Import, Refused};
pub(crate) use index::Rows;
pub(crate) use keystore::Wish;
pub(crate) use row::Row;
pub(crate) use settings::Store;

use crate::forms::Forms;
use crate::host_key::HostKey;
use crate::watch::Watch;

/// The folders below `iis` of the data directory, one for each store.
///
/// What their files hold is kept in an index, and read again when they change. Nobody waits for that but
/// the first who asks, and whoever changes a file through us: the others are answered from what was
/// known last.
#[derive(Clone)]
pub(crate) struct Folders(Arc<Shared>);

struct Shared {
    root: PathBuf,
    settings: Settings,
    reader: Reader,
    index: Mutex<Index>,
    current: RwLock<Option<Arc<Snapshot>>>,
    /// What was handed out last, while the kernel tells of no change.
    latest: RwLock<Option<Arc<Latest>>>,
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
    watch: Watch,
    changes: u64,
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
        let reader = Reader {
            host_key,
            texts: Texts::default(),
            hasher: RandomState::new(),
        };
        let folders = Self(Arc::new(Shared {
            root: data.join("iis"),
            settings: Settings::default(),
            reader,
            index: Mutex::default(),
            current: RwLock::default(),
            latest: RwLock::default(),
            begun: AtomicU64::new(0),
            turn: tokio::sync::Mutex::default(),
        }));
        folders.read_ahead();
        folders
    }

    /// Begins to read before anybody asks. Where no thread can be started, the first request does it.
    fn read_ahead(&self) {
        let shared = Arc::clone(&self.0);
        let work = move || {
            let _turn = shared.turn.blocking_lock();
            shared.walk();
        };
        if let Err(error) = thread::Builder::new().name("iis-index".into()).spawn(work) {
            tracing::warn!("Cannot read the stores ahead: {error}");
        }
    }

    /// Every store: `My` and `WebHosting` first, the central one last. `None` when the server is
    /// stopping.
    pub(crate) async fn stores(&self) -> Option<Arc<Stores>> {
        let shared = Arc::clone(&self.0);
        let Some(snapshot) = shared.current() else {
            return self.refreshed().await;
        };
        let is_young =
            |snapshot: &Snapshot| snapshot.begun.elapsed() < FRESH.max(snapshot.walk * WALKS_APART);
        // Faster than another thread could be woken for it.
        if is_young(&snapshot)
            && let Some(stores) = shared.recall(&snapshot)
        {
            return Some(stores);
        }
        let look = move || {
            let (outdated, opened) = shared.look(&snapshot);
            (outdated, opened, snapshot)
        };
        let (outdated, opened, snapshot) = task::spawn_blocking(look).await.ok()?;
        let age = snapshot.begun.elapsed();
        if !outdated && is_young(&snapshot) {
            return Some(opened);
        }
        if !outdated && self.0.turn.try_lock().is_err() {
            return Some(opened);
        }
        let folders = self.clone();
        let walk = task::spawn(async move { folders.refresh().await });
        // Changes in place show once the walk is through. What has changed for all to see is worth a
        // moment, and so is what was not looked at for a while.
        if (outdated || FRESH * 10 < age) && tokio::time::timeout(PATIENCE, walk).await.is_ok() {
            return self.current().await;
        }
        Some(opened)
    }

    /// As [`Folders::stores`], after a walk that began after this was called.
    pub(crate) async fn refreshed(&self) -> Option<Arc<Stores>> {
        let folders = self.clone();
        task::spawn(async move { folders.refresh().await })
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
    async fn refresh(&self) {
        let begun = self.0.begun.load(Ordering::SeqCst);
        let _turn = self.0.turn.lock().await;
        if begun < self.0.begun.load(Ordering::SeqCst) {
            return;
        }
        let shared = Arc::clone(&self.0);
        if task::spawn_blocking(move || shared.walk()).await.is_err() {
            tracing::error!("A walk through the stores stopped short");
        }
    }
}

impl Shared {
    fn walk(&self) {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = Arc::new(index.walk(&self.root, &self.settings, &self.reader));
        let mut current = self.current.write().unwrap_or_else(PoisonError::into_inner);
        *current = Some(snapshot);
    }

    fn current(&self) -> Option<Arc<Snapshot>> {
        let current = self.current.read().unwrap_or_else(PoisonError::into_inner);
        current.clone()
    }

    fn is_outdated(&self, snapshot: &Snapshot) -> bool {
        snapshot.is_outdated(&self.root, |name| self.store(name))
    }

    fn store(&self, name: &str) -> Result<Arc<Store>, String> {
        self.settings.store(&self.root, name, &self.reader.host_key)
    }

    /// What was handed out last, where it is of this snapshot and nothing changed since.
    fn recall(&self, snapshot: &Arc<Snapshot>) -> Option<Arc<Stores>> {
        let latest = self.latest.read().unwrap_or_else(PoisonError::into_inner);
        let latest = latest.as_ref()?;
        let same =
            Arc::ptr_eq(&latest.snapshot, snapshot) && latest.watch.changes() == latest.changes;
        same.then(|| Arc::clone(&latest.stores))
    }

    /// Whether a snapshot is outdated, and the stores as it has them. Blocks.
    fn look(&self, snapshot: &Arc<Snapshot>) -> (bool, Arc<Stores>) {
        if let Some(stores) = self.recall(snapshot) {
            return (false, stores);
        }
        // Watched first, then looked at: what changes in between is told.
        let watch = self.watch(snapshot);
        let changes = watch.as_ref().map_or(0, Watch::changes);
        let outdated = self.is_outdated(snapshot);
        let stores = Arc::new(Stores {
            all: self.open(snapshot),
            forms: Forms::default(),
        });
        if let Some(watch) = watch.filter(|_| !outdated) {
            let latest = Latest {
                snapshot: Arc::clone(snapshot),
                stores: Arc::clone(&stores),
                watch,
                changes,
            };
            let latest = Some(Arc::new(latest));
            *self.latest.write().unwrap_or_else(PoisonError::into_inner) = latest;
        }
        (outdated, stores)
    }

    /// Watches the folders, their settings, and the ways there. `None` where that cannot be done.
    fn watch(&self, snapshot: &Snapshot) -> Option<Watch> {
        let mut watch = Watch::new()?;
        watch.add(&self.root)?;
        for folder in &snapshot.folders {
            let path = self.root.join(&folder.name);
            // The settings may be a link that leads out of the folder.
            watch.add(&path.join(settings::STORE_FILE))?;
            watch.add(&path)?;
        }
        Some(watch)
    }

    fn open(&self, snapshot: &Snapshot) -> Vec<Opened> {
        let folders = snapshot.folders.iter();
        let opened = folders.map(|folder| Opened {
            name: folder.name.clone(),
            id: settings::identifier(&self.reader.host_key, &folder.name),
            state: self
                .store(&folder.name)
                .and_then(|store| Ok((store, folder.rows.clone()?))),
        });
        opened.collect()
    }
}

/// For how long nobody looks whether files were changed in place.
const FRESH: Duration = Duration::from_secs(1);

/// Walks take at most this part of the time of one processor.
const WALKS_APART: u32 = 10;

/// How long a request waits for what has changed.
const PATIENCE: Duration = Duration::from_millis(100);
