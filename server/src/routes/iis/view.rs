//! What a request wants to see of the certificates, and how it is shown.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use certlens_dialect::iis::{
    Certificate, Certificates, Fields, Link, Links, PrivateKey, Store as StoreView, StoreLinks,
    Stores, purpose_name,
};
use serde::Serialize;

use super::StoreFilter;
use super::error::Error;
use super::range::{self, Wanted};
use crate::stores::iis::{Item, Store};

/// What a request wants to see.
pub(crate) struct View {
    /// `None` where the parameter is missing.
    fields: Option<Fields>,
    links: HalLinks,
    store: Option<StoreFilter>,
    purpose: Option<String>,
    range: Option<String>,
    host: String,
}

/// Whether an answer links to others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum HalLinks {
    Write,
    Omit,
}

/// A certificate with the store that it belongs to.
pub(crate) struct Resource {
    pub(crate) store: Store,
    pub(crate) item: Item,
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
        };
        let mut fields: Vec<String> = Vec::new();
        let query = parts.uri.query().unwrap_or_default();
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let filter = |parameter| {
                Some(StoreFilter {
                    parameter,
                    id: value.clone().into_owned(),
                })
            };
            match name.to_ascii_lowercase().as_str() {
                "fields" => fields.push(value.into_owned()),
                "store.id" => view.store = filter("store.id"),
                "certificate_store.id" => view.store = filter("certificate_store.id"),
                "intended_purpose" => view.purpose = Some(value.into_owned()),
                _ => {}
            }
        }
        view.fields = (!fields.is_empty()).then(|| Fields::parse(&fields.join(",")));
        view
    }

    /// The store that the listing is narrowed to.
    pub(crate) fn store_filter(&self) -> Result<Option<StoreFilter>, Error> {
        match &self.store {
            Some(filter) if filter.id.is_empty() => Err(Error::UnknownStore(filter.parameter)),
            Some(StoreFilter { parameter, id }) => Ok(Some(StoreFilter {
                parameter,
                id: id.clone(),
            })),
            None => Ok(None),
        }
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
    pub(crate) fn count(total: usize) -> Response {
        let mut response = ().into_response();
        let headers = response.headers_mut();
        headers.insert(
            header::CONTENT_TYPE,
            content_type("Microsoft.Certificates", HalLinks::Omit),
        );
        headers.insert("x-total-count", HeaderValue::from(total));
        headers.insert(
            header::ACCEPT_RANGES,
            HeaderValue::from_static("certificates"),
        );
        response
    }

    /// A list of certificates, or the range of it that was asked for.
    pub(crate) fn certificates(&self, found: &[Resource]) -> Result<Response, Error> {
        let total = found.len();
        let (wanted, content_range) = match &self.range {
            None => (found, None),
            Some(header) => match range::parse(header, total).ok_or(Error::InvalidRange)? {
                Wanted::Nothing => (found, None),
                Wanted::Items(range) => {
                    let content_range = format!("{}-{}/{total}", range.start(), range.end());
                    (found.get(range).unwrap_or_default(), Some(content_range))
                }
            },
        };
        let fields = self.list_fields(Certificate::reference_fields());
        let certificates: Vec<Certificate> = wanted
            .iter()
            .filter(|resource| self.is_for_purpose(&resource.item))
            .filter_map(|resource| self.one(&resource.store, &resource.item, &fields))
            .collect();
        let count = certificates.len();
        // Links are written while the items are: without items there is nothing of HAL in it.
        let links = if count == 0 {
            HalLinks::Omit
        } else {
            self.links
        };
        let answer = Certificates { certificates };
        let mut response = respond("Microsoft.Certificates", links, &answer);
        let headers = response.headers_mut();
        headers.insert("x-total-count", HeaderValue::from(count));
        headers.insert(
            header::ACCEPT_RANGES,
            HeaderValue::from_static("certificates"),
        );
        let content_range = content_range.and_then(|text| HeaderValue::try_from(text).ok());
        headers.extend(content_range.map(|value| (header::CONTENT_RANGE, value)));
        Ok(response)
    }

    /// One certificate.
    pub(crate) fn certificate(&self, store: &Store, item: &Item) -> Result<Response, Error> {
        let fields = self.fields.clone().unwrap_or(Fields::All);
        let certificate = self.one(store, item, &fields).ok_or(Error::NotFound)?;
        Ok(respond("Microsoft.Certificate", self.links, &certificate))
    }

    /// The stores.
    pub(crate) fn stores(&self, stores: &[Store]) -> Response {
        let fields = self.list_fields(Fields::named(&["name", "id"]));
        let stores: Vec<StoreView> = stores
            .iter()
            .map(|store| {
                let mut view = self.store_view(store);
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
    pub(crate) fn store(&self, store: &Store) -> Response {
        let mut view = self.store_view(store);
        let list = Link::new(format!("{CERTIFICATES}?certificate_store.id={}", store.id));
        if let Some(links) = &mut view.links {
            links.certificates = Some(list);
        }
        view.select(self.fields.as_ref().unwrap_or(&Fields::All));
        respond("Microsoft.Certificates.Stores", self.links, &view)
    }

    fn one(&self, store: &Store, item: &Item, fields: &Fields) -> Option<Certificate> {
        let exportable = store.claims("export");
        let private_key = item.has_private_key.then_some(PrivateKey { exportable });
        let of_store = StoreView {
            claims: None,
            ..self.store_view(store)
        };
        let mut certificate = Certificate::new(
            item.id.clone(),
            &item.alias,
            item.certificate()?,
            private_key,
            of_store,
            fields,
        );
        certificate.links = self.links.write(|| Links {
            this: Link::new(format!("{CERTIFICATES}/{}", item.id)),
        });
        Some(certificate)
    }

    fn store_view(&self, store: &Store) -> StoreView {
        StoreView {
            name: Some(store.name.clone()),
            id: store.id.clone(),
            claims: Some(store.claims.clone()),
            links: self.links.write(|| StoreLinks {
                certificates: None,
                this: Link::new(format!("{CERTIFICATES}/stores/{}", store.id)),
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

    /// A purpose is asked for by its identifier or by the name that Windows gives it.
    fn is_for_purpose(&self, item: &Item) -> bool {
        let Some(wanted) = &self.purpose else {
            return true;
        };
        let purposes = item
            .certificate()
            .and_then(|found| found.extended_key_usage.as_ref());
        purposes.into_iter().flatten().any(|purpose| {
            purpose.oid == *wanted
                || purpose_name(&purpose.oid).is_some_and(|name| name.eq_ignore_ascii_case(wanted))
        })
    }
}

fn respond(name: &str, links: HalLinks, answer: &impl Serialize) -> Response {
    match serde_json::to_vec(answer) {
        Ok(body) => ([(header::CONTENT_TYPE, content_type(name, links))], body).into_response(),
        Err(_) => Error::Failed.into_response(),
    }
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

const CERTIFICATES: &str = "/api/certificates";

/// The release of IIS Administration whose answers these are.
const RELEASE: &str = "6.0.0";
