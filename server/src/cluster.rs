//! Many nodes that hold the same certificates, kept in step over etcd.
//!
//! Below `/certlens/CLUSTER/` of the store:
//!
//! ```text
//! names/.seed         which filling of the store this is
//! names/proxy         the pair with its generation, or that it is gone; sealed
//! nodes/member/es1    a node that counts, until somebody removes it
//! nodes/alive/es1     there as long as the node renews its lease
//! nodes/applied/es1   the generation of each name in its files, or why there is another one
//! ```
//!
//! A change is one transaction, under the condition that no name in it was changed since it was read: two
//! writers never interleave. Each node watches the names, reads all of them at one revision whenever one
//! changes, makes its files so, and tells. The writer waits until every member has told.
//!
//! What is read is sealed for its cluster, its filling and its name, and a node takes no generation that is
//! older than the one it has: whoever can write to etcd, and has no key, can put nothing in place.

pub(crate) mod etcd;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;
use tokio::task;
use tokio::time::{self, Instant};
use zeroize::Zeroizing;

use etcd::{Compare, Etcd, EtcdError, Put, Range};

use crate::app::StartError;
use crate::audit::{Deed, Ended};
use crate::changes::{Here, audit, broken_off, changed};
use crate::client;
use crate::clock;
use crate::config::Ccs;
use crate::host_key;
use crate::sealing::SealingKey;
use crate::stores::redis_enterprise::{Directory, Failure, Pair, Step, Wish};
use crate::{atomic, files};

/// This node, among the others of its cluster.
#[expect(clippy::struct_field_names, reason = "the name of the cluster")]
pub(crate) struct Cluster {
    etcd: Etcd,
    key: SealingKey,
    cluster: String,
    node: String,
    /// How long a change waits for the other nodes.
    patience: Duration,
    here: Arc<Here>,
    file: PathBuf,
    standing: Mutex<Standing>,
    /// One writer of this node at a time, so that they do not only get in each other's way.
    turn: Mutex<()>,
}

/// What this node has made of itself. Kept in `ccs.json`.
#[derive(Clone, Serialize, Deserialize)]
struct Standing {
    cluster: String,
    node: String,
    /// Tells this data directory from another one under the same name.
    instance: String,
    /// The filling of the store that the generations count in.
    epoch: Option<String>,
    applied: BTreeMap<String, u64>,
    /// What the others were told last.
    #[serde(skip)]
    told: Option<String>,
}

/// What is under a name in the store, before it is sealed.
#[derive(Serialize, Deserialize)]
struct Stored {
    generation: u64,
    /// `None` where it was removed.
    certificate: Option<String>,
    key: Option<Zeroizing<String>>,
    action: String,
    node: String,
    at: String,
    deed: Deed,
}

/// What a node tells the others.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Told {
    epoch: String,
    names: BTreeMap<String, u64>,
    failed: Option<Failed>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Failed {
    /// What was read and could not be applied.
    revision: i64,
    what: String,
}

/// The names as they were read.
struct Names {
    revision: i64,
    /// The revision that filled the store.
    seeded: i64,
    epoch: String,
    stored: BTreeMap<&'static str, (i64, Stored)>,
}

/// Why a node is not in step.
#[derive(Debug)]
enum Trouble {
    Etcd(EtcdError),
    /// Nobody has filled the store yet, and there is nothing here to fill it with.
    Empty,
    /// It was a member, and was removed.
    Removed,
    /// It is no member: not yet, or not any more.
    NoMember,
    /// Another data directory goes by this name.
    Taken,
    /// What stands in the store is not what a node with this key put there.
    Foreign(String),
    /// Its own files cannot be made so.
    Here(Failure),
}

impl Cluster {
    pub(crate) fn new(
        config: &Ccs,
        data: &Path,
        key: SealingKey,
        here: Arc<Here>,
    ) -> Result<Self, StartError> {
        let etcd = Etcd::new(
            client::new(config.authorities.as_deref(), config.identity.as_ref())?,
            config.endpoints.clone(),
            config.credentials.clone(),
        );
        let file = data.join(FILE);
        let standing = Standing::open(&file, config)?;
        Ok(Self {
            etcd,
            key,
            cluster: config.cluster.clone(),
            node: config.node.clone(),
            patience: config.patience,
            here,
            file,
            standing: Mutex::new(standing),
            turn: Mutex::default(),
        })
    }

