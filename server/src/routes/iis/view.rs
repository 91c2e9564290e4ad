//! What a request wants to see of the certificates, and how it is shown.

use std::collections::VecDeque;
use std::fmt::Write as _;
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use certlens_dialect::iis::{
    Certificate, Certificates, Fields, Link, Links, Store as StoreView, StoreLinks, Stores,
};
use hyper::body::{Body, Bytes, Frame};
use serde::Serialize;

use super::error::Error;
use super::range::{self, Wanted};
use crate::forms::Written;
use crate::stores::iis::{Opened, Row, Rows, Store};
use crate::users::{Permission, User};

/// What a request wants to see.
pub(crate) struct View {
    /// `None` where the parameter is missing.
    fields: Option<Fields>,
    links: HalLinks,
    store: Option<StoreFilter>,
    purpose: Option<String>,
    range: Option<String>,
    host: String,
    query: String,
}

/// Whether an answer links to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HalLinks {
    Write,
    Omit,
}

/// Which store a listing is narrowed to: its identifier, and the name of the parameter.
struct StoreFilter {
    parameter: &'static str,
    id: String,
}

impl<S: Sync> FromRequestParts<S> for View {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Error> {
        Ok(Self::of(parts))
    }
}

impl View {
    fn of(parts: &Parts) -> Self {
        let mut view = Self {
            fields: None,
            links: HalLinks::of(&parts.headers),
            store: None,
            purpose: None,
            range: text(&parts.headers, "range"),
            host: text(&parts.headers, "host").unwrap_or_default(),
            query: parts.uri.query().unwrap_or_default().to_owned(),
        };
        let mut fields: Vec<String> = Vec::new();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match name.to_ascii_lowercase().as_str() {
                "fields" => fields.push(value.into_owned()),
                "store.id" => view.narrow("store.id", &value),
                "certificate_store.id" => view.narrow("certificate_store.id", &value),
                "intended_purpose" => view.purpose = Some(value.into_owned()),
                _ => {}
            }
        }
        view.fields = (!fields.is_empty()).then(|| Fields::parse(&fields.join(",")));
        view
    }

    /// Narrows the listing to a store. No certificate is in two of them: two filters that differ name
    /// a store that does not exist, as they do in the product, which joins them by a comma.
    fn narrow(&mut self, parameter: &'static str, id: &str) {
        let id = match &self.store {
            Some(before) if before.id != id => format!("{},{id}", before.id),
            _ => id.to_owned(),
        };
        self.store = Some(StoreFilter { parameter, id });
    }

    /// Where to start.
    pub(crate) fn root(&self) -> Response {
        let host = self.host.split(':').next().unwrap_or_default();
        let mut root = serde_json::json!({ "host_name": host });
        if self.links == HalLinks::Write
            && let Some(object) = root.as_object_mut()
        {
            let links = serde_json::json!({ "certificates": { "href": CERTIFICATES } });
            object.insert("_links".to_owned(), links);
        }
        respond("Microsoft.WebServer.Api", self.links, &root)
    }

    /// How many certificates there are.
    pub(crate) fn count(&self, stores: &[Opened], user: &User) -> Result<Response, Error> {
        let listed = self.listed(stores, user)?;
        let total: usize = listed.iter().map(|(_, rows)| rows.all.len()).sum();
        let mut response = ().into_response();
        let headers = response.headers_mut();
        let content_type = format!("application/vnd.Microsoft.Certificates.{RELEASE}+json");
        headers
            .extend(HeaderValue::try_from(content_type).map(|kind| (header::CONTENT_TYPE, kind)));
        put_count(headers, total);
        Ok(response)
    }

    /// By what a list is found again that was written before: all that it depends on.
    pub(crate) fn form(&self, user: &User) -> String {
        let Self {
            query,
            range,
            links,
            ..
        } = self;
        // Neither a query nor a header holds a line break.
        let mut form = String::with_capacity(64);
        form.push_str(query);
        form.push('\n');
        if let Some(range) = range {
            form.push('=');
            form.push_str(range);
        }
        form.push('\n');
        form.push_str(if *links == HalLinks::Write {
            "links "
        } else {
            ""
        });
        form.push_str(user.role.name());
        if let Some(stores) = &user.stores {
            let _ = write!(form, " {stores:?}");
        }
        form
    }

    /// A list of certificates, or the range of it that was asked for.
    pub(crate) fn certificates(self, stores: &[Opened], user: &User) -> Result<Listing, Error> {
        let listed = self.listed(stores, user)?;
        let total: usize = listed.iter().map(|(_, rows)| rows.all.len()).sum();
        let (wanted, content_range) = match &self.range {
            None => (0..total, None),
            Some(header) => match range::parse(header, total).ok_or(Error::InvalidRange)? {
                Wanted::Nothing => (0..0, None),
                Wanted::Items(range) => {
                    let (first, last) = range.into_inner();
                    (first..last + 1, Some(format!("{first}-{last}/{total}")))
                }
            },
        };
        let mut parts = VecDeque::new();
        let mut before = 0;
        for (store, rows) in listed {
            let after = before + rows.all.len();
            let here = wanted.start.clamp(before, after)..wanted.end.clamp(before, after);
            parts.push_back(Part {
                store: Arc::clone(store),
                rows: Arc::clone(rows),
                wanted: here.start - before..here.end - before,
            });
            before = after;
        }
        let count = match &self.purpose {
            None => wanted.len(),
            Some(_) => parts.iter().map(|part| self.wanted(part).count()).sum(),
        };
        // Links are written while the items are: without items there is nothing of HAL in it.
        let links = if count == 0 {
            HalLinks::Omit
        } else {
            self.links
        };
        let kind = content_type("Microsoft.Certificates", links);
        let mut headers = HeaderMap::from_iter([(header::CONTENT_TYPE, kind)]);
        put_count(&mut headers, count);
        let content_range = content_range.and_then(|text| HeaderValue::try_from(text).ok());
        let content_range = content_range.map(|value| (header::CONTENT_RANGE, value));
        headers.extend(content_range);
        let mut pieces = Pieces {
            fields: self.list_fields(Certificate::reference_fields()),
            view: self,
            parts,
            state: PiecesState::Begin,
        };
        if WHOLE < wanted.len() {
            return Ok(Listing::Long(headers, Box::new(pieces)));
        }
        let mut body = Vec::new();
        while let Some(piece) = pieces.piece().map_err(|_| Error::Failed)? {
            body.extend(piece);
        }
        let body = body.into();
        Ok(Listing::Whole(Written { headers, body }))
    }

    /// The rows of a part that are wanted.
    fn wanted<'a>(&'a self, part: &'a Part) -> impl Iterator<Item = &'a Arc<Row>> {
        let rows = part.rows.all.get(part.wanted.clone()).unwrap_or_default();
        let is_wanted =
            move |row: &&Arc<Row>| self.purpose.as_ref().is_none_or(|one| row.is_for(one));
        rows.iter().filter(is_wanted)
    }

    /// One certificate.
    pub(crate) fn certificate(&self, store: &Store, row: &Row) -> Response {
        let fields = self.fields.as_ref().unwrap_or(&Fields::All);
        let certificate = self.one(store, row, fields);
        respond("Microsoft.Certificate", self.links, &certificate)
    }

    /// A certificate that was made.
    pub(crate) fn created(&self, store: &Store, row: &Row) -> Response {
        let mut response = self.certificate(store, row);
        *response.status_mut() = StatusCode::CREATED;
        put_place(response.headers_mut(), row);
        response
    }

    /// The certificates that were added to a store.
    pub(crate) fn added(&self, store: &Store, rows: &[Arc<Row>]) -> Response {
        let fields = self.list_fields(Certificate::reference_fields());
        let certificates = rows
            .iter()
            .map(|row| self.one(store, row, &fields))
            .collect();
        let answer = Certificates { certificates };
        let mut response = respond("Microsoft.Certificates", self.links, &answer);
        *response.status_mut() = StatusCode::CREATED;
        if let [row] = rows {
            put_place(response.headers_mut(), row);
        }
        response
    }

    /// The stores.
    pub(crate) fn stores(&self, stores: &[Opened]) -> Response {
        let fields = self.list_fields(Fields::named(&["name", "id"]));
        let stores: Vec<StoreView> = stores
            .iter()
            .map(|store| {
                let mut view = self.opened_view(store);
                view.select(&fields);
                view
            })
            .collect();
        let count = stores.len();
        let name = "Microsoft.Certificates.Stores";
        let mut response = respond(name, HalLinks::Omit, &Stores { stores });
        response
            .headers_mut()
            .insert("x-total-count", HeaderValue::from(count));
        response
    }

    /// One store.
    pub(crate) fn store(&self, store: &Opened) -> Response {
        let mut view = self.opened_view(store);
        let list = Link::new(format!("{CERTIFICATES}?certificate_store.id={}", store.id));
        if let Some(links) = &mut view.links {
            links.certificates = Some(list);
        }
        view.select(self.fields.as_ref().unwrap_or(&Fields::All));
        respond("Microsoft.Certificates.Stores", self.links, &view)
    }

    /// The stores that a listing runs over: the one that was asked for, else all that may be read.
    fn listed<'a>(&self, stores: &'a [Opened], user: &User) -> Result<Vec<Contents<'a>>, Error> {
        let mut listed = Vec::new();
        match &self.store {
            None => {
                for opened in stores {
                    let (store, rows) = contents(opened)?;
                    if may(user, Permission::ReadCertificates, store).is_ok() {
                        listed.push((store, rows));
                    }
                }
            }
            Some(StoreFilter { parameter, id }) => {
                let opened = stores.iter().find(|opened| opened.id == *id);
                let (store, rows) = contents(opened.ok_or(Error::Unknown(parameter))?)?;
                may(user, Permission::ReadCertificates, store)?;
                listed.push((store, rows));
            }
        }
        Ok(listed)
    }

    fn one(&self, store: &Store, row: &Row, fields: &Fields) -> Certificate {
        let mut certificate = row.show(fields, store.claims("export"));
        certificate.store = fields
            .contains("store")
            .then(|| self.store_view(&store.name, &store.id));
        certificate.links = self.links.write(|| Links {
            this: Link::new(format!("{CERTIFICATES}/{}", certificate.id)),
        });
        certificate
    }

    /// A store with its claims; one whose settings cannot be read has none.
    fn opened_view(&self, opened: &Opened) -> StoreView {
        let claims = opened.state.as_ref().map(|(store, _)| store.claims.clone());
        StoreView {
            claims: Some(claims.unwrap_or_default()),
            ..self.store_view(&opened.name, &opened.id)
        }
    }

    fn store_view(&self, name: &str, id: &str) -> StoreView {
        StoreView {
            name: Some(name.to_owned()),
            id: id.to_owned(),
            claims: None,
            links: self.links.write(|| StoreLinks {
                certificates: None,
                this: Link::new(format!("{CERTIFICATES}/stores/{id}")),
            }),
        }
    }

    /// In a list, naming no field is asking for none in particular.
    fn list_fields(&self, otherwise: Fields) -> Fields {
        self.fields
            .clone()
            .filter(|fields| !fields.is_empty())
            .unwrap_or(otherwise)
    }
}

