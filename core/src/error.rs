//! Why some input could not be read, and where.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::limits::figure;

/// Why some input could not be read, and where: a kind, a place and a path.
///
/// Prints as `certificate › validity › notAfter: expected UTCTime or GeneralizedTime, found INTEGER
/// (byte 158)`. What to do about it is a separate sentence, [`Error::hint`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Error {
    kind: ErrorKind,
    /// Offset into the bytes the caller gave us, never into an inner copy.
    offset: usize,
    /// What was being read, outermost first.
    path: Vec<&'static str>,
}

/// The ways in which reading fails.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Nothing was given.
    Empty,
    /// The bytes are of no kind that is read here. Says what they look like, where that is known.
    Unrecognised {
        /// What the bytes look like instead, such as `a PNG picture`.
        looks_like: Option<&'static str>,
    },
    /// The input ends before the value does.
    Truncated {
        /// Octets that the value announces and that are not there.
        missing: usize,
    },
    /// Something else stands where a value was expected.
    Unexpected {
        /// What should stand here.
        expected: &'static str,
        /// What stands here.
        found: String,
    },
    /// The value is of the right type, yet says something that it must not.
    Malformed {
        /// What is wrong, as a clause: `month 13 does not exist`.
        what: String,
    },
    /// A cipher, digest or version that is known to exist, but is not read here.
    Unsupported {
        /// What it is, by name or object identifier.
        what: String,
    },
    /// A limit of [`crate::Limits`] was exceeded.
    LimitExceeded {
        /// What was limited: `key derivation rounds`.
        what: &'static str,
        /// The figure found in the input.
        found: u64,
        /// The figure allowed.
        allowed: u64,
    },
    /// The content is sealed and no password was given.
    PasswordNeeded,
    /// The content is sealed and none of the given passwords opens it.
    PasswordWrong,
}

impl Error {
    /// An error of this kind at this offset of the caller's bytes.
    pub(crate) fn new(kind: ErrorKind, offset: usize) -> Self {
        Self {
            kind,
            offset,
            path: Vec::new(),
        }
    }

    /// The same error, seen from one level further out.
    #[must_use]
    pub(crate) fn within(mut self, part: &'static str) -> Self {
        self.path.insert(0, part);
        self
    }

    /// The same error, its offset counted in other bytes.
    #[must_use]
    pub(crate) fn moved_to(mut self, offset: usize) -> Self {
        self.offset = offset;
        self
    }

    /// Why reading failed.
    pub fn kind(&self) -> &ErrorKind {
        &self.kind
    }

    /// Where reading failed: an offset into the bytes that the caller gave.
    pub fn offset(&self) -> usize {
        self.offset
    }

    /// Whether a limit was exceeded: then whatever follows would exceed it too.
    pub(crate) fn is_limit(&self) -> bool {
        matches!(self.kind, ErrorKind::LimitExceeded { .. })
    }

    /// What was being read, outermost first.
    pub fn path(&self) -> &[&'static str] {
        &self.path
    }