    /// Keeps this node in step, and never ends.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut said = None;
        loop {
            let trouble = match self.round(&mut said).await {
                Ok(()) => continue,
                Err(trouble) => trouble,
            };
            self.say(&trouble, &mut said);
            time::sleep(APART).await;
        }
    }

    /// Once, and not every second.
    fn say(&self, trouble: &Trouble, said: &mut Option<String>) {
        let told = trouble.to_string();
        if said.as_ref() != Some(&told) {
            tracing::error!(node = self.node, "Not in step: {told}");
            *said = Some(told);
        }
    }

    /// Joins, catches up, and follows the store for a while.
    async fn round(&self, said: &mut Option<String>) -> Result<(), Trouble> {
        self.join().await?;
        self.seed(Filling::Own).await?;
        let lease = self.etcd.grant(LIFE).await?;
        let alive = self.path("nodes/alive", &self.node);
        let member = self.path("nodes/member", &self.node);
        let put = [Put::Leased(&alive, &clock::now().to_string(), &lease)];
        let registered = self
            .etcd
            .transact(&[Compare::Exists(&member)], &put)
            .await?;
        registered.ok_or(Trouble::NoMember)?;
        let mut caught = match self.catch_up().await {
            // The trouble is this node's own: the store is followed all the same.
            caught @ (Ok(_) | Err(Trouble::Here(_))) => caught,
            Err(trouble) => return Err(trouble),
        };
        let from = match &caught {
            Ok(names) => names.revision,
            Err(_) => self.etcd.range(&self.prefix("names")).await?.revision,
        };
        let mut watch = self.etcd.watch(&self.prefix("names"), from + 1).await?;
        let mut ticks = time::interval(LIFE / 4);
        ticks.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
        let end = Instant::now() + ROUND;
        loop {
            match &caught {
                Ok(_) => {
                    if said.take().is_some() {
                        tracing::info!(node = self.node, "In step again");
                    }
                }
                Err(trouble @ Trouble::Here(_)) => self.say(trouble, said),
                Err(_) => return caught.map(drop),
            }
            tokio::select! {
                changes = watch.next() => {
                    let changes = changes?;
                    let newest = changes.iter().map(|change| change.revision).max();
                    let known = caught.as_ref().map_or(0, |names| names.revision);
                    if newest.is_some_and(|newest| known < newest) {
                        caught = self.catch_up().await;
                    }
                }
                _ = ticks.tick() => {
                    if !self.etcd.renew(&lease).await? {
                        return Ok(());
                    }
                    if caught.is_err() {
                        caught = self.catch_up().await;
                    }
                    if end < Instant::now() {
                        // Also finds what somebody changed in the files, and a watch that fell silent.
                        self.standing.lock().await.told = None;
                        caught = self.catch_up().await;
                        if caught.is_ok() {
                            return Ok(());
                        }
                    }
                }
            }
        }
    }

    /// Makes this node a member, unless it was one and was removed.
    async fn join(&self) -> Result<(), Trouble> {
        let standing = self.standing.lock().await;
        let member = self.path("nodes/member", &self.node);
        let members = self.etcd.range(&self.prefix("nodes/member")).await?;
        let known = members.found.into_iter().find(|found| found.key == member);
        if let Some(known) = known {
            let is_own = known.value.as_ref() == Some(&standing.instance);
            return if is_own { Ok(()) } else { Err(Trouble::Taken) };
        }
        let names = self.etcd.range(&self.prefix("names")).await?;
        // With another key than the others it does not become a member.
        let epoch = self.epoch(&names)?;
        if epoch.is_some() && epoch == standing.epoch {
            return Err(Trouble::Removed);
        }
        self.save(&standing)?;
        let put = [Put::Kept(&member, &standing.instance)];
        let is_free = [Compare::Revision(&member, 0)];
        let joined = self.etcd.transact(&is_free, &put).await?;
        joined.ok_or(Trouble::Taken)?;
        tracing::info!(
            cluster = self.cluster,
            node = self.node,
            "Joined {}",
            self.cluster
        );
        Ok(())
    }

    /// Fills an empty store with what is here.
    async fn seed(&self, filling: Filling) -> Result<(), Trouble> {
        let names = self.etcd.range(&self.prefix("names")).await?;
        if self.epoch(&names)?.is_some() {
            return Ok(());
        }
        let here = Arc::clone(&self.here);
        let pairs = task::spawn_blocking(move || here.directory.all()).await;
        let pairs = pairs
            .map_err(|_| Trouble::Here(broken_off()))?
            .map_err(Trouble::Here)?;
        if pairs.is_empty() && filling == Filling::Own {
            return Err(Trouble::Empty);
        }
        let epoch = random()?;
        let seed = self.path("names", SEED);
        let sealed = self.seal(&["ccs", &self.cluster, SEED], epoch.as_bytes())?;
        let mut values = vec![(seed.clone(), sealed)];
        for pair in &pairs {
            let stored = Stored {
                generation: 1,
                certificate: Some(pair.certificate.clone()),
                key: pair.key.clone(),
                action: "seed".to_owned(),
                node: self.node.clone(),
                at: clock::now().to_string(),
                deed: self.deed(),
            };
            values.push((
                self.path("names", pair.name),
                self.sealed(&epoch, pair.name, &stored)?,
            ));
        }
        let puts: Vec<_> = values
            .iter()
            .map(|(key, value)| Put::Kept(key, value))
            .collect();
        let filled = self
            .etcd
            .transact(&[Compare::Revision(&seed, 0)], &puts)
            .await?;
        if filled.is_some() {
            let count = pairs.len();
            tracing::info!(
                cluster = self.cluster,
                "Filled the empty store with {count} certificates"
            );
        }
        Ok(())
    }

    /// Makes the files what the store says, and tells the others.
    async fn catch_up(&self) -> Result<Names, Trouble> {
        let mut standing = self.standing.lock().await;
        let range = self.etcd.range(&self.prefix("names")).await?;
        let names = match self.names(&range, &standing) {
            Ok(names) => Arc::new(names),
            Err(trouble) => return Err(trouble),
        };
        let (here, read, own) = (Arc::clone(&self.here), Arc::clone(&names), self.deed());
        let applied = task::spawn_blocking(move || {
            let pairs = Directory::names().map(|name| (name, read.pair(name)));
            let wish = Wish::Become(pairs.collect());
            here.change(&wish, "apply", &own, clock::now(), |step| {
                match read.stored.get(step.name) {
                    Some((_, stored)) => (&stored.deed, Some(stored.generation)),
                    None => (&own, None),
                }
            })
        });
        let applied = applied.await.unwrap_or_else(|_| Err(broken_off()));
        let generations = names.generations();
        let failed = match &applied {
            Ok(_) if standing.is_at(&names.epoch, &generations) => None,
            Ok(_) => {
                standing.epoch = Some(names.epoch.clone());
                standing.applied = generations;
                // Without it a generation could be applied twice, and never an older one unseen.
                self.save(&standing)
                    .err()
                    .map(|trouble| trouble.to_string())
            }
            Err(failure) => Some(failure.to_string()),
        };
        let told = Told {
            epoch: names.epoch.clone(),
            names: standing.applied.clone(),
            failed: failed.map(|what| Failed {
                revision: names.revision,
                what,
            }),
        };
        self.tell(&mut standing, &told).await?;
        if let Some(Failed { what, .. }) = told.failed {
            return Err(Trouble::Here(Failure::Broken(what)));
        }
        Arc::into_inner(names).ok_or_else(|| Trouble::Here(broken_off()))
    }

    async fn tell(&self, standing: &mut Standing, told: &Told) -> Result<(), Trouble> {
        let text = serde_json::to_string(told).map_err(foreign)?;
        if standing.told.as_ref() == Some(&text) {
            return Ok(());
        }
        let (member, applied) = (
            self.path("nodes/member", &self.node),
            self.path("nodes/applied", &self.node),
        );
        let put = [Put::Kept(&applied, &text)];
        let taken = self
            .etcd
            .transact(&[Compare::Exists(&member)], &put)
            .await?;
        taken.ok_or(Trouble::NoMember)?;
        standing.told = Some(text);
        Ok(())
    }

    /// Puts a change into the store, and waits until every member has applied it.
    pub(crate) async fn write(
        &self,
        wish: Wish,
        action: &'static str,
        deed: Deed,
    ) -> Result<Vec<&'static str>, Failure> {
        let wish = Arc::new(wish);
        if matches!(*wish, Wish::RotateDue) && self.plan(&wish).await?.is_empty() {
            return Ok(Vec::new());
        }
        for _ in 0..ATTEMPTS {
            let turn = self.turn.lock().await;
            let base = self.base().await?;
            let steps = match self.plan(&wish).await {
                Ok(steps) => steps,
                Err(Failure::NotThere) => {
                    // Perhaps an earlier attempt removed it, and not everywhere.
                    drop(turn);
                    self.wait(&base.epoch, &base.of(&wish)).await?;
                    return Err(Failure::NotThere);
                }
                Err(failure) => return Err(failure),
            };
            if steps.is_empty() {
                drop(turn);
                self.wait(&base.epoch, &base.of(&wish)).await?;
                return Ok(Vec::new());
            }
            let mut goal = BTreeMap::new();
            let (mut conditions, mut values, mut entries) = (Vec::new(), Vec::new(), Vec::new());
            for step in &steps {
                let known = base.stored.get(step.name);
                let generation = known.map_or(0, |(_, stored)| stored.generation) + 1;
                let after = step.after.as_ref();
                let stored = Stored {
                    generation,
                    certificate: after.map(|pair| pair.certificate.clone()),
                    key: after.and_then(|pair| pair.key.clone()),
                    action: action.to_owned(),
                    node: self.node.clone(),
                    at: clock::now().to_string(),
                    deed: deed.clone(),
                };
                let key = self.path("names", step.name);
                let value = self.sealed(&base.epoch, step.name, &stored);
                values.push((key.clone(), value.map_err(Trouble::failure)?));
                conditions.push((key, known.map_or(0, |(revision, _)| *revision)));
                entries.push(changed(step, Some(generation)));
                goal.insert(step.name, generation);
            }
            let (here, own) = (Arc::clone(&self.here), deed.clone());
            let begun = task::spawn_blocking(move || here.audit.begin(action, &own, &entries));
            let begun = begun
                .await
                .map_err(|_| broken_off())?
                .map_err(|error| audit(&error))?;
            let put = self.put(&base, &conditions, &values).await;
            drop(turn);
            let (result, again) = match put {
                Ok(true) => {
                    // The watch would do it as well, and a moment later.
                    let _ = self.catch_up().await;
                    (self.wait(&base.epoch, &goal).await, false)
                }
                Ok(false) => {
                    let what = "somebody else changed it meanwhile: it is tried again";
                    (Err(Failure::Broken(what.to_owned())), true)
                }
                Err(failure) => (Err(failure), false),
            };
            let ended = result.as_ref().err().map(ToString::to_string);
            let here = Arc::clone(&self.here);
            let end = move || {
                let ended = ended.as_deref().map_or(Ended::Done, Ended::Failed);
                here.audit.end(begun, ended)
            };
            let end = task::spawn_blocking(end).await.map_err(|_| broken_off())?;
            if again {
                continue;
            }
            result?;
            end.map_err(|error| audit(&error))?;
            return Ok(steps.iter().map(|step| step.name).collect());
        }
        let what = "the cluster: others change the same certificates all the time";
        Err(Failure::Unreachable(what.to_owned()))
    }

    async fn plan(&self, wish: &Arc<Wish>) -> Result<Vec<Step>, Failure> {
        let (here, wish) = (Arc::clone(&self.here), Arc::clone(wish));
        let plan = move || here.directory.plan(&wish, clock::now());
        task::spawn_blocking(plan).await.map_err(|_| broken_off())?
    }

    /// The store as it is, with the files of this node like it.
    async fn base(&self) -> Result<Names, Failure> {
        match self.catch_up().await {
            Err(Trouble::Empty) => {}
            result => return result.map_err(Trouble::failure),
        }
        self.join().await.map_err(Trouble::failure)?;
        self.seed(Filling::Nothing)
            .await
            .map_err(Trouble::failure)?;
        self.catch_up().await.map_err(Trouble::failure)
    }

    async fn put(
        &self,
        base: &Names,
        conditions: &[(String, i64)],
        values: &[(String, String)],
    ) -> Result<bool, Failure> {
        let member = self.path("nodes/member", &self.node);
        let seed = self.path("names", SEED);
        let mut compare: Vec<_> = conditions
            .iter()
            .map(|(key, revision)| Compare::Revision(key, *revision))
            .collect();
        compare.push(Compare::Exists(&member));
        compare.push(Compare::Revision(&seed, base.seeded));
        let puts: Vec<_> = values
            .iter()
            .map(|(key, value)| Put::Kept(key, value))
            .collect();
        let put = self.etcd.transact(&compare, &puts).await;
        put.map(|revision| revision.is_some())
            .map_err(|error| Trouble::from(error).failure())
    }

    /// Waits until every member has these generations, or later ones. It stops early where those that have
    /// not cannot: they are not there, or told that they fail.
    async fn wait(&self, epoch: &str, goal: &BTreeMap<&str, u64>) -> Result<(), Failure> {
        let end = Instant::now() + self.patience;
        let mut lagging: Option<Vec<String>> = None;
        while let Ok(result) = time::timeout_at(end, self.look(epoch, goal, &mut lagging)).await {
            match result {
                Ok(()) => return lagging.map_or(Ok(()), |lagging| Err(Failure::Lagging(lagging))),
                Err(error) => {
                    tracing::warn!("The nodes cannot be watched: {error}");
                    time::sleep(APART.min(end - Instant::now())).await;
                }
            }
        }
        Err(match lagging {
            Some(lagging) => Failure::Lagging(lagging),
            None => Trouble::from(EtcdError::Silent("the nodes are not told of".into())).failure(),
        })
    }

    async fn look(
        &self,
        epoch: &str,
        goal: &BTreeMap<&str, u64>,
        lagging: &mut Option<Vec<String>>,
    ) -> Result<(), EtcdError> {
        let prefix = self.prefix("nodes");
        let range = self.etcd.range(&prefix).await?;
        let mut watch = self.etcd.watch(&prefix, range.revision + 1).await?;
        let mut nodes = Nodes::default();
        nodes.learn(&prefix, range.found);
        loop {
            let behind = nodes.behind(epoch, goal);
            let hopeless = behind.iter().all(|(_, hope)| *hope == Hope::Gone);
            let told: Vec<String> = behind.into_iter().map(|(told, _)| told).collect();
            *lagging = (!told.is_empty()).then_some(told);
            if hopeless {
                return Ok(());
            }
            nodes.learn(&prefix, watch.next().await?);
        }
    }

    /// Every node with what it has applied.
    pub(crate) async fn nodes(&self) -> Result<Overview, Failure> {
        let failure = |error: EtcdError| Trouble::from(error).failure();
        let prefix = self.prefix("nodes");
        let mut nodes = Nodes::default();
        nodes.learn(
            &prefix,
            self.etcd.range(&prefix).await.map_err(failure)?.found,
        );
        let range = self
            .etcd
            .range(&self.prefix("names"))
            .await
            .map_err(failure)?;
        // As it is, also where this node has seen a later state.
        let anew = Standing {
            epoch: None,
            ..self.standing.lock().await.clone()
        };
        let names = match self.names(&range, &anew) {
            Ok(names) => Some(names),
            Err(Trouble::Empty) => None,
            Err(trouble) => return Err(trouble.failure()),
        };
        let (epoch, goal) = names
            .as_ref()
            .map_or((String::new(), BTreeMap::new()), |names| {
                (names.epoch.clone(), names.generations())
            });
        let rows = nodes.members.iter().map(|node| {
            let told = nodes.told.get(node).filter(|told| told.epoch == epoch);
            let certificates: Vec<_> = goal
                .iter()
                .map(|(name, generation)| NameView {
                    name: name.clone(),
                    generation: *generation,
                    applied: told.and_then(|told| told.names.get(name).copied()),
                })
                .collect();
            let is_same = |one: &NameView| one.applied == Some(one.generation);
            let failed = told.and_then(|told| told.failed.as_ref());
            NodeView {
                name: node.clone(),
                alive: nodes.alive.contains(node),
                in_step: failed.is_none() && certificates.iter().all(is_same),
                failed: failed.map(|failed| failed.what.clone()),
                certificates,
            }
        });
        Ok(Overview {
            cluster: self.cluster.clone(),
            node: self.node.clone(),
            nodes: rows.collect(),
        })
    }

    /// Takes a node out of the membership.
    pub(crate) async fn remove(
        &self,
        node: &str,
        whom: Whom,
        deed: Deed,
    ) -> Result<Removed, Failure> {
        let member = self.path("nodes/member", node);
        if !is_plain(node) {
            return Ok(Removed::Unknown);
        }
        let (here, entry) = (
            Arc::clone(&self.here),
            crate::audit::Changed::of("nodes", node),
        );
        let begun =
            task::spawn_blocking(move || here.audit.begin("remove-node", &deed, &[entry])).await;
        let begun = begun
            .map_err(|_| broken_off())?
            .map_err(|error| audit(&error))?;
        let (alive, applied) = (
            self.path("nodes/alive", node),
            self.path("nodes/applied", node),
        );
        let puts = [
            Put::Delete(&member),
            Put::Delete(&alive),
            Put::Delete(&applied),
        ];
        let mut conditions = vec![Compare::Exists(&member)];
        if whom == Whom::TheDead {
            conditions.push(Compare::Revision(&alive, 0));
        }
        let removed = match self.etcd.transact(&conditions, &puts).await {
            Ok(Some(_)) => Ok(Removed::Done),
            Ok(None) => self.why_not_removed(&member).await,
            Err(error) => Err(error),
        };
        let ended = match &removed {
            Ok(Removed::Done) => None,
            Ok(Removed::Unknown) => Some("there is no such node".to_owned()),
            Ok(Removed::Alive) => Some("it is alive".to_owned()),
            Err(error) => Some(error.to_string()),
        };
        let here = Arc::clone(&self.here);
        let end = move || {
            let ended = ended.as_deref().map_or(Ended::Done, Ended::Failed);
            here.audit.end(begun, ended)
        };
        let end = task::spawn_blocking(end).await;
        end.map_err(|_| broken_off())?
            .map_err(|error| audit(&error))?;
        removed.map_err(|error| Trouble::from(error).failure())
    }

    async fn why_not_removed(&self, member: &str) -> Result<Removed, EtcdError> {
        let members = self.etcd.range(&self.prefix("nodes/member")).await?;
        let is_there = members.found.iter().any(|found| found.key == member);
        Ok(if is_there {
            Removed::Alive
        } else {
            Removed::Unknown
        })
    }

    /// Opens everything that was read, and refuses what is older than what this node has.
    fn names(&self, range: &Range, standing: &Standing) -> Result<Names, Trouble> {
        let epoch = self.epoch(range)?.ok_or(Trouble::Empty)?;
        let seed = self.path("names", SEED);
        let seeded = range.found.iter().find(|found| found.key == seed);
        let mut names = Names {
            revision: range.revision,
            seeded: seeded.map_or(0, |found| found.revision),
            epoch,
            stored: BTreeMap::new(),
        };
        for name in Directory::names() {
            let key = self.path("names", name);
            let found = range.found.iter().find(|found| found.key == key);
            let stored = match found {
                None => None,
                Some(found) => {
                    let value = found.value.as_deref().unwrap_or_default();
                    let opened = self.open(&["ccs", &self.cluster, &names.epoch, name], value)?;
                    let stored: Stored = serde_json::from_slice(&opened).map_err(foreign)?;
                    Some((found.revision, stored))
                }
            };
            let generation = stored.as_ref().map_or(0, |(_, stored)| stored.generation);
            let known = standing.applied.get(name).copied().unwrap_or(0);
            if standing.epoch.as_ref() == Some(&names.epoch) && generation < known {
                return Err(Trouble::Foreign(format!(
                    "{name}: generation {generation} stands there, and {known} was there before"
                )));
            }
            names.stored.extend(stored.map(|stored| (name, stored)));
        }
        Ok(names)
    }

    fn epoch(&self, names: &Range) -> Result<Option<String>, Trouble> {
        let key = self.path("names", SEED);
        let Some(found) = names.found.iter().find(|found| found.key == key) else {
            return Ok(None);
        };
        let value = found.value.as_deref().unwrap_or_default();
        let opened = self.open(&["ccs", &self.cluster, SEED], value)?;
        Ok(Some(String::from_utf8_lossy(&opened).into_owned()))
    }

    fn sealed(&self, epoch: &str, name: &str, stored: &Stored) -> Result<String, Trouble> {
        let length = |text: Option<&str>| text.map_or(0, str::len);
        let key = stored.key.as_ref().map(|key| key.as_str());
        let length = length(stored.certificate.as_deref()) + length(key);
        // Roomy, so that no smaller buffer with a key in it is left behind.
        let mut text = Zeroizing::new(Vec::with_capacity(length * 2 + 4096));
        serde_json::to_writer(&mut *text, stored).map_err(foreign)?;
        self.seal(&["ccs", &self.cluster, epoch, name], &text)
    }

    fn seal(&self, place: &[&str], plain: &[u8]) -> Result<String, Trouble> {
        let sealed = self.key.seal(place, plain);
        let sealed = sealed.map_err(|_| foreign("there are no random numbers"))?;
        Ok(format!("{}.{sealed}", self.key.id()))
    }

    fn open(&self, place: &[&str], value: &str) -> Result<Zeroizing<Vec<u8>>, Trouble> {
        let what = place.last().copied().unwrap_or_default();
        let (id, sealed) = value.split_once('.').unwrap_or_default();
        self.key.open(place, sealed).map_err(|_| {
            let own = self.key.id();
            foreign(if id == own {
                format!("{what} was changed in the store")
            } else {
                format!("{what} was sealed with key {id}, and this node has {own}")
            })
        })
    }

    fn save(&self, standing: &Standing) -> Result<(), Trouble> {
        let text = serde_json::to_vec(standing).map_err(foreign)?;
        atomic::replace_secret(&self.file, &text)
            .map_err(|error| Trouble::Here(Failure::Broken(format!("{FILE}: {error}"))))
    }

    fn deed(&self) -> Deed {
        Deed {
            by: format!("cluster {}", self.cluster),
            ..Deed::default()
        }
    }

    fn prefix(&self, kind: &str) -> String {
        format!("/certlens/{}/{kind}/", self.cluster)
    }

    fn path(&self, kind: &str, name: &str) -> String {
        format!("{}{name}", self.prefix(kind))
    }
}