/// A list of certificates as it is answered.
pub(crate) enum Listing {
    Whole(Written),
    /// So long that it is written while it is sent.
    Long(HeaderMap, Box<Pieces>),
}

/// A list of certificates that is written piece by piece: however long it is, it takes no memory.
pub(crate) struct Pieces {
    view: View,
    fields: Fields,
    parts: VecDeque<Part>,
    state: PiecesState,
}

/// Some rows of one store.
struct Part {
    store: Arc<Store>,
    rows: Arc<Rows>,
    wanted: Range<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum PiecesState {
    Begin,
    /// Nothing was written yet.
    First,
    Further,
    Ended,
}

impl Pieces {
    /// `{"certificates": [...]}`, some items at a time.
    fn piece(&mut self) -> serde_json::Result<Option<Vec<u8>>> {
        let mut piece = Vec::new();
        if self.state == PiecesState::Ended {
            return Ok(None);
        }
        if self.state == PiecesState::Begin {
            piece.extend(b"{\"certificates\":[");
            self.state = PiecesState::First;
        }
        while piece.len() < PIECE
            && let Some(mut part) = self.parts.pop_front()
        {
            let end = part.wanted.end;
            let middle = end.min(part.wanted.start + ROWS);
            part.wanted.end = middle;
            for row in self.view.wanted(&part) {
                if self.state == PiecesState::Further {
                    piece.push(b',');
                }
                self.state = PiecesState::Further;
                let one = self.view.one(&part.store, row, &self.fields);
                serde_json::to_writer(&mut piece, &one)?;
            }
            if middle < end {
                part.wanted = middle..end;
                self.parts.push_front(part);
            }
        }
        if self.parts.is_empty() {
            piece.extend(b"]}");
            self.state = PiecesState::Ended;
        }
        Ok(Some(piece))
    }
}

impl Body for Pieces {
    type Data = Bytes;
    type Error = serde_json::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let piece = self.piece().transpose();
        Poll::Ready(piece.map(|piece| piece.map(|octets| Frame::data(octets.into()))))
    }
}

