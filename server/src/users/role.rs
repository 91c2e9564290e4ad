//! What somebody may do.

use serde::{Deserialize, Serialize};

/// What a user or a token may do. The management roles of Redis Enterprise, and `monitor` for those
/// who only watch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
#[value(rename_all = "snake_case")]
pub enum Role {
    /// Everything, private keys included.
    Admin,
    /// Look at everything but private keys.
    ClusterMember,
    /// Look at everything but private keys.
    ClusterViewer,
    /// Look at everything but private keys.
    DbMember,
    /// Look at everything but private keys.
    DbViewer,
    /// Look at the certificates of Redis Enterprise.
    UserManager,
    /// Read the metrics, and what Elasticsearch shows to whoever holds `monitor`.
    Monitor,
    /// Nothing.
    None,
}

impl Role {
    /// What the role allows. For Redis Enterprise by the table of its documentation:
    /// `view_cluster_info` for every management role, `update_cluster` for `admin`
    /// (<https://redis.io/docs/latest/operate/rs/references/rest-api/permissions/>).
    pub fn permissions(self) -> &'static [Permission] {
        use Permission::{
            CreateCertificates, DeleteCertificates, ExportCertificates, ImportCertificates,
            Monitor, ReadCertificates, UpdateCluster, ViewClusterInfo,
        };
        match self {
            Self::Admin => &[
                Monitor,
                ViewClusterInfo,
                UpdateCluster,
                ReadCertificates,
                ImportCertificates,
                ExportCertificates,
                DeleteCertificates,
                CreateCertificates,
            ],
            Self::ClusterMember | Self::ClusterViewer | Self::DbMember | Self::DbViewer => {
                &[Monitor, ViewClusterInfo, ReadCertificates]
            }
            Self::UserManager => &[ViewClusterInfo],
            Self::Monitor => &[Monitor],
            Self::None => &[],
        }
    }

    /// The name in `users.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::ClusterMember => "cluster_member",
            Self::ClusterViewer => "cluster_viewer",
            Self::DbMember => "db_member",
            Self::DbViewer => "db_viewer",
            Self::UserManager => "user_manager",
            Self::Monitor => "monitor",
            Self::None => "none",
        }
    }
}

/// One thing that a role allows, by the vendors' own names where they have one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Permission {
    /// Elasticsearch: the cluster privilege `monitor`. Also opens `/metrics`.
    Monitor,
    /// Redis Enterprise: `view_cluster_info`.
    ViewClusterInfo,
    /// Redis Enterprise: `update_cluster`. Private keys are for those who may replace them.
    UpdateCluster,
    /// IIS: read what the stores' claims allow.
    ReadCertificates,
    /// IIS: put certificates into stores whose claims allow it.
    ImportCertificates,
    /// IIS: take certificates with their private keys out of stores whose claims allow it.
    ExportCertificates,
    /// IIS: delete certificates from stores whose claims allow it.
    DeleteCertificates,
    /// IIS: make certificates in stores whose claims allow it.
    CreateCertificates,
}

#[cfg(test)]
mod tests {
    use clap::ValueEnum;

    use super::*;

    #[test]
    fn a_role_has_one_name_in_files_and_on_the_command_line() {
        for role in Role::value_variants() {
            assert_eq!(serde_json::to_value(role).unwrap(), role.name());
            let typed = role.to_possible_value().unwrap();
            assert_eq!(typed.get_name(), role.name());
        }
    }

    #[test]
    fn only_admin_changes_anything_or_sees_keys() {
        use Permission::{Monitor, ReadCertificates, ViewClusterInfo};
        let looks = [Monitor, ViewClusterInfo, ReadCertificates];
        for role in Role::value_variants() {
            let only_looks = role.permissions().iter().all(|one| looks.contains(one));
            assert_eq!(only_looks, *role != Role::Admin, "{}", role.name());
        }
    }
}