impl Standing {
    fn open(file: &Path, config: &Ccs) -> Result<Self, StartError> {
        let hint =
            "Give each node a data directory of its own. Remove ccs.json to let it join as new.";
        let wrong = |what: String| StartError::new(format!("{}: {what}", file.display()), hint);
        if !file.exists() {
            return Ok(Self {
                cluster: config.cluster.clone(),
                node: config.node.clone(),
                instance: URL_SAFE_NO_PAD.encode(*host_key::random()?),
                epoch: None,
                applied: BTreeMap::new(),
                told: None,
            });
        }
        let octets =
            files::read_at_most(file, 1 << 20).map_err(|error| wrong(error.to_string()))?;
        let found: Self =
            serde_json::from_slice(&octets).map_err(|error| wrong(error.to_string()))?;
        let (cluster, node) = (&found.cluster, &found.node);
        if (cluster, node) != (&config.cluster, &config.node) {
            return Err(wrong(format!("this is node {node} of {cluster}")));
        }
        Ok(found)
    }

    fn is_at(&self, epoch: &str, applied: &BTreeMap<String, u64>) -> bool {
        self.epoch.as_deref() == Some(epoch) && self.applied == *applied
    }
}

impl Names {
    fn pair(&self, name: &'static str) -> Option<Pair> {
        let (_, stored) = self.stored.get(name)?;
        Some(Pair {
            name,
            certificate: stored.certificate.clone()?,
            key: stored.key.clone(),
        })
    }

