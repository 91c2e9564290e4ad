"""Lists certificates with Elastic's Python client: `list.py ADDRESS USER PASSWORD KEY TOKEN KEY-OF-NOBODY`."""

import sys

from elasticsearch import AuthenticationException, AuthorizationException, BadRequestError, Elasticsearch

FIELDS = ["path", "format", "alias", "subject_dn", "serial_number", "has_private_key", "expiry"]


def main(address, user, password, key, token, key_of_nobody):
    def show(**credentials):
        return Elasticsearch(address, max_retries=0, **credentials)

    client = show(basic_auth=(user, password))
    assert client.ping() is True
    assert client.info()["tagline"] == "You Know, for Search"

    answer = client.ssl.certificates()
    assert answer.meta.headers["x-elastic-product"] == "Elasticsearch"
    rows = answer.body
    assert rows, "the demonstration data has certificates"
    for row in rows:
        assert list(row)[: len(FIELDS)] == FIELDS, list(row)
    assert {"PEM", "PKCS12", "jks"} <= {row["format"] for row in rows}

    rows = client.ssl.certificates(filter_path="path,expiry").body
    assert list(rows[0]) == ["path", "expiry"], rows[0]

    for credentials in ({"api_key": key}, {"bearer_auth": token}):
        assert show(**credentials).ssl.certificates().body == answer.body, credentials

    wrong = refused(AuthenticationException, show(basic_auth=(user, "wrong")).ssl.certificates)
    assert wrong.status_code == 401
    assert wrong.body["error"]["reason"].startswith(f"unable to authenticate user [{user}]"), wrong.body

    unknown = refused(AuthenticationException, show(api_key=("gone", "x")).ssl.certificates)
    tried = unknown.body["error"]["additional_unsuccessful_credentials"]
    assert tried == "API key: unable to find apikey with id gone", tried

    forbidden = refused(AuthorizationException, show(api_key=key_of_nobody).ssl.certificates)
    assert forbidden.status_code == 403
    assert "of user [nobody]" in forbidden.body["error"]["reason"], forbidden.body

    def misspelt():
        client.perform_request("GET", "/_ssl/certificates?prety", headers={"accept": "application/json"})

    reason = refused(BadRequestError, misspelt).body["error"]["reason"]
    assert reason.endswith("[prety] -> did you mean [pretty]?"), reason


def refused(kind, request):
    try:
        request()
    except kind as error:
        return error
    raise AssertionError(f"expected {kind.__name__}")


main(*sys.argv[1:])
