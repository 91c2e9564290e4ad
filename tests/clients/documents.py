"""Reads what certlens says of itself: `documents.py ADDRESS USER PASSWORD`."""

import base64
import json
import sys
import urllib.request

from openapi_spec_validator import OpenAPIV31SpecValidator
from prometheus_client.parser import text_string_to_metric_families


def main(address, user, password):
    document = json.loads(get(f"{address}/openapi.json"))
    OpenAPIV31SpecValidator(document).validate()
    assert {"/healthz", "/metrics"} <= set(document["paths"]), document["paths"]

    credentials = base64.b64encode(f"{user}:{password}".encode()).decode()
    text = get(f"{address}/metrics", {"Authorization": f"Basic {credentials}"})
    families = {family.name: family for family in text_string_to_metric_families(text)}
    expiries = families["certlens_certificate_expiry_timestamp_seconds"].samples
    dialects = {sample.labels["dialect"] for sample in expiries}
    assert dialects == {"elasticsearch", "redis-enterprise", "iis"}, dialects
    assert all(sample.value > 1.5e9 for sample in expiries), expiries
    durations = families["certlens_request_duration_seconds"]
    assert durations.type == "histogram", durations
    counts = families["certlens_requests"].samples
    assert any(sample.labels["status"] == "200" for sample in counts), counts


def get(url, headers=None):
    with urllib.request.urlopen(urllib.request.Request(url, headers=headers or {})) as answer:
        return answer.read().decode()


main(*sys.argv[1:])