    fn generations(&self) -> BTreeMap<String, u64> {
        let stored = self.stored.iter();
        stored
            .map(|(name, (_, stored))| ((*name).to_owned(), stored.generation))
            .collect()
    }

    /// The generations of the names that a wish is about.
    fn of(&self, wish: &Wish) -> BTreeMap<&'static str, u64> {
        let stored = self.stored.iter();
        stored
            .filter(|(name, _)| wish.is_about(name))
            .map(|(name, (_, stored))| (*name, stored.generation))
            .collect()
    }
}

/// The nodes as the store tells of them.
#[derive(Default)]
struct Nodes {
    members: BTreeSet<String>,
    alive: BTreeSet<String>,
    told: BTreeMap<String, Told>,
}

/// Whether a node may still catch up while somebody waits.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Hope {
    Left,
    Gone,
}

impl Nodes {
    fn learn(&mut self, prefix: &str, changes: Vec<etcd::KeyValue>) {
        for change in changes {
            let path = change.key.strip_prefix(prefix).unwrap_or_default();
            let Some((kind, node)) = path.split_once('/') else {
                continue;
            };
            let node = node.to_owned();
            match (kind, change.value) {
                ("member", Some(_)) => _ = self.members.insert(node),
                ("member", None) => _ = self.members.remove(&node),
                ("alive", Some(_)) => _ = self.alive.insert(node),
                ("alive", None) => _ = self.alive.remove(&node),
                ("applied", Some(told)) => {
                    let told = serde_json::from_str(&told).unwrap_or_default();
                    self.told.insert(node, told);
                }
                ("applied", None) => _ = self.told.remove(&node),
                _ => {}
            }
        }
    }

