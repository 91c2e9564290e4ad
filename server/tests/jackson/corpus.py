"""Prints the values that Jackson is asked to write, one in a line: see Jackson.java."""

import json
import random

random.seed(88445)

CHALLENGES = ['Basic realm="security", charset="UTF-8"', 'Bearer realm="security"', "ApiKey"]
WORDS = [
    "CN=", "O=", "OU=", "OID.2.5.4.97=", "example", "Elasticsearch security auto-configuration HTTP CA",
    "Österreich Logistik AG", "株式会社", "🔒 Lock", " ", "  ", ",", ", ", '"Example Bank, Inc."', "\\", '"',
    "\n", "\t", "\u00a0", "\u2028", "'", "#", ":", "-", "a" * 40, "b" * 81,
]
SPECIAL = [
    *range(0x20), 0x22, 0x27, 0x5C, 0x7F, 0x80, 0x84, 0x85, 0x86, 0x9F, 0xA0, 0xAD, 0xE9, 0x200B, 0x2028, 0x2029,
    0xD7FF, 0xE000, 0xFEFF, 0xFFFD, 0xFFFE, 0xFFFF, 0x10000, 0x1F512, 0x10FFFF,
]


def main():
    for value in [*shapes(), *characters(), *lengths(), *rows(), *errors()]:
        print(json.dumps(value, separators=(",", ":")))


def shapes():
    yield from ([], {}, [{}], [[]], [["a", []]], {"a": []}, {"a": {}}, {"a": {"b": "c"}})
    yield [row(), row(path="ca.crt", format="PEM", alias=None, has_private_key=False)]
    yield {"name": "es01", "version": {"number": "9.1.0", "build_snapshot": False}, "tagline": "You Know, for Search"}
    yield {"error": "no handler found for uri [/x] and method [GET]"}
    for challenges in (CHALLENGES, "ApiKey"):
        cause = {"type": "security_exception", "reason": "missing", "header": {"WWW-Authenticate": challenges}}
        yield {"error": {"root_cause": [cause], **cause, "stack_trace": "a: b\n\tat c\n"}, "status": 401}
    numbers = [0, 15, 16, 23, 24, 31, 32, 63, 64, 255, 256, 401, 500, 8191, 8192, 65535, 65536, -1, -16, -17, -25]
    yield {f"n{at}": number for at, number in enumerate(numbers)}
    # More different names than there are short references, and than there are references at all.
    yield [{f"n{at}": True for at in range(1030)}, {f"n{at}": True for at in (0, 5, 6, 63, 64, 300, 1029)}]


def characters():
    """One of each character that is treated in a way of its own."""
    for character in SPECIAL:
        yield [f"CN=a{chr(character)}b"]


def lengths():
    """Both sides of every length at which the binary forms change."""
    for length in [1, 2, 16, 17, 23, 24, 32, 33, 34, 63, 64, 65, 85, 86, 255, 256]:
        yield from (["a" * length], ["é" + "a" * (length - 1)], ["漢" * length], ["🔒" * (length // 2)])
    yield from (["a" * length] for length in [2666, 2667, 3996, 3997])


def rows():
    """Names as certificates have them, folded at every place."""
    for _ in range(60):
        path = random.choice(["a.p12", "certs/" + "p" * 90, "~", "null", "- x", "a: b", "/etc/certs/ca file.crt"])
        alias = random.choice([None, "http", "", "ältere wurzel", "x" * 70])
        yield [row(path=path, alias=alias, subject_dn=text(20), issuer=text(8), has_private_key=random.random() < 0.5)]


def errors():
    """The same in objects, where the margin is another one."""
    for _ in range(10):
        cause = {"type": text(2), "reason": text(20), "header": {"WWW-Authenticate": [text(16), "ApiKey"]}}
        yield {"error": {"root_cause": [cause], "reason": text(20)}, "status": 500}


def row(**fields):
    return {
        "path": "certs/http.p12", "format": "PKCS12", "alias": "http", "subject_dn": "CN=es01", "serial_number": "9c43",
        "has_private_key": True, "expiry": "2034-07-17T04:41:42.000Z", "issuer": "CN=HTTP CA", **fields,
    }


def text(most):
    return "".join(random.choice(WORDS) for _ in range(random.randint(1, most)))


main()
