//! Why a listing cannot be made, in the words of `org.elasticsearch.common.ssl`.

use std::fmt::Display;
use std::io;
use std::path::Path;

use certlens_core::Format;

use super::contexts::{Role, Source};
use super::keystore::Type;
use crate::files::ReadError;

/// Why the listing cannot be made: an `ssl_config_exception`.
#[derive(Debug)]
pub(crate) struct SettingsError {
    /// What went wrong with which file.
    pub(crate) reason: String,
    /// Type and message of the exception below it.
    pub(crate) cause: Option<(&'static str, String)>,
}

impl SettingsError {
    fn new(reason: String, cause: Option<(&'static str, String)>) -> Self {
        Self { reason, cause }
    }
}

/// The settings themselves cannot be read. Only the first line is told: what follows would quote the
/// file, and secrets stand in it.
pub(super) fn settings(path: &Path, error: &str) -> SettingsError {
    let first_line = error.lines().next().unwrap_or_default();
    let path = path.display();
    SettingsError::new(
        format!("cannot read settings [{path}] because {first_line}"),
        None,
    )
}

/// The file cannot be read, or holds nothing that is known.
pub(super) fn unreadable(source: &Source, path: &Path, error: &ReadError) -> SettingsError {
    let (what, shown) = (kind_of_file(source), path.display());
    match error {
        ReadError::Io(error) => match error.kind() {
            io::ErrorKind::NotFound => SettingsError::new(
                format!("cannot read configured {what} [{shown}] because the file does not exist"),
                Some(("no_such_file_exception", shown.to_string())),
            ),
            io::ErrorKind::PermissionDenied => SettingsError::new(
                format!("not permitted to read the {what} file [{shown}]"),
                Some(("access_denied_exception", shown.to_string())),
            ),
            _ => not_readable(source, path, error),
        },
        ReadError::Content(_) if source.is_pem() => no_certificate(path),
        ReadError::Content(error) => not_readable(source, path, error),
    }
}

/// A file for PEM text that holds no certificate.
pub(super) fn no_certificate(path: &Path) -> SettingsError {
    let path = path.display();
    SettingsError::new(
        format!("failed to parse any certificates from [{path}]"),
        None,
    )
}

/// A keystore whose type Java has no reader for.
pub(super) fn unknown_type(source: &Source, path: &Path) -> SettingsError {
    let (what, path) = (kind_of_file(source), path.display());
    let why = format!("{} not found", source.format);
    SettingsError::new(
        format!("cannot load {what} from [{path}] due to KeyStoreException ({why})"),
        Some(("key_store_exception", why)),
    )
}

/// A file that is no keystore, or one of another type.
pub(super) fn not_of_the_type(source: &Source, path: &Path, kind: Type) -> SettingsError {
    let why = match kind {
        Type::Pkcs12 => "it is no PKCS#12 keystore",
        _ => "Invalid keystore format",
    };
    not_readable(source, path, why)
}

/// A keystore that was sealed with another password.
pub(super) fn wrong_password(source: &Source, path: &Path, format: Format) -> SettingsError {
    let (what, path) = (kind_of_file(source), path.display());
    let given = match &source.password {
        Some(_) => "a keystore password was provided",
        None => "no password was provided",
    };
    let why = match format {
        Format::Jks | Format::Jceks => "Keystore was tampered with, or password was incorrect",
        _ => "keystore password was incorrect",
    };
    SettingsError::new(
        format!(
            "cannot read configured {what} [{path}] - this is usually caused by an incorrect \
             password; ({given})"
        ),
        Some(("i_o_exception", why.to_owned())),
    )
}

fn not_readable(source: &Source, path: &Path, why: impl Display) -> SettingsError {
    let (what, path) = (kind_of_file(source), path.display());
    SettingsError::new(
        format!("cannot read configured {what} [{path}] - {why}"),
        Some(("i_o_exception", why.to_string())),
    )
}

fn kind_of_file(source: &Source) -> String {
    let format = &source.format;
    match (source.is_pem(), source.role) {
        (true, Role::Identity) => "PEM certificate".to_owned(),
        (true, Role::Trust) => "PEM certificate_authorities".to_owned(),
        (false, Role::Identity) => format!("[{format}] keystore"),
        (false, Role::Trust) => format!("[{format}] keystore (as a truststore)"),
    }
}
