//! What is asked of a path: purposes, profiles, and the work that it may cost.

use serde::{Deserialize, Serialize};

use crate::host_name::HostName;
use crate::time::UnixTime;

/// What a certificate is judged for.
#[derive(Clone, Debug)]
pub struct Question {
    /// The instant that validity is judged at.
    pub at: UnixTime,
    /// What the certificate is to be used for.
    pub purpose: Purpose,
    /// The host that must be among its names.
    pub host: Option<HostName>,
    /// How strictly it is judged.
    pub rules: Rules,
    /// Which policies are asked for.
    pub policies: PolicyDemand,
    /// What it may cost.
    pub budget: Budget,
}

impl Question {
    /// Asks for nothing but this purpose at this instant, by the rules of the profile.
    pub fn new(at: UnixTime, purpose: Purpose, profile: Profile) -> Self {
        Self {
            at,
            purpose,
            host: None,
            rules: Rules::of(profile),
            policies: PolicyDemand::default(),
            budget: Budget::default(),
        }
    }
}

/// What a certificate is to be used for. Serialised by its name, or as a dotted identifier.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(into = "String", try_from = "String")]
#[non_exhaustive]
pub enum Purpose {
    /// Nothing in particular: purposes are not looked at.
    Any,
    /// A TLS server.
    Server,
    /// A TLS client.
    Client,
    /// Signed or encrypted mail.
    Email,
    /// Signed code.
    Code,
    /// Time stamps.
    TimeStamping,
    /// Answers about revocation.
    Ocsp,
    /// An authority: the certificate itself may issue others.
    Ca,
    /// A node of Elasticsearch on its transport layer: server and client at once.
    ElasticsearchTransport,
    /// The HTTP layer of Elasticsearch.
    ElasticsearchHttp,
    /// Encryption between the nodes of Redis Enterprise: server and client at once, by an RSA key.
    RedisInternode,
    /// The proxy of Redis Enterprise.
    RedisProxy,
    /// A site of IIS.
    IisSite,
    /// Any other, by the dotted identifier that `extKeyUsage` has to name.
    Other(String),
}

impl Purpose {
    /// Every purpose with a name of its own.
    pub const NAMED: [Self; 13] = [
        Self::Any,
        Self::Server,
        Self::Client,
        Self::Email,
        Self::Code,
        Self::TimeStamping,
        Self::Ocsp,
        Self::Ca,
        Self::ElasticsearchTransport,
        Self::ElasticsearchHttp,
        Self::RedisInternode,
        Self::RedisProxy,
        Self::IisSite,
    ];

    /// What it is called on a command line.
    pub fn name(&self) -> &str {
        match self {
            Self::Any => "any",
            Self::Server => "server",
            Self::Client => "client",
            Self::Email => "email",
            Self::Code => "code",
            Self::TimeStamping => "time-stamping",
            Self::Ocsp => "ocsp",
            Self::Ca => "ca",
            Self::ElasticsearchTransport => "elasticsearch-transport",
            Self::ElasticsearchHttp => "elasticsearch-http",
            Self::RedisInternode => "redis-internode",
            Self::RedisProxy => "redis-proxy",
            Self::IisSite => "iis-site",
            Self::Other(oid) => oid,
        }
    }

    /// The purpose of this name, or of this dotted identifier.
    pub fn parse(text: &str) -> Option<Self> {
        let named = Self::NAMED.into_iter().find(|one| one.name() == text);
        named.or_else(|| {
            let dotted = text.contains('.')
                && text
                    .split('.')
                    .all(|arc| !arc.is_empty() && arc.bytes().all(|octet| octet.is_ascii_digit()));
            dotted.then(|| Self::Other(text.to_owned()))
        })
    }

    /// The identifiers that `extKeyUsage` has to name, all of them.
    pub(crate) fn identifiers(&self) -> Vec<&str> {
        match self {
            Self::Any | Self::Ca => Vec::new(),
            Self::Server | Self::ElasticsearchHttp | Self::RedisProxy | Self::IisSite => {
                vec![SERVER]
            }
            Self::Client => vec![CLIENT],
            Self::Email => vec!["1.3.6.1.5.5.7.3.4"],
            Self::Code => vec!["1.3.6.1.5.5.7.3.3"],
            Self::TimeStamping => vec!["1.3.6.1.5.5.7.3.8"],
            Self::Ocsp => vec!["1.3.6.1.5.5.7.3.9"],
            Self::ElasticsearchTransport | Self::RedisInternode => vec![SERVER, CLIENT],
            Self::Other(oid) => vec![oid],
        }
    }