impl IntoResponse for Listing {
    fn into_response(self) -> Response {
        match self {
            Self::Whole(written) => written.into_response(),
            Self::Long(headers, pieces) => {
                (headers, axum::body::Body::new(*pieces)).into_response()
            }
        }
    }
}

/// A store with all of its certificates.
pub(crate) type Contents<'a> = (&'a Arc<Store>, &'a Arc<Rows>);

/// What is in a store, or what is wrong with it.
pub(crate) fn contents(opened: &Opened) -> Result<Contents<'_>, Error> {
    match &opened.state {
        Ok((store, rows)) => Ok((store, rows)),
        Err(why) => Err(Error::Broken(why.clone())),
    }
}

/// A certificate with the store that it belongs to.
pub(crate) type Found<'a> = (&'a Arc<Store>, &'a Arc<Row>);

/// Refuses what the claims of a store, or the role of the user in it, do not hold.
pub(crate) fn may(user: &User, permission: Permission, store: &Store) -> Result<(), Error> {
    if store.claims(claim(permission)) && user.may_in(permission, &store.name) {
        Ok(())
    } else {
        Err(Error::NotClaimed(store.name.clone()))
    }
}

/// What a store must claim for this to be allowed.
fn claim(permission: Permission) -> &'static str {
    match permission {
        Permission::ImportCertificates => "import",
        Permission::ExportCertificates => "export",
        Permission::DeleteCertificates => "delete",
        Permission::CreateCertificates => "create",
        _ => "read",
    }
}

