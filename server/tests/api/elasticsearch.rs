use axum::http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Server, only_user};

const PATH: &str = "/_ssl/certificates";

#[tokio::test]
async fn the_listing_is_what_an_auto_configured_node_answers() {
    let answer = Server::demo().get(PATH).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let rows = answer.json();
    let rows: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                text(row, "path"),
                text(row, "alias"),
                row["has_private_key"] == true,
            )
        })
        .collect();
    let mut sorted = rows.clone();
    sorted.sort_by_key(|(path, alias, _)| (path.clone(), alias.clone()));
    assert_eq!(rows, sorted);
    let count = |path, alias, key| {
        rows.iter()
            .filter(|row| **row == (String::from(path), String::from(alias), key))
            .count()
    };
    for (path, alias, key) in [
        ("certs/corp-root.crt", "null", false),
        ("certs/http.p12", "http", true),
        ("certs/http.p12", "http", false),
        ("certs/http.p12", "http_ca", true),
        ("certs/http_ca.crt", "null", false),
        ("certs/partners.jks", "example-bank-r1", false),
        ("certs/partners.jks", "logistik-root-g2", false),
        ("certs/transport.p12", "transport", true),
        ("certs/transport.p12", "transport", false),
        ("certs/transport.p12", "transport_ca", false),
    ] {
        assert_eq!(
            count(path, alias, key),
            1,
            "{path} {alias} {key} in {rows:?}"
        );
    }
    assert_eq!(rows.len(), 10);
}

#[tokio::test]
async fn fields_stand_in_the_documented_order() {
    let answer = Server::demo().get(PATH).await;
    for row in answer.json().as_array().unwrap() {
        let keys: Vec<_> = row.as_object().unwrap().keys().collect();
        assert_eq!(
            keys,
            [
                "path",
                "format",
                "alias",
                "subject_dn",
                "serial_number",
                "has_private_key",
                "expiry",
                "issuer"
            ]
        );
    }
}

#[tokio::test]
async fn the_description_names_what_is_answered_and_what_is_taken() {
    let description: Value =
        serde_json::from_str(include_str!("../../openapi/elasticsearch.json")).unwrap();
    let components = &description["components"];
    let server = Server::demo();
    for (answer, schema) in [
        (
            server.get(PATH).await.json()[0].clone(),
            "ElasticsearchCertificate",
        ),
        (server.get("/").await.json(), "ElasticsearchInfo"),
    ] {
        let described = &components["schemas"][schema]["properties"];
        let keys =
            |value: &Value| -> Vec<String> { value.as_object().unwrap().keys().cloned().collect() };
        assert_eq!(keys(&answer), keys(described));
    }
    let parameters = components["parameters"].as_object().unwrap().values();
    let queries: Vec<&str> = parameters
        .filter(|parameter| parameter["in"] == "query")
        .map(|parameter| parameter["name"].as_str().unwrap())
        .collect();
    for name in &queries {
        let answer = server.get(&format!("{PATH}?{name}")).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
    }
    assert_eq!(queries.len(), 5, "{queries:?}");
}

#[tokio::test]
async fn a_replaced_file_shows_at_once() {
    let server = Server::demo();
    let certs = server.path().join("elasticsearch/certs");
    let before = server
        .get("/_ssl/certificates?filter_path=path,subject_dn")
        .await
        .json();
    assert!(before.to_string().contains("Corp Example Root CA"));
    std::fs::copy(certs.join("http_ca.crt"), certs.join("corp-root.crt")).unwrap();
    let after = server
        .get("/_ssl/certificates?filter_path=path,subject_dn")
        .await
        .json();
    assert!(
        !after.to_string().contains("Corp Example Root CA"),
        "{after}"
    );
}