    /// The members that have not got these generations, each with why.
    fn behind(&self, epoch: &str, goal: &BTreeMap<&str, u64>) -> Vec<(String, Hope)> {
        let mut behind = Vec::new();
        for node in &self.members {
            let told = self.told.get(node).filter(|told| told.epoch == epoch);
            let has = |(name, generation): (&&str, &u64)| {
                let applied = told.and_then(|told| told.names.get(*name));
                applied.is_some_and(|applied| generation <= applied)
            };
            if goal.iter().all(has) {
                continue;
            }
            let failed = told.and_then(|told| told.failed.as_ref());
            behind.push(match failed {
                _ if !self.alive.contains(node) => (format!("{node} (not there)"), Hope::Gone),
                Some(failed) => (format!("{node} ({})", failed.what), Hope::Gone),
                None => (node.clone(), Hope::Left),
            });
        }
        behind
    }
}

/// Which nodes may be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Whom {
    /// One whose lease ran out.
    TheDead,
    Anybody,
}

/// What became of a node that was to be removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Removed {
    Done,
    /// There is no such node.
    Unknown,
    /// It renews its lease, and only a dead one was to be removed.
    Alive,
}

/// What `GET /certlens/v1/nodes` answers.
#[derive(Debug, Serialize)]
pub(crate) struct Overview {
    cluster: String,
    /// The node that answers.
    node: String,
    nodes: Vec<NodeView>,
}

