//! A server over a directory of its own, and what it answers.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::request::Builder;
use axum::http::{HeaderMap, Method, Request, StatusCode};
use base64::Engine as _;
use certlens_core::UnixTime;
use certlens_server::{Config, Made, Users};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt;

pub(crate) struct Server {
    router: Router,
    data: TempDir,
}

#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    pub(crate) octets: Vec<u8>,
}

impl Server {
    /// With the demonstration data.
    pub(crate) fn demo() -> Self {
        Self::over(demo_data())
    }

    /// With no certificate at all.
    pub(crate) fn empty() -> Self {
        Self::over(tempfile::tempdir().unwrap())
    }

    /// With whatever was put there; the password of `admin` is `right`.
    pub(crate) fn over(data: TempDir) -> Self {
        Self::configured(data, |_| {})
    }

    pub(crate) fn configured(data: TempDir, change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config::new(data.path());
        change(&mut config);
        let (users, _) = Users::open(data.path(), Some("right")).unwrap();
        Self {
            router: certlens_server::app(&config, users).unwrap(),
            data,
        }
    }

    pub(crate) fn path(&self) -> &Path {
        self.data.path()
    }

    /// Gives up the server, and starts another one over the same directory.
    pub(crate) fn restart(self) -> Self {
        Self::over(self.data)
    }

    /// `GET` as `admin`.
    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Method::GET, path, &[]).await
    }

    /// Any method as `admin`, with headers.
    pub(crate) async fn ask(&self, method: Method, path: &str, headers: &[(&str, &str)]) -> Answer {
        let request =
            request(method, path, headers).header("authorization", basic("admin", "right"));
        self.send(request).await
    }

    /// `GET` as somebody, or nobody.
    pub(crate) async fn get_as(
        &self,
        who: Option<(&str, &str)>,
        path: &str,
        headers: &[(&str, &str)],
    ) -> Answer {
        let request = request(Method::GET, path, headers);
        match who {
            Some((name, password)) => {
                self.send(request.header("authorization", basic(name, password)))
                    .await
            }
            None => self.send(request).await,
        }
    }

    /// Any method as `admin`, with a body of JSON.
    pub(crate) async fn write(&self, method: Method, path: &str, body: &str) -> Answer {
        let headers = [("content-type", "application/json")];
        let request = request(method, path, &headers);
        self.send_body(
            request.header("authorization", basic("admin", "right")),
            body,
        )
        .await
    }

    /// `GET` with this `Authorization`.
    pub(crate) async fn as_shown(&self, credentials: &str, path: &str) -> Answer {
        let headers = [("authorization", credentials)];
        self.send(request(Method::GET, path, &headers)).await
    }

    pub(crate) async fn send(&self, request: Builder) -> Answer {
        self.send_body(request, "").await
    }

    /// Sends a request, and goes away at once.
    pub(crate) async fn send_and_leave(&self, request: Builder) {
        let request = request.body(Body::empty()).unwrap();
        tokio::select! {
            biased;
            answer = self.router.clone().oneshot(request) => panic!("{answer:?} at once"),
            () = std::future::ready(()) => {}
        }
    }

    pub(crate) async fn send_body(&self, request: Builder, body: &str) -> Answer {
        let request = request.body(Body::from(body.to_owned())).unwrap();
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        let body = to_bytes(body, 1 << 24).await.unwrap();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body: String::from_utf8_lossy(&body).into_owned(),
            octets: body.to_vec(),
        }
    }
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Every value of a header that may stand several times.
    pub(crate) fn headers(&self, name: &str) -> Vec<&str> {
        self.headers
            .get_all(name)
            .iter()
            .map(|value| value.to_str().unwrap())
            .collect()
    }
}

/// A directory with the demonstration data. It is made once, and copied for each test.
pub(crate) fn demo_data() -> TempDir {
    static DEMO: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
        let data = tempfile::tempdir().unwrap();
        let made = certlens_server::make_demonstration(data.path(), now()).unwrap();
        assert_eq!(made, Made::Now);
        let again = certlens_server::make_demonstration(data.path(), now()).unwrap();
        assert_eq!(again, Made::Already);
        let mut files = Vec::new();
        collect(data.path(), data.path(), &mut files);
        files
    });
    let data = tempfile::tempdir().unwrap();
    for (path, content) in &*DEMO {
        let path = data.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }
    data
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, files);
        } else {
            files.push((
                path.strip_prefix(root).unwrap().into(),
                std::fs::read(&path).unwrap(),
            ));
        }
    }
}

pub(crate) fn request(method: Method, path: &str, headers: &[(&str, &str)]) -> Builder {
    let request = Request::builder().method(method).uri(path);
    headers.iter().fold(request, |request, (name, value)| {
        request.header(*name, *value)
    })
}

pub(crate) fn basic(name: &str, password: &str) -> String {
    let credentials = format!("{name}:{password}");
    format!(
        "Basic {}",
        base64::engine::general_purpose::STANDARD.encode(credentials)
    )
}

pub(crate) fn now() -> UnixTime {
    UnixTime::parse("2026-11-22T09:41:00Z").unwrap()
}

/// Replaces the users by one with this role, whose name is the role's and whose password is `right`.
pub(crate) fn only_user(data: &Path, role: &str) {
    let (_, _) = Users::open(data, Some("right")).unwrap();
    let path = data.join("users.toml");
    let text = std::fs::read_to_string(&path).unwrap();
    let text = text.replace("name = \"admin\"", &format!("name = \"{role}\""));
    std::fs::write(
        &path,
        text.replace("role = \"admin\"", &format!("role = \"{role}\"")),
    )
    .unwrap();
}