    /// What to do about it.
    pub fn hint(&self) -> &'static str {
        match &self.kind {
            ErrorKind::Empty => "The file holds no bytes. Copy it again from where it came.",
            ErrorKind::Unrecognised { .. } => {
                "certlens reads PEM and DER certificates, PKCS#12 (.p12, .pfx), PKCS#7 (.p7b) and Java keystores (JKS, JCEKS, BKS, UBER, BCFKS)."
            }
            ErrorKind::Truncated { .. } => {
                "The file ends too early. Copy it again, in binary mode."
            }
            ErrorKind::Unexpected {
                expected: "an -----END line",
                ..
            } => {
                "The last line of the block is missing. Copy the whole block again, or add the line."
            }
            ErrorKind::Unexpected {
                expected: "base64 text",
                found,
            } if found == "'\\'" => "The text has \\n written out. Put line breaks in their place.",
            ErrorKind::Unexpected { .. } | ErrorKind::Malformed { .. } => {
                "The file does not follow its standard here. Ask whoever made it for another copy."
            }
            ErrorKind::Unsupported { .. } => {
                "Convert the file with the tool that made it, for example to PEM."
            }
            ErrorKind::LimitExceeded { what, .. } if what.contains("rounds") => {
                "It would take minutes or more. If you trust the file, have it written again with fewer rounds, as openssl pkcs12 -export -iter 600000 and openssl pkcs8 -topk8 -iter 600000 do."
            }
            ErrorKind::LimitExceeded { what, .. } if what.contains("memory") => {
                "If you trust the file, have it written again with less memory, or with PBKDF2."
            }
            ErrorKind::LimitExceeded { what, .. } if what.contains("nested") => {
                "No file of use nests so deeply. Ask whoever made it for another copy."
            }
            ErrorKind::LimitExceeded { .. } => {
                "If you trust the file, split it, and give its parts one by one."
            }
            ErrorKind::PasswordNeeded => "Give the password of the file.",
            ErrorKind::PasswordWrong => {
                "Try another password. Keystores made by keytool often use `changeit`."
            }
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.path.is_empty() {
            write!(f, "{}: ", self.path.join(" › "))?;
        }
        write!(f, "{}", self.kind)?;
        match self.kind {
            ErrorKind::Empty | ErrorKind::PasswordNeeded | ErrorKind::PasswordWrong => Ok(()),
            _ => write!(f, " (byte {})", self.offset),
        }
    }
}

impl fmt::Display for ErrorKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("expected a certificate file, found no bytes at all"),
            Self::Unrecognised {
                looks_like: Some(what),
            } => {
                write!(
                    f,
                    "expected a certificate file, found what looks like {what}"
                )
            }
            Self::Unrecognised { looks_like: None } => {
                f.write_str("expected a certificate file, found bytes of no known kind")
            }
            Self::Truncated { missing } => {
                write!(f, "ends too early, {missing} more bytes are needed")
            }
            Self::Unexpected { expected, found } => {
                write!(f, "expected {expected}, found {found}")
            }
            Self::Malformed { what } => f.write_str(what),
            Self::Unsupported { what } => write!(f, "{what} is not supported"),
            Self::LimitExceeded {
                what,
                found,
                allowed,
            } => {
                write!(f, "expected at most {allowed} {what}, found {found}")
            }
            Self::PasswordNeeded => f.write_str("the content is sealed and needs a password"),
            Self::PasswordWrong => f.write_str("password does not match"),
        }
    }
}

impl std::error::Error for Error {}

/// An [`Error`] as it stands in a report: sentence, place and hint, ready to be shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "wire", derive(crate::wire::Write, crate::wire::Read))]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// A stable name of the kind: `empty`, `unrecognised`, `truncated`, `unexpected`, `malformed`,
    /// `unsupported`, `limit-exceeded`, `password-needed` or `password-wrong`.
    pub code: String,
    /// What happened, in one sentence without a full stop.
    pub message: String,
    /// What to do about it.
    pub hint: String,
    /// What was being read, outermost first.
    pub path: Vec<String>,
    /// Offset into the input, in bytes.
    pub offset: u64,
}

impl From<&Error> for Problem {
    fn from(error: &Error) -> Self {
        Self {
            code: match error.kind {
                ErrorKind::Empty => "empty",
                ErrorKind::Unrecognised { .. } => "unrecognised",
                ErrorKind::Truncated { .. } => "truncated",
                ErrorKind::Unexpected { .. } => "unexpected",
                ErrorKind::Malformed { .. } => "malformed",
                ErrorKind::Unsupported { .. } => "unsupported",
                ErrorKind::LimitExceeded { .. } => "limit-exceeded",
                ErrorKind::PasswordNeeded => "password-needed",
                ErrorKind::PasswordWrong => "password-wrong",
            }
            .to_owned(),
            message: error.to_string(),
            hint: error.hint().to_owned(),
            path: error.path.iter().map(|&part| part.to_owned()).collect(),
            offset: figure(error.offset),
        }
    }
}