#[tokio::test]
async fn without_settings_nothing_is_listed() {
    let server = Server::empty();
    assert_eq!(server.get(PATH).await.body, "[]");
    assert_eq!(server.get("/_ssl/certificates?pretty").await.body, "[ ]\n");
    assert_eq!(
        server.get("/_ssl/certificates?filter_path=path").await.body,
        ""
    );
    assert_eq!(
        server
            .get("/_ssl/certificates?filter_path=-path")
            .await
            .body,
        "[]"
    );
}

#[tokio::test]
async fn filters_and_layout_are_applied() {
    let server = Server::demo();
    let rows = server
        .get("/_ssl/certificates?filter_path=path,expiry")
        .await
        .json();
    assert!(
        rows.as_array()
            .unwrap()
            .iter()
            .all(|row| row.as_object().unwrap().len() == 2)
    );
    let pretty = server
        .get("/_ssl/certificates?pretty&human&error_trace=false&format=json")
        .await;
    assert!(
        pretty
            .body
            .starts_with("[\n  {\n    \"path\" : \"certs/corp-root.crt\",\n"),
        "{}",
        pretty.body
    );
    assert!(pretty.body.ends_with("\n]\n"));
}

#[tokio::test]
async fn the_client_gets_the_type_and_the_id_that_it_sent() {
    let server = Server::empty();
    let headers = [
        (
            "accept",
            "application/vnd.elasticsearch+json; compatible-with=8",
        ),
        ("x-opaque-id", "me"),
    ];
    let answer = server.ask(Method::GET, PATH, &headers).await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/vnd.elasticsearch+json;compatible-with=8")
    );
    assert_eq!(answer.header("x-opaque-id"), Some("me"));
}

#[tokio::test]
async fn err_nobody_signed_in() {
    let server = Server::empty();
    let answer = server.get_as(None, "/_ssl/certificates?pretty", &[]).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(answer.header("x-elastic-product"), None);
    let challenges = [
        "Basic realm=\"security\", charset=\"UTF-8\"",
        "Bearer realm=\"security\"",
        "ApiKey",
    ];
    assert_eq!(answer.headers("www-authenticate"), challenges);
    let cause = json!({
        "type": "security_exception",
        "reason": "missing authentication credentials for REST request [/_ssl/certificates?pretty]",
        "header": { "WWW-Authenticate": challenges },
    });
    let mut error = cause.clone();
    error["root_cause"] = json!([cause]);
    assert_eq!(answer.json(), json!({ "error": error, "status": 401 }));
    assert!(answer.body.starts_with("{\n  \"error\" : {\n"), "laid out");
    let answer = server.get_as(None, PATH, &[]).await;
    assert_eq!(
        answer.body,
        r#"{"error":{"root_cause":[{"type":"security_exception","reason":"missing authentication credentials for REST request [/_ssl/certificates]","header":{"WWW-Authenticate":["Basic realm=\"security\", charset=\"UTF-8\"","Bearer realm=\"security\"","ApiKey"]}}],"type":"security_exception","reason":"missing authentication credentials for REST request [/_ssl/certificates]","header":{"WWW-Authenticate":["Basic realm=\"security\", charset=\"UTF-8\"","Bearer realm=\"security\"","ApiKey"]}},"status":401}"#
    );
}

/// Two tokens, whose secret is `sesame`: `ci` may do nothing, `old` has expired.
const TOKENS: &str = "
[[tokens]]
id = 'ci'
name = 'pipeline'
role = 'none'
created = '2024-01-01T00:00:00Z'
sha256 = '0MBPSxlR5K6q7IIj7SA55ULzqugFpvp_bXlOWv_10nI'

[[tokens]]
id = 'good'
name = 'watcher'
role = 'monitor'
created = '2024-01-01T00:00:00Z'
sha256 = '0MBPSxlR5K6q7IIj7SA55ULzqugFpvp_bXlOWv_10nI'

[[tokens]]
id = 'old'
name = 'pipeline'
role = 'monitor'
created = '2024-01-01T00:00:00Z'
expires = '2024-01-02T00:00:00Z'
sha256 = '0MBPSxlR5K6q7IIj7SA55ULzqugFpvp_bXlOWv_10nI'
";