    /// The bits of `keyUsage` of which the leaf needs one: names, and a mask with the first bit highest.
    pub(crate) fn key_usage(&self) -> Option<(&'static str, u16)> {
        match self {
            Self::Any | Self::Other(_) => None,
            Self::Server
            | Self::ElasticsearchHttp
            | Self::ElasticsearchTransport
            | Self::RedisInternode
            | Self::RedisProxy
            | Self::IisSite => Some((
                "digitalSignature, keyEncipherment or keyAgreement",
                0x8000 | 0x2000 | 0x0800,
            )),
            Self::Client => Some(("digitalSignature or keyAgreement", 0x8000 | 0x0800)),
            Self::Email => Some((
                "digitalSignature, nonRepudiation, keyEncipherment or keyAgreement",
                0x8000 | 0x4000 | 0x2000 | 0x0800,
            )),
            Self::Code => Some(("digitalSignature", 0x8000)),
            Self::TimeStamping | Self::Ocsp => {
                Some(("digitalSignature or nonRepudiation", 0x8000 | 0x4000))
            }
            Self::Ca => Some(("keyCertSign", 0x0400)),
        }
    }

    /// Whether `extKeyUsage` must be there whatever the profile says (RFC 3161, 2.3; RFC 6960, 4.2.2.2;
    /// Redis refuses internode certificates without it).
    pub(crate) fn must_be_stated(&self) -> bool {
        matches!(
            self,
            Self::TimeStamping | Self::Ocsp | Self::Code | Self::RedisInternode
        )
    }

    /// Whether it is TLS, which the browsers' rules are about.
    pub(crate) fn is_tls(&self) -> bool {
        self.identifiers().contains(&SERVER) || *self == Self::Client
    }
}

impl From<Purpose> for String {
    fn from(purpose: Purpose) -> Self {
        purpose.name().to_owned()
    }
}

impl TryFrom<String> for Purpose {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Self::parse(&text).ok_or_else(|| format!("expected the name of a purpose, found {text}"))
    }
}

const SERVER: &str = "1.3.6.1.5.5.7.3.1";
const CLIENT: &str = "1.3.6.1.5.5.7.3.2";

/// How strictly a path is judged.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub enum Profile {
    /// RFC 5280, section 6, alone: anchors are a name and a key, SHA-1 and short keys pass.
    Legacy,
    /// The same with strong digests and keys, and with what an anchor says of itself, as OpenSSL and
    /// most servers judge.
    #[default]
    Standard,
    /// The same, and issuers must have kept the rules of RFC 5280 for what they issue.
    Strict,
    /// The same, by the rules of the browsers for public TLS certificates.
    Webpki,
}

impl Profile {
    /// Every profile, from the mildest on.
    pub const ALL: [Self; 4] = [Self::Legacy, Self::Standard, Self::Strict, Self::Webpki];

    /// What it is called on a command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Legacy => "legacy",
            Self::Standard => "standard",
            Self::Strict => "strict",
            Self::Webpki => "webpki",
        }
    }

    /// The profile of this name.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|one| one.name() == text)
    }
}

/// Whether something is let pass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// It is noted.
    Accept,
    /// The path is refused for it.
    Refuse,
}

/// Whether something that stands in an anchor counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Regard {
    /// It does not count: RFC 5280 takes the name and the key of an anchor and nothing else.
    Ignore,
    /// It counts as it would in an intermediate authority (RFC 5937).
    Apply,
}

/// Whether the judged certificate may itself be an anchor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LeafAnchor {
    /// A path needs an issuer.
    Refuse,
    /// It may, if it is signed by its own key.
    SelfSigned,
    /// It may: who put it among the anchors trusts it as it is.
    Accept,
}

/// Whether revocation lists have to be there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RevocationDemand {
    /// They count for the certificates whose issuers have one.
    WhereListed,
    /// Each certificate below the anchor needs one that is current, for all reasons.
    Always,
}