impl Overview {
    /// Each node with how it is, in one clause.
    pub(crate) fn told(&self) -> impl Iterator<Item = (&str, String)> {
        self.nodes.iter().map(|node| (&*node.name, node.told()))
    }
}

#[derive(Debug, Serialize)]
struct NodeView {
    name: String,
    alive: bool,
    in_step: bool,
    failed: Option<String>,
    certificates: Vec<NameView>,
}

impl NodeView {
    fn told(&self) -> String {
        let presence = if self.alive { "" } else { "not there, " };
        let behind = self.certificates.iter();
        let behind = behind.filter(|one| one.applied != Some(one.generation));
        let behind: Vec<&str> = behind.map(|one| &*one.name).collect();
        let state = match &self.failed {
            Some(failed) => format!("failed: {failed}"),
            None if behind.is_empty() => "in step".to_owned(),
            None => format!("behind: {}", behind.join(", ")),
        };
        format!("{presence}{state}")
    }
}

#[derive(Debug, Serialize)]
struct NameView {
    name: String,
    generation: u64,
    applied: Option<u64>,
}

/// What an empty store is filled with.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Filling {
    /// The certificates of this node, of which there must be some.
    Own,
    /// Nothing, if there is nothing.
    Nothing,
}

impl Trouble {
    fn failure(self) -> Failure {
        match self {
            Self::Here(failure) => failure,
            trouble => Failure::Unreachable(format!("the cluster: {trouble}")),
        }
    }
}