#[tokio::test]
async fn each_scheme_is_refused_in_its_own_words() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("tokens.toml"), TOKENS).unwrap();
    let server = Server::over(data);
    let bearer = |id: &str, secret: &str| format!("Bearer certlens_{id}_{secret}");
    let unknown = "unable to authenticate with provided credentials and anonymous access is not allowed for this request";
    let all = [
        "Basic realm=\"security\", charset=\"UTF-8\"",
        "Bearer realm=\"security\"",
        "ApiKey",
    ];
    let expired = "Bearer realm=\"security\", error=\"invalid_token\", error_description=\"The access token expired\"";
    for (credentials, reason, tried, challenges) in [
        (
            api_key("foo", "x"),
            unknown,
            Some("API key: unable to find apikey with id foo"),
            &all[..],
        ),
        (
            api_key("ci", "x"),
            unknown,
            Some("API key: invalid credentials for API key [ci]"),
            &all,
        ),
        (
            api_key("old", "sesame"),
            unknown,
            Some("API key: api key is expired"),
            &all,
        ),
        (bearer("foo", "x"), unknown, None, &all),
        (bearer("old", "sesame"), "token expired", None, &[expired]),
        (
            "Digest x".to_owned(),
            "missing authentication credentials for REST request [/_ssl/certificates]",
            None,
            &all,
        ),
    ] {
        let answer = server.as_shown(&credentials, PATH).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{credentials}");
        assert_eq!(answer.header("x-elastic-product"), None);
        assert_eq!(answer.headers("www-authenticate"), challenges);
        let error = answer.json()["error"].clone();
        let mut fields = vec!["root_cause", "type", "reason", "header"];
        if let Some(tried) = tried {
            fields.insert(3, "additional_unsuccessful_credentials");
            assert_eq!(error[fields[3]], tried);
        }
        assert_eq!(error["reason"], reason);
        assert_eq!(
            error.as_object().unwrap().keys().collect::<Vec<_>>(),
            fields
        );
        let header = match challenges {
            [one] => json!(one),
            many => json!(many),
        };
        assert_eq!(error["header"]["WWW-Authenticate"], header);
    }
    for credentials in [api_key("good", "sesame"), bearer("good", "sesame")] {
        assert_eq!(server.as_shown(&credentials, PATH).await.body, "[]");
    }
    let answer = server.as_shown(&api_key("ci", "sesame"), PATH).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.headers("www-authenticate"), [""; 0]);
    assert_eq!(
        answer.json()["error"]["reason"],
        "action [cluster:monitor/xpack/ssl/certificates/get] is unauthorized for API key id [ci] of user [pipeline], this action is granted by the cluster privileges [monitor,manage,all]"
    );
}

fn api_key(id: &str, secret: &str) -> String {
    use base64::Engine as _;
    let pair = format!("{id}:{secret}");
    format!(
        "ApiKey {}",
        base64::engine::general_purpose::STANDARD.encode(pair)
    )
}

