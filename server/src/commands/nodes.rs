//! `certlens nodes`: the nodes of a cluster, for when one of them died.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::Subcommand;
use tokio::runtime::Builder;

use super::print;
use crate::app::{self, StartError};
use crate::audit::Deed;
use crate::cluster::{Cluster, Removed, Whom};
use crate::config::{Arguments, Config};
use crate::sealing::SealingKey;
use crate::stores::redis_enterprise::Failure;

/// What to do with nodes. A node's own configuration says which cluster it is about; no server has to run.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// List the nodes: whether each is there, and has what the cluster has
    List {
        /// Print JSON
        #[arg(long)]
        json: bool,
        /// Which cluster it is about.
        #[command(flatten)]
        of: OfCluster,
    },
    /// Remove a node for good: changes wait for it no more
    ///
    /// It does not come back by itself. To let it, stop it, remove `ccs.json` from its data directory, and
    /// start it.
    Remove {
        /// The name of the node
        #[arg(value_name = "NODE")]
        name: String,
        /// Remove it although it is alive: it goes on answering from its files, and follows no change
        #[arg(long)]
        alive: bool,
        /// Which cluster it is about.
        #[command(flatten)]
        of: OfCluster,
    },
}

/// Which cluster a command is about, as `certlens serve` is told.
#[derive(Debug, clap::Args)]
pub struct OfCluster {
    /// The data directory of a node
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// The configuration file of a node
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The etcd that the nodes share: `etcd://HOST:PORT[,HOST:PORT…]`, or `etcds://` for TLS
    #[arg(long, value_name = "ADDRESS")]
    ccs: Option<String>,
    /// The cluster
    #[arg(long, value_name = "NAME")]
    cluster: Option<String>,
    /// The node that the data directory belongs to
    #[arg(long, value_name = "NAME")]
    node: Option<String>,
    /// The key that private keys are sealed with, of `certlens keygen`
    #[arg(long, value_name = "FILE", env = "CERTLENS_CCS_KEY_FILE")]
    ccs_key_file: Option<PathBuf>,
}

/// Does it.
///
/// # Errors
/// When there is no such node, it is alive, or etcd does not answer.
pub fn run(command: &Command) -> Result<(), StartError> {
    match command {
        Command::List { json, of } => {
            let overview = of.ask(async |cluster| cluster.nodes().await)?;
            if *json {
                let text = serde_json::to_string_pretty(&overview).unwrap_or_default();
                let mut out = io::stdout().lock();
                // Nobody reads any more: there is no one left to tell.
                let _ = writeln!(out, "{text}");
                return Ok(());
            }
            let told: Vec<(&str, String)> = overview.told().collect();
            let lines: Vec<(&str, &str)> =
                told.iter().map(|(name, told)| (*name, &**told)).collect();
            print(&lines);
            Ok(())
        }
        Command::Remove { name, alive, of } => {
            let whom = if *alive { Whom::Anybody } else { Whom::TheDead };
            let deed = Deed {
                by: "command line".to_owned(),
                ..Deed::default()
            };
            match of.ask(async |cluster| cluster.remove(name, whom, deed).await)? {
                Removed::Done => {
                    print(&[("removed", name)]);
                    Ok(())
                }
                Removed::Unknown => Err(StartError::new(
                    format!("there is no node `{name}`"),
                    "`certlens nodes list` shows those that there are.",
                )),
                Removed::Alive => Err(StartError::new(
                    format!("`{name}` is alive"),
                    "Stop it first; five seconds later it counts as dead. With `--alive` it is removed all the \
                     same: it goes on answering from its files, and follows no change.",
                )),
            }
        }
    }
}

impl OfCluster {
    /// Asks the cluster something, without being one of its nodes.
    fn ask<T>(
        &self,
        question: impl AsyncFnOnce(Cluster) -> Result<T, Failure>,
    ) -> Result<T, StartError> {
        let config = Config::load(&Arguments {
            data: self.data.clone(),
            config: self.config.clone(),
            ccs: self.ccs.clone(),
            cluster: self.cluster.clone(),
            node: self.node.clone(),
            ccs_key_file: self.ccs_key_file.clone(),
            ..Arguments::default()
        })?;
        let (Some(ccs), Some(key)) = (&config.ccs, &config.ccs_key_file) else {
            return Err(StartError::new(
                "expected the configuration of a node, found no cluster in it",
                "Give what the node is started with: `--config FILE`, or `--data DIR --ccs etcd://HOST:PORT \
                 --cluster NAME --node NAME`.",
            ));
        };
        let here = app::here(&config.data, SealingKey::read(key)?);
        let cluster = Cluster::new(ccs, &config.data, SealingKey::read(key)?, here)?;
        let runtime = Builder::new_current_thread().enable_all().build();
        let runtime = runtime.map_err(app::no_threads)?;
        runtime.block_on(question(cluster)).map_err(|failure| {
            StartError::new(
                failure.to_string(),
                "Look whether etcd runs and is reached from here, and whether the key is that of the other nodes.",
            )
        })
    }
}
