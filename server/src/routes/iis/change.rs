//! What changes a store, or takes a certificate out of one. The documentation plans it and tells no shapes:
//! paths, members and failures are those that the product's import and export had before they were taken
//! back, with the file in the body in place of one on the server.

use std::net::IpAddr;
use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use certlens_core::{Password, UnixTime};
use zeroize::Zeroizing;

use super::body::{Object, invalid};
use super::error::Error;
use super::view::{self, View};
use super::{Id, find, opened};
use crate::app::App;
use crate::audit::{Changed, Deed};
use crate::clock;
use crate::stores::iis::{Export, Import, Opened, Refused, Row, Store, Wish};
use crate::users::{Permission, User};

/// `DELETE /api/certificates/{id}`: out of its store, with its private key.
pub(super) async fn delete(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    Id(id): Id,
) -> Result<StatusCode, Error> {
    let stores = opened(&app).await?;
    let (store, row) = find(&stores, &id)?;
    view::may(&user, Permission::DeleteCertificates, store)?;
    let what = entry(store, &row.thumbprint());
    let deleted = app.iis.delete(store, row);
    audited(&app, "delete", deed, what, deleted, |()| Vec::new()).await?;
    log(&user, store, &row.thumbprint(), "Deleted a certificate");
    Ok(StatusCode::NO_CONTENT)
}

/// `POST /api/certificates`: a new certificate that vouches for itself, with its private key.
///
/// ```json
/// {"store": {"id": "…"}, "alias": "…", "subject_alternative_names": ["www.corp.example"],
///  "valid_to": "2027-01-01T00:00:00Z", "exportable": false}
/// ```
pub(super) async fn create(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    view: View,
    mut body: Object,
) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let store = target(&stores, &mut body, &user, Permission::CreateCertificates)?;
    let now = clock::now();
    let wish = Wish {
        alias: alias(&mut body)?,
        names: names(&mut body)?,
        not_before: now,
        not_after: valid_to(&mut body, now)?,
        exportable: body.truth("exportable", false)?,
    };
    let made = |row: &Arc<Row>| vec![entry(store, &row.thumbprint())];
    let created = app.iis.create(store, wish);
    let row = audited(&app, "create", deed, entry(store, NEW), created, made).await?;
    log(&user, store, &row.thumbprint(), "Created a certificate");
    Ok(view.created(store, &row))
}

/// A name for people. What is not printed has no place in it.
fn alias(body: &mut Object) -> Result<String, Error> {
    let alias = body.text("alias")?.unwrap_or_default();
    if 256 < alias.chars().count() || alias.contains(char::is_control) {
        return Err(invalid(
            "alias",
            "Expected at most 256 characters that can be printed",
        ));
    }
    Ok(alias.to_string())
}

/// Host names and addresses, bare or as `DNS Name=…` and `IP Address=…`.
fn names(body: &mut Object) -> Result<Vec<String>, Error> {
    const MEMBER: &str = "subject_alternative_names";
    let bare = |name: String| {
        let value = ["DNS Name=", "IP Address="]
            .iter()
            .find_map(|label| name.strip_prefix(label));
        value.map_or(name.clone(), ToOwned::to_owned)
    };
    let names: Vec<String> = body.texts(MEMBER)?.into_iter().map(bare).collect();
    let is_host = |name: &String| {
        let label = |label: &str| {
            (1..=63).contains(&label.len())
                && label
                    .bytes()
                    .all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
        };
        let host = name.strip_prefix("*.").unwrap_or(name);
        name.parse::<IpAddr>().is_ok() || (name.len() <= 253 && host.split('.').all(label))
    };
    if names.is_empty() || 100 < names.len() || !names.iter().all(is_host) {
        return Err(invalid(MEMBER, "Expected 1 to 100 host names or addresses"));
    }
    Ok(names)
}

/// The last instant: a year from now, where nothing is said.
fn valid_to(body: &mut Object, now: UnixTime) -> Result<UnixTime, Error> {
    let Some(text) = body.text("valid_to")? else {
        return Ok(UnixTime::from_seconds(now.seconds() + 365 * 86_400));
    };
    let last = UnixTime::parse(&text).filter(|last| now < *last && *last <= UnixTime::NEVER);
    last.ok_or_else(|| {
        invalid(
            "valid_to",
            "Expected an instant to come: 2027-01-01T00:00:00Z",
        )
    })
}

