//! One `OpenAPI` document out of the fragments in `openapi/`, one for each dialect.

use std::sync::LazyLock;

use rust_embed::Embed;
use serde_json::{Map, Value};

/// The merged document as JSON, or why there is none.
pub(crate) static DOCUMENT: LazyLock<Result<Vec<u8>, String>> =
    LazyLock::new(|| merged().map(|document| Value::Object(document).to_string().into_bytes()));

/// Each a document of its own, of `OpenAPI` 3.1. `certlens.json` gives the frame.
#[derive(Embed)]
#[folder = "openapi"]
struct Fragments;

/// Paths and components of every fragment; the same name twice must mean the same.
fn merged() -> Result<Map<String, Value>, String> {
    let mut document = fragment(FRAME)?;
    let version = Value::from(env!("CARGO_PKG_VERSION"));
    object_at(&mut document, &["info"])?.insert("version".to_owned(), version);
    let mut names: Vec<_> = Fragments::iter().filter(|name| name != FRAME).collect();
    names.sort();
    for name in names {
        let mut part = fragment(&name)?;
        merge(&mut document, &mut part, &["paths"]).map_err(|what| format!("{name}: {what}"))?;
        let kinds: Vec<String> = match part.get("components") {
            Some(Value::Object(components)) => components.keys().cloned().collect(),
            _ => Vec::new(),
        };
        for kind in kinds {
            merge(&mut document, &mut part, &["components", &kind])
                .map_err(|what| format!("{name}: {what}"))?;
        }
    }
    Ok(document)
}

fn fragment(name: &str) -> Result<Map<String, Value>, String> {
    let file = Fragments::get(name).ok_or_else(|| format!("{name}: there is no such fragment"))?;
    serde_json::from_slice(&file.data).map_err(|error| format!("{name}: {error}"))
}

/// Moves the members of the object at this place from one document to the other.
fn merge(
    into: &mut Map<String, Value>,
    from: &mut Map<String, Value>,
    place: &[&str],
) -> Result<(), String> {
    let members = std::mem::take(object_at(from, place)?);
    let into = object_at(into, place)?;
    for (name, value) in members {
        if into.get(&name).is_some_and(|known| *known != value) {
            return Err(format!(
                "{} › {name}: another fragment says otherwise",
                place.join(" › ")
            ));
        }
        into.insert(name, value);
    }
    Ok(())
}

/// The object at this place; empty ones are made on the way.
fn object_at<'a>(
    mut object: &'a mut Map<String, Value>,
    place: &[&str],
) -> Result<&'a mut Map<String, Value>, String> {
    for name in place {
        let member = object
            .entry(*name)
            .or_insert_with(|| Value::Object(Map::new()));
        let Value::Object(inner) = member else {
            return Err(format!("{name}: expected an object"));
        };
        object = inner;
    }
    Ok(object)
}

const FRAME: &str = "certlens.json";

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use axum::body::Body;
    use axum::http::{Request, header};
    use tower::ServiceExt;

    use super::*;
    use crate::routes::{Route, own_routes};
    use crate::{Config, Users, app};

    const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

    fn operations(document: &Map<String, Value>) -> BTreeMap<String, BTreeSet<String>> {
        let paths = document["paths"].as_object().unwrap();
        let methods = |item: &Value| {
            let keys = item.as_object().unwrap().keys();
            let known = keys.filter(|key| METHODS.contains(&key.as_str()));
            known.map(|key| key.to_uppercase()).collect()
        };
        paths
            .iter()
            .map(|(path, item)| (path.clone(), methods(item)))
            .collect()
    }

    /// Calls `look` with every value of the document.
    fn walk(value: &Value, look: &mut impl FnMut(&Value)) {
        look(value);
        match value {
            Value::Array(values) => values.iter().for_each(|value| walk(value, look)),
            Value::Object(members) => members.values().for_each(|value| walk(value, look)),
            _ => {}
        }
    }

    #[test]
    fn fragments_agree_and_every_reference_leads_somewhere() {
        let document = Value::Object(merged().unwrap());
        assert_eq!(document["openapi"], "3.1.0");
        let mut broken = Vec::new();
        let mut identifiers = Vec::new();
        walk(&document, &mut |value| {
            if let Some(Value::String(reference)) = value.get("$ref") {
                let place = reference.strip_prefix('#').unwrap_or("elsewhere");
                if document.pointer(place).is_none() {
                    broken.push(reference.clone());
                }
            }
            if let Some(Value::String(identifier)) = value.get("operationId") {
                identifiers.push(identifier.clone());
            }
        });
        assert!(broken.is_empty(), "{broken:?}");
        let unique: BTreeSet<_> = identifiers.iter().collect();
        assert_eq!(unique.len(), identifiers.len(), "{identifiers:?}");
    }

    #[test]
    fn the_routes_of_the_server_itself_are_documented_and_nothing_else_of_them() {
        let methods = |route: &Route| route.methods.iter().map(ToString::to_string).collect();
        for (name, routes) in [FRAME, "certlens-v1.json"].into_iter().zip(own_routes()) {
            let told = operations(&fragment(name).unwrap());
            let routes: BTreeMap<String, BTreeSet<String>> = routes
                .iter()
                .map(|route| (route.path.to_owned(), methods(route)))
                .collect();
            assert_eq!(told, routes);
        }
    }

    /// A method that nobody knows is answered 405 where there is a path, with what there is.
    #[tokio::test]
    async fn every_documented_path_answers_the_documented_methods_and_no_others() {
        let data = tempfile::tempdir().unwrap();
        let (users, _) = Users::open(data.path(), Some("right")).unwrap();
        let router = app(&Config::new(data.path()), users).unwrap();
        for (path, documented) in operations(&merged().unwrap()) {
            if path == "/" {
                // Shared with the page.
                continue;
            }
            let request = Request::builder()
                .method("BREW")
                .uri(path.replace(['{', '}'], ""))
                .header("authorization", "Basic YWRtaW46cmlnaHQ=");
            let request = request.body(Body::empty()).unwrap();
            let response = router.clone().oneshot(request).await.unwrap();
            let allowed: BTreeSet<String> = response
                .headers()
                .get_all(header::ALLOW)
                .iter()
                .flat_map(|value| value.to_str().unwrap().split(','))
                .map(|method| method.trim().to_owned())
                .filter(|method| method != "HEAD" && method != "OPTIONS")
                .collect();
            let documented: BTreeSet<String> = documented
                .into_iter()
                .filter(|method| method != "HEAD" && method != "OPTIONS")
                .collect();
            assert_eq!(
                (response.status().as_u16(), &allowed),
                (405, &documented),
                "{path}"
            );
        }
    }

    #[test]
    fn err_fragments_that_disagree() {
        let part = |kind: &str| {
            let text = format!(r#"{{"paths":{{"/a":{{"get":"{kind}"}}}}}}"#);
            serde_json::from_str::<Map<String, Value>>(&text).unwrap()
        };
        let mut document = part("one");
        assert_eq!(merge(&mut document, &mut part("one"), &["paths"]), Ok(()));
        assert_eq!(
            merge(&mut document, &mut part("two"), &["paths"]),
            Err("paths › /a: another fragment says otherwise".to_owned())
        );
    }
}