impl From<EtcdError> for Trouble {
    fn from(error: EtcdError) -> Self {
        Self::Etcd(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Etcd(error) => write!(f, "{error}"),
            Self::Empty => f.write_str("the store is empty, and so is this node"),
            Self::Removed => f.write_str(
                "this node was removed from the cluster: stop it, and remove ccs.json to let it join anew",
            ),
            Self::NoMember => f.write_str("this node is no member of the cluster"),
            Self::Taken => f.write_str(
                "another data directory goes by the name of this node: name it otherwise, or remove that one",
            ),
            Self::Foreign(what) => write!(f, "the store holds what cannot be taken: {what}"),
            Self::Here(failure) => write!(f, "{failure}"),
        }
    }
}

fn foreign(what: impl fmt::Display) -> Trouble {
    Trouble::Foreign(what.to_string())
}

fn random() -> Result<String, Trouble> {
    let octets = host_key::random().map_err(foreign)?;
    Ok(URL_SAFE_NO_PAD.encode(*octets))
}

/// Whether a text can be the name of a cluster or a node: it becomes part of a path.
pub(crate) fn is_plain(name: &str) -> bool {
    let plain = |octet: u8| octet.is_ascii_alphanumeric() || b"-_.".contains(&octet);
    (1..=64).contains(&name.len()) && name.bytes().all(plain)
}

const FILE: &str = "ccs.json";

/// No certificate is called so.
const SEED: &str = ".seed";

/// A node that was not heard of for so long is not there.
const LIFE: Duration = Duration::from_secs(5);

/// How often everything is read anew without a reason.
const ROUND: Duration = Duration::from_secs(30);

/// Between two attempts.
const APART: Duration = Duration::from_millis(500);

/// How often others may be quicker before a writer gives up.
const ATTEMPTS: u32 = 16;
