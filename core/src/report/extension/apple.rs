//! What Apple's certificates say.

use serde::{Deserialize, Serialize};

/// A topic that a certificate may send notifications to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct PushTopic {
    /// The topic: `com.example.app.voip`.
    pub topic: String,
    /// What it is of: `app`, `voip`, `complication`.
    pub kinds: Vec<String>,
}