fn put_place(headers: &mut HeaderMap, row: &Row) {
    let place = HeaderValue::try_from(format!("{CERTIFICATES}/{}", row.id()));
    headers.extend(place.map(|place| (header::LOCATION, place)));
}

fn put_count(headers: &mut HeaderMap, count: usize) {
    headers.insert("x-total-count", HeaderValue::from(count));
    headers.insert(
        header::ACCEPT_RANGES,
        HeaderValue::from_static("certificates"),
    );
}

fn respond(name: &str, links: HalLinks, answer: &impl Serialize) -> Response {
    written(name, links, answer).into_response()
}

fn written(name: &str, links: HalLinks, answer: &impl Serialize) -> Result<Written, Error> {
    let body = serde_json::to_vec(answer).map_err(|_| Error::Failed)?;
    Ok(Written {
        headers: HeaderMap::from_iter([(header::CONTENT_TYPE, content_type(name, links))]),
        body: body.into(),
    })
}

impl HalLinks {
    /// A client asks for links by a type with `hal` in it, as in `application/hal+json`.
    fn of(headers: &HeaderMap) -> Self {
        let asked = headers.get_all(header::ACCEPT).iter().any(|value| {
            value
                .to_str()
                .is_ok_and(|text| text.find("hal").is_some_and(|at| 0 < at))
        });
        if asked { Self::Write } else { Self::Omit }
    }

    fn write<T>(self, links: impl FnOnce() -> T) -> Option<T> {
        (self == Self::Write).then(links)
    }
}

/// `application/vnd.Microsoft.Certificates.6.0.0.hal+json; charset=utf-8`
fn content_type(name: &str, links: HalLinks) -> HeaderValue {
    let hal = if links == HalLinks::Write { ".hal" } else { "" };
    let text = format!("application/vnd.{name}.{RELEASE}{hal}+json; charset=utf-8");
    HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static("application/json"))
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    Some(headers.get(name)?.to_str().unwrap_or_default().to_owned())
}

/// Items of a list that is written before it is sent.
const WHOLE: usize = 1000;

/// Rows that are looked at, at once, and octets that are written before they are sent.
const ROWS: usize = 64;
const PIECE: usize = 1 << 16;

const CERTIFICATES: &str = "/api/certificates";

/// The release of IIS Administration whose answers these are.
const RELEASE: &str = "6.0.0";
