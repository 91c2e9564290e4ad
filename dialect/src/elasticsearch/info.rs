use serde::{Deserialize, Serialize};

/// What `GET /` answers, by which clients know that they speak to Elasticsearch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Info {
    /// The node.
    pub name: String,
    /// The cluster.
    pub cluster_name: String,
    /// The cluster, for machines.
    pub cluster_uuid: String,
    /// The release.
    pub version: Version,
    /// `You Know, for Search`: clients look for exactly this.
    pub tagline: String,
}

/// The release, in [`Info`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// The release whose API is spoken.
    pub number: String,
    /// `default`.
    #[serde(default)]
    pub build_flavor: String,
    /// How it was packed.
    #[serde(default)]
    pub build_type: String,
    /// The commit it was built from.
    #[serde(default)]
    pub build_hash: String,
    /// When it was built.
    #[serde(default)]
    pub build_date: String,
    /// Whether it is a snapshot.
    #[serde(default)]
    pub build_snapshot: bool,
    /// The search engine's release.
    #[serde(default)]
    pub lucene_version: String,
    /// The oldest release of a node that it can talk to.
    #[serde(default)]
    pub minimum_wire_compatibility_version: String,
    /// The oldest release whose indices it can read.
    #[serde(default)]
    pub minimum_index_compatibility_version: String,
}
