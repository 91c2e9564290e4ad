"""Lists certificates with Elastic's Python client: `list.py ADDRESS USER PASSWORD`."""

import sys

from elasticsearch import AuthenticationException, Elasticsearch

FIELDS = ["path", "format", "alias", "subject_dn", "serial_number", "has_private_key", "expiry"]


def main(address, user, password):
    client = Elasticsearch(address, basic_auth=(user, password), max_retries=0)
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

    try:
        Elasticsearch(address, basic_auth=(user, "wrong"), max_retries=0).ssl.certificates()
    except AuthenticationException as refused:
        assert refused.status_code == 401
    else:
        raise AssertionError("a wrong password was taken")


main(*sys.argv[1:])