/// The rules that a path is judged by: those of a profile, or of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// What issuers must have done, and what the verdict calls itself.
    pub profile: Profile,
    /// Whether an anchor's validity period counts.
    pub anchor_validity: Regard,
    /// Whether an anchor's own constraints count: path length, names, policies, key usage, purposes.
    pub anchor_constraints: Regard,
    /// Whether an anchor has to say that it is an authority.
    pub anchor_authority: Regard,
    /// Whether the judged certificate may itself be an anchor.
    pub leaf_anchor: LeafAnchor,
    /// SHA-1 in signatures below the anchor. MD5 is always refused.
    pub sha1: Treatment,
    /// Bits that an RSA or DSA key must have.
    pub rsa_bits: u32,
    /// Bits that the field of a curve must have.
    pub curve_bits: u32,
    /// A key usage of the leaf that the purpose does not go with; RFC 5280, 6, does not look at it.
    pub leaf_key_usage: Treatment,
    /// `anyExtendedKeyUsage` of a leaf in place of the purpose.
    pub any_purpose: Treatment,
    /// The same of an authority.
    pub any_purpose_above: Treatment,
    /// A leaf that states no purpose.
    pub no_purpose: Treatment,
    /// An authority that states no purpose.
    pub no_purpose_above: Treatment,
    /// Authorities between leaf and anchor, self-issued ones aside.
    pub depth: usize,
    /// Whether revocation lists have to be there.
    pub revocation: RevocationDemand,
}

impl Rules {
    /// The rules of a profile.
    pub fn of(profile: Profile) -> Self {
        let strict = matches!(profile, Profile::Strict | Profile::Webpki);
        let of_anchor = if profile == Profile::Legacy {
            Regard::Ignore
        } else {
            Regard::Apply
        };
        let browsers = if profile == Profile::Webpki {
            Treatment::Refuse
        } else {
            Treatment::Accept
        };
        Self {
            profile,
            anchor_validity: of_anchor,
            anchor_constraints: of_anchor,
            anchor_authority: if strict {
                Regard::Apply
            } else {
                Regard::Ignore
            },
            leaf_anchor: if strict {
                LeafAnchor::Refuse
            } else {
                LeafAnchor::Accept
            },
            sha1: if profile == Profile::Legacy {
                Treatment::Accept
            } else {
                Treatment::Refuse
            },
            rsa_bits: if profile == Profile::Legacy {
                1024
            } else {
                2048
            },
            curve_bits: match profile {
                Profile::Legacy => 160,
                Profile::Standard => 224,
                Profile::Strict | Profile::Webpki => 256,
            },
            leaf_key_usage: if profile == Profile::Legacy {
                Treatment::Accept
            } else {
                Treatment::Refuse
            },
            any_purpose: browsers,
            any_purpose_above: Treatment::Accept,
            no_purpose: browsers,
            no_purpose_above: Treatment::Accept,
            depth: 10,
            revocation: RevocationDemand::WhereListed,
        }
    }

    /// Whether issuers must have kept the rules for what they issue.
    pub(crate) fn judges_issuers(&self) -> bool {
        matches!(self.profile, Profile::Strict | Profile::Webpki)
    }
}

/// Which certificate policies are asked for (RFC 5280, 6.1.1 (c), (e) to (g)).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyDemand {
    /// The policies that will do, as dotted identifiers; empty for any.
    pub initial: Vec<String>,
    /// Whether the path must be valid for one of them.
    pub explicit: bool,
    /// Whether policies of one domain may not be mapped to those of another.
    pub inhibit_mapping: bool,
    /// Whether `anyPolicy` does not count.
    pub inhibit_any: bool,
}

/// What judging may cost. Past it the verdict is a refusal that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// Signatures computed with. Stops a hundred authorities of one name from signing each other.
    pub signatures: u32,
    /// Certificates tried as the next of a path. Stops circles and crowds of cross-signs.
    pub candidates: u32,
    /// Paths walked to their end.
    pub paths: u32,
    /// Names compared with constraints. Stops a thousand names under a thousand constraints.
    pub comparisons: u32,
    /// Entries of revocation lists walked. Stops many certificates under many long lists.
    pub entries: u32,
}

impl Default for Budget {
    fn default() -> Self {
        Self {
            signatures: 128,
            candidates: 1024,
            paths: 64,
            comparisons: 1 << 20,
            entries: 20_000_000,
        }
    }
}