#[tokio::test]
async fn every_form_is_answered_under_its_type() {
    let server = Server::demo();
    let first = server.get(PATH).await.json()[0].clone();
    let field = |name: &str| first[name].as_str().unwrap().to_owned();
    let yaml = server.get("/_ssl/certificates?format=yaml&pretty").await;
    assert_eq!(yaml.header("content-type"), Some("application/yaml"));
    let expected = format!(
        "---\n- path: \"certs/corp-root.crt\"\n  format: \"PEM\"\n  alias: null\n  subject_dn: \"{}\"\n  serial_number: \"{}\"\n  has_private_key: false\n",
        field("subject_dn"),
        field("serial_number")
    );
    assert!(yaml.body.starts_with(&expected), "{}", yaml.body);
    for (query, accept, kind, begins) in [
        (
            "",
            "application/yaml",
            "application/yaml",
            &b"---\n- path: "[..],
        ),
        (
            "",
            "application/cbor",
            "application/cbor",
            b"\x9f\xbf\x64path\x73certs/corp-root.crt",
        ),
        (
            "",
            "application/smile",
            "application/smile",
            b":)\n\x05\xf8\xfa\x83path\x52certs/corp-root.crt",
        ),
        (
            "",
            "application/vnd.elasticsearch+cbor; compatible-with=8",
            "application/vnd.elasticsearch+cbor;compatible-with=8",
            b"\x9f\xbf",
        ),
        (
            "?format=cbor",
            "application/yaml",
            "application/cbor",
            b"\x9f\xbf",
        ),
        (
            "?format=CBOR&filter_path=nope",
            "*/*",
            "application/cbor",
            b"",
        ),
        ("?format=xml", "*/*", "application/json", b"[{"),
    ] {
        let path = format!("{PATH}{query}");
        let answer = server.ask(Method::GET, &path, &[("accept", accept)]).await;
        assert_eq!(answer.status, StatusCode::OK, "{query} {accept}");
        assert_eq!(
            answer.header("content-type"),
            Some(kind),
            "{query} {accept}"
        );
        assert!(answer.octets.starts_with(begins), "{query} {accept}");
        assert_eq!(answer.octets.is_empty(), begins.is_empty());
    }
    let failure = server
        .get_as(None, "/_ssl/certificates?format=yaml", &[])
        .await;
    assert_eq!(failure.header("content-type"), Some("application/yaml"));
    assert!(
        failure
            .body
            .starts_with("---\nerror:\n  root_cause:\n  - type: \"security_exception\"\n"),
        "{}",
        failure.body
    );
    assert!(failure.body.ends_with("\nstatus: 401\n"));
}

#[tokio::test]
async fn a_trace_is_for_those_who_ask_and_are_known() {
    let data = tempfile::tempdir().unwrap();
    std::fs::write(data.path().join("tokens.toml"), TOKENS).unwrap();
    let server = Server::over(data);
    let answer = server
        .as_shown(&api_key("ci", "sesame"), "/_ssl/certificates?error_trace")
        .await;
    let error = answer.json()["error"].clone();
    let trace = error["stack_trace"].as_str().unwrap();
    assert!(
        trace.starts_with("org.elasticsearch.ElasticsearchSecurityException: action [cluster:"),
        "{trace}"
    );
    assert_eq!(error["root_cause"][0]["stack_trace"], trace);
    for path in [
        "/_ssl/certificates?error_trace",
        "/_ssl/certificates?error_trace=false",
    ] {
        let answer = server.get_as(None, path, &[]).await;
        assert!(!answer.body.contains("stack_trace"), "{}", answer.body);
    }
    let answer = server.get("/_ssl/certificates?error_trace=maybe").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.body,
        r#"{"error":"Failed to parse value [maybe] as only [true] or [false] are allowed.","status":400}"#
    );
}