/// `POST /api/certificates/imports`: the certificates of a file, into a store.
///
/// ```json
/// {"store": {"id": "…"}, "file": {"content": "base64"}, "password": "…",
///  "persist_key": true, "exportable": false}
/// ```
pub(super) async fn import(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    view: View,
    mut body: Object,
) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let store = target(&stores, &mut body, &user, Permission::ImportCertificates)?;
    let content = body.below("file", "file.content", "content")?;
    let content = STANDARD
        .decode(content.trim())
        .map_err(|_| invalid("file.content", "Expected base64"))?;
    let import = Import {
        content: Zeroizing::new(content),
        password: body
            .text("password")?
            .map(|text| Password::from(text.as_str())),
        persist_key: body.truth("persist_key", true)?,
        exportable: body.truth("exportable", false)?,
    };
    let made = |rows: &Vec<Arc<Row>>| {
        let entries = rows.iter().map(|row| entry(store, &row.thumbprint()));
        entries.collect()
    };
    let imported = app.iis.import(store, import);
    let rows = audited(&app, "import", deed, entry(store, NEW), imported, made).await?;
    for row in &rows {
        log(&user, store, &row.thumbprint(), "Imported a certificate");
    }
    Ok(view.added(store, &rows))
}

/// `POST /api/certificates/exports`: a certificate as a file; with its private key if that is asked for.
///
/// ```json
/// {"certificate": {"id": "…"}, "password": "…", "persist_key": false}
/// ```
pub(super) async fn export(
    State(app): State<App>,
    Extension(user): Extension<User>,
    deed: Deed,
    mut body: Object,
) -> Result<Response, Error> {
    let stores = opened(&app).await?;
    let id = body.below("certificate", "certificate.id", "id")?;
    let (store, row) = find(&stores, &id).map_err(|error| match error {
        Error::NotFound => Error::Unknown("certificate"),
        other => other,
    })?;
    view::may(&user, Permission::ReadCertificates, store)?;
    let with_key = body.truth("persist_key", false)?;
    let export = if with_key {
        view::may(&user, Permission::ExportCertificates, store)?;
        let password = body
            .text("password")?
            .filter(|password| !password.is_empty());
        let password = password.ok_or_else(|| invalid("password", "It is required"))?;
        Export::WithPrivateKey(Password::from(password.as_str()))
    } else {
        Export::Certificate
    };
    let exported = app.iis.export(store, row, export);
    let content = if with_key {
        let what = entry(store, &row.thumbprint());
        audited(&app, "export-key", deed, what, exported, |_| Vec::new()).await?
    } else {
        exported.await?
    };
    let (kind, ending) = if with_key {
        log(&user, store, &row.thumbprint(), "Exported a private key");
        ("application/x-pkcs12", "pfx")
    } else {
        ("application/pkix-cert", "cer")
    };
    let name = format!("attachment; filename=\"{}.{ending}\"", row.thumbprint());
    let mut response = ([(header::CONTENT_TYPE, kind)], content.to_vec()).into_response();
    let name = HeaderValue::try_from(name).map(|name| (header::CONTENT_DISPOSITION, name));
    response.headers_mut().extend(name);
    Ok(response)
}

/// The store that a request wants to add to.
fn target<'a>(
    stores: &'a [Opened],
    body: &mut Object,
    user: &User,
    permission: Permission,
) -> Result<&'a Arc<Store>, Error> {
    let id = body.below("store", "store.id", "id")?;
    let store = stores.iter().find(|store| store.id == *id);
    let (store, _) = view::contents(store.ok_or(Error::Unknown("store"))?)?;
    view::may(user, permission, store)?;
    if store.is_central() {
        let detail =
            "Files of the central store are named after hosts: put the file there yourself";
        return Err(invalid("store", detail));
    }
    Ok(store)
}

/// Does something to a store, and lets the audit know before and after.
async fn audited<T>(
    app: &App,
    action: &'static str,
    deed: Deed,
    what: Changed,
    work: impl Future<Output = Result<T, Refused>>,
    made: impl Fn(&T) -> Vec<Changed>,
) -> Result<T, Error> {
    let done = app
        .changes
        .under_audit(action, deed, vec![what], work, made)
        .await;
    let done = done.map_err(|error| {
        tracing::error!("Cannot write the audit: {error}");
        Error::Broken("The audit cannot be written, and nothing is done without it".to_owned())
    })?;
    Ok(done?)
}

fn entry(store: &Store, thumbprint: &str) -> Changed {
    Changed::of(format!("iis/{}", store.name), thumbprint)
}

/// Who did what to which certificate. Never more: a request may hold passwords and keys.
fn log(user: &User, store: &Store, thumbprint: &str, what: &str) {
    tracing::info!(user = user.name, store = store.name, thumbprint, "{what}");
}

/// What has no thumbprint yet.
const NEW: &str = "new";

impl From<Refused> for Error {
    fn from(refused: Refused) -> Self {
        match refused {
            Refused::Invalid(name, detail) => invalid(name, detail),
            Refused::Conflict(detail) => Self::Conflict("certificate", detail.to_owned()),
            Refused::Io(error) => {
                tracing::error!("Cannot change a store: {error}");
                Self::Broken("The files of the store cannot be changed".to_owned())
            }
            Refused::Failed => Self::Failed,
        }
    }
}