#[tokio::test]
async fn err_bodies_of_types_that_are_not_taken() {
    let server = Server::empty();
    let body = ("content-length", "2");
    for (headers, error) in [
        (&[body][..], "Content-Type header is missing"),
        (
            &[body, ("content-type", "text/plain")],
            "Content-Type header [text/plain] is not supported",
        ),
    ] {
        let answer = server.ask(Method::GET, PATH, headers).await;
        assert_eq!(answer.status, StatusCode::NOT_ACCEPTABLE);
        assert_eq!(
            answer.body,
            format!(r#"{{"error":"{error}","status":406}}"#)
        );
        assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    }
}

#[tokio::test]
async fn err_wrong_password_names_the_user() {
    let answer = Server::empty()
        .get_as(Some(("eve", "guess")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
    assert_eq!(
        answer.json()["error"]["reason"],
        "unable to authenticate user [eve] for REST request [/_ssl/certificates]"
    );
}

#[tokio::test]
async fn err_user_without_the_privilege() {
    let data = tempfile::tempdir().unwrap();
    only_user(data.path(), "none");
    let answer = Server::over(data)
        .get_as(Some(("none", "right")), PATH, &[])
        .await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert_eq!(answer.header("x-elastic-product"), None);
    assert_eq!(
        answer.json()["error"]["reason"],
        "action [cluster:monitor/xpack/ssl/certificates/get] is unauthorized for user [none] with effective roles [none], this action is granted by the cluster privileges [monitor,manage,all]"
    );
}

#[tokio::test]
async fn err_requests_that_do_not_belong_here() {
    let server = Server::empty();
    for (method, path, headers, status, reason) in [
        (
            Method::GET,
            "/_ssl/certificates?prety",
            vec![],
            400,
            "request [/_ssl/certificates] contains unrecognized parameter: [prety] -> did you mean [pretty]?",
        ),
        (
            Method::GET,
            "/_ssl/certificates?b=1&a=2",
            vec![],
            400,
            "request [/_ssl/certificates] contains unrecognized parameters: [a], [b]",
        ),
        (
            Method::GET,
            PATH,
            vec![
                ("content-length", "2"),
                ("content-type", "application/json"),
            ],
            400,
            "request [GET /_ssl/certificates] does not support having a body",
        ),
        (
            Method::GET,
            "/_ssl/certificates?pretty=maybe&format=yaml",
            vec![],
            400,
            "Failed to parse value [maybe] as only [true] or [false] are allowed.",
        ),
        (
            Method::POST,
            PATH,
            vec![("accept", "foo")],
            400,
            "Invalid media-type value on headers [Accept]",
        ),
        (
            Method::GET,
            PATH,
            vec![(
                "accept",
                "application/vnd.elasticsearch+json; compatible-with=7",
            )],
            400,
            "Invalid media-type value on headers [Accept, Content-Type]",
        ),
    ] {
        let answer = server.ask(method, path, &headers).await;
        assert_eq!(answer.status.as_u16(), status, "{path}");
        assert_eq!(answer.json()["error"]["reason"], reason);
        assert_eq!(answer.json()["status"], status);
        assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    }
    let versioned = "application/vnd.elasticsearch+json; compatible-with=7";
    let answer = server
        .ask(
            Method::GET,
            PATH,
            &[("accept", versioned), ("x-opaque-id", "me")],
        )
        .await;
    assert_eq!(answer.header("content-type"), Some("application/json"));
    assert_eq!(answer.header("x-opaque-id"), Some("me"));
    assert_eq!(
        answer.body,
        r#"{"error":{"root_cause":[{"type":"media_type_header_exception","reason":"Invalid media-type value on headers [Accept, Content-Type]"}],"type":"media_type_header_exception","reason":"Invalid media-type value on headers [Accept, Content-Type]","caused_by":{"type":"status_exception","reason":"Accept version must be either version 9 or 8, but found 7. Accept=application/vnd.elasticsearch+json; compatible-with=7"}},"status":400}"#
    );
}

#[tokio::test]
async fn err_methods_and_paths_that_do_not_exist() {
    let server = Server::empty();
    let answer = server.ask(Method::POST, PATH, &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.header("allow"), Some("GET"));
    assert_eq!(
        answer.body,
        r#"{"error":"Incorrect HTTP method for uri [/_ssl/certificates] and method [POST], allowed: [GET]","status":405}"#
    );
    let answer = server.ask(Method::HEAD, PATH, &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(answer.body, "");
    let answer = server.ask(Method::POST, "/", &[]).await;
    assert_eq!(answer.header("allow"), Some("GET,HEAD"));
    assert_eq!(
        answer.body,
        r#"{"error":"Incorrect HTTP method for uri [/] and method [POST], allowed: [GET, HEAD]","status":405}"#
    );
    let answer = server.ask(Method::OPTIONS, PATH, &[]).await;
    assert_eq!(
        (answer.status, answer.header("allow"), answer.body.as_str()),
        (StatusCode::OK, Some("GET"), "")
    );
    assert_eq!(
        answer.header("content-type"),
        Some("text/plain; charset=UTF-8")
    );
    let answer = server.ask(Method::OPTIONS, "/_cat/indices", &[]).await;
    assert_eq!(
        (answer.status, answer.header("allow")),
        (StatusCode::OK, None)
    );
    let answer = server.get("/_cat/indices").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(
        answer.body,
        r#"{"error":"no handler found for uri [/_cat/indices] and method [GET]"}"#
    );
    let answer = server.get_as(None, "/_cat/indices", &[]).await;
    assert_eq!(
        answer.status,
        StatusCode::UNAUTHORIZED,
        "who is nobody learns of no path"
    );
}

#[tokio::test]
async fn a_slash_at_the_end_of_the_path_changes_nothing() {
    let server = Server::demo();
    let (plain, slashed) = (
        server.get(PATH).await,
        server.get("/_ssl/certificates/").await,
    );
    assert_eq!(slashed.status, StatusCode::OK);
    assert_eq!(slashed.body, plain.body);
    let answer = server.ask(Method::POST, "/_ssl/certificates/", &[]).await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
}

#[tokio::test]
async fn err_keystore_with_another_password() {
    let server = Server::demo();
    let secrets = server.path().join("elasticsearch/secrets.toml");
    std::fs::write(
        &secrets,
        "\"xpack.security.http.ssl.keystore.secure_password\" = \"hunter2\"\n",
    )
    .unwrap();
    let answer = server.get(PATH).await;
    assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
    let error = &answer.json()["error"];
    assert_eq!(error["type"], "ssl_config_exception");
    let reason = error["reason"].as_str().unwrap();
    assert!(
        reason.starts_with("cannot read configured [PKCS12] keystore ["),
        "{reason}"
    );
    assert!(
        reason.ends_with("caused by an incorrect password; (a keystore password was provided)"),
        "{reason}"
    );
    assert!(!answer.body.contains("hunter2"));
}

#[tokio::test]
async fn err_files_that_are_missing_or_broken() {
    for (content, expected) in [
        (
            None,
            "cannot read configured PEM certificate_authorities [FILE] because the file does not exist",
        ),
        (
            Some("nothing of the kind"),
            "failed to parse any certificates from [FILE]",
        ),
        (Some(""), "failed to parse any certificates from [FILE]"),
    ] {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("elasticsearch");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(
            folder.join("elasticsearch.yml"),
            "xpack.http.ssl.certificate_authorities: [ ca.crt ]\n",
        )
        .unwrap();
        let path = folder.join("ca.crt");
        if let Some(content) = content {
            std::fs::write(&path, content).unwrap();
        }
        let answer = Server::over(data).get(PATH).await;
        assert_eq!(answer.status, StatusCode::INTERNAL_SERVER_ERROR);
        let error = answer.json()["error"].clone();
        assert_eq!(error["type"], "ssl_config_exception");
        let reason = error["reason"].as_str().unwrap();
        let path = path.display().to_string();
        assert_eq!(reason.replace(&path, "FILE"), expected);
        if content.is_none() {
            let cause = json!({ "type": "no_such_file_exception", "reason": path });
            assert_eq!(error["caused_by"], cause);
        }
    }
}

#[tokio::test]
async fn err_keystores_that_java_would_not_open() {
    let demo = crate::support::demo_data();
    let certs = demo.path().join("elasticsearch/certs");
    for (file, kind, password, expected) in [
        (
            "http.p12",
            "PKCS12",
            None,
            "cannot read configured [PKCS12] keystore (as a truststore) [FILE] - this is usually caused by an incorrect password; (no password was provided)",
        ),
        (
            "partners.jks",
            "jks",
            None,
            "cannot read configured [jks] keystore (as a truststore) [FILE] - this is usually caused by an incorrect password; (no password was provided)",
        ),
        (
            "partners.jks",
            "jks",
            Some("wrong"),
            "cannot read configured [jks] keystore (as a truststore) [FILE] - this is usually caused by an incorrect password; (a keystore password was provided)",
        ),
        (
            "partners.jks",
            "BKS",
            Some("changeit"),
            "cannot load [BKS] keystore (as a truststore) from [FILE] due to KeyStoreException (BKS not found)",
        ),
        (
            "http_ca.crt",
            "jks",
            Some("changeit"),
            "cannot read configured [jks] keystore (as a truststore) [FILE] - Invalid keystore format",
        ),
    ] {
        let data = tempfile::tempdir().unwrap();
        let folder = data.path().join("elasticsearch");
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join(file);
        std::fs::copy(certs.join(file), &path).unwrap();
        let password = password
            .map(|it| format!(", password: {it}"))
            .unwrap_or_default();
        let settings =
            format!("xpack.http.ssl.truststore: {{ path: {file}, type: {kind}{password} }}\n");
        std::fs::write(folder.join("elasticsearch.yml"), settings).unwrap();
        let answer = Server::over(data).get(PATH).await;
        assert_eq!(
            answer.status,
            StatusCode::INTERNAL_SERVER_ERROR,
            "{expected}"
        );
        let reason = answer.json()["error"]["reason"].to_string();
        let path = path.display().to_string();
        assert_eq!(reason.replace(&path, "FILE").trim_matches('"'), expected);
    }
}

#[tokio::test]
async fn changed_settings_show_at_once() {
    let server = Server::demo();
    assert_ne!(server.get(PATH).await.body, "[]");
    std::fs::write(server.path().join("elasticsearch/elasticsearch.yml"), "").unwrap();
    assert_eq!(server.get(PATH).await.body, "[]");
}

#[tokio::test]
async fn the_root_tells_clients_where_they_are() {
    let server = Server::demo();
    let answer = server.get("/").await;
    assert_eq!(answer.header("x-elastic-product"), Some("Elasticsearch"));
    let info = answer.json();
    assert_eq!(info["tagline"], "You Know, for Search");
    assert_eq!(info["name"], "es01");
    assert_eq!(info["cluster_name"], "corp-search");
    assert_eq!(info["cluster_uuid"].as_str().unwrap().len(), 22);
    assert_eq!(
        server
            .get("/?filter_path=version.number&pretty=false")
            .await
            .body,
        r#"{"version":{"number":"9.1.0"}}"#
    );
    assert_eq!(server.get("/?filter_path=nope").await.body, "{ }\n");
    let uuid = info["cluster_uuid"].as_str().unwrap();
    assert_eq!(
        answer.body,
        format!(
            r#"{{
  "name" : "es01",
  "cluster_name" : "corp-search",
  "cluster_uuid" : "{uuid}",
  "version" : {{
    "number" : "9.1.0",
    "build_flavor" : "default",
    "build_type" : "certlens",
    "build_hash" : "00000000",
    "build_date" : "2025-07-09T22:10:13.578182715Z",
    "build_snapshot" : false,
    "lucene_version" : "10.2.2",
    "minimum_wire_compatibility_version" : "8.19.0",
    "minimum_index_compatibility_version" : "8.0.0"
  }},
  "tagline" : "You Know, for Search"
}}
"#
        )
    );
    let head = server.ask(Method::HEAD, "/", &[]).await;
    let length = answer.body.len().to_string();
    assert_eq!(head.header("content-length"), Some(length.as_str()));
    assert_eq!((head.status, head.body.as_str()), (StatusCode::OK, ""));
    assert_eq!(head.header("x-elastic-product"), Some("Elasticsearch"));
    assert_eq!(
        server.get_as(None, "/", &[]).await.status,
        StatusCode::UNAUTHORIZED
    );
    assert_eq!(
        server.ask(Method::POST, "/", &[]).await.status,
        StatusCode::METHOD_NOT_ALLOWED
    );
}

fn text(row: &Value, field: &str) -> String {
    row[field].as_str().unwrap_or("null").to_owned()
}
