// curl and OpenSSL do what the documentation of Redis Enterprise tells people to do by hand.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { startServer } from "../server.js";

const CERTIFICATES = "/v1/cluster/certificates";

let server;
let folder;
before(async () => {
  folder = mkdtempSync(join(tmpdir(), "certlens-curl-"));
  server = await startServer();
});
after(() => {
  rmSync(folder, { recursive: true });
  return server.stop();
});

/** Status, content type and body of one request. */
function curl(method, path, { body, credentials = ["--user", `${server.user}:${server.password}`] } = {}) {
  const sent = body === undefined ? [] : ["--header", "Content-Type: application/json", "--data-binary", "@body.json"];
  if (body !== undefined) writeFileSync(join(folder, "body.json"), body);
  const options = ["--silent", "--show-error", "--request", method, "--write-out", "\n%{http_code} %{content_type}"];
  const url = server.address.replace(/\/$/, "") + path;
  const answer = execFileSync("curl", [...options, ...credentials, ...sent, url], { cwd: folder, encoding: "utf8" });
  const end = answer.lastIndexOf("\n");
  const [status, type] = answer.slice(end + 1).split(" ");
  return { status: Number(status), type, json: JSON.parse(answer.slice(0, end)) };
}

const openssl = (...options) => execFileSync("openssl", options, { cwd: folder, encoding: "utf8", stdio: "pipe" });
const text = (file) => readFileSync(join(folder, file), "utf8");

function makeChain() {
  const subject = (name) => ["-subj", `/CN=${name}`, "-nodes", "-newkey", "rsa:2048"];
  openssl("req", "-x509", ...subject("root"), "-keyout", "root.key", "-out", "root.pem", "-days", "30");
  openssl("req", ...subject("redis.corp.example"), "-keyout", "leaf.key", "-out", "leaf.csr");
  openssl("x509", "-req", "-in", "leaf.csr", "-CA", "root.pem", "-CAkey", "root.key", "-days", "9", "-out", "leaf.pem");
  return { certificate: text("leaf.pem") + text("root.pem"), key: text("leaf.key") };
}

const done = { status: 200, type: "application/json", json: {} };

test("a chain is installed, found again, and verified by OpenSSL", () => {
  const made = makeChain();
  assert.deepEqual(curl("PUT", "/v1/cluster/update_cert", { body: JSON.stringify({ name: "proxy", ...made }) }), done);
  const { json } = curl("GET", CERTIFICATES);
  assert.equal(json.proxy_cert, made.certificate);
  assert.equal(json.proxy_key, made.key);
  const several = { certificates: [{ name: "api", ...made }, { name: "sso_service", ...made }] };
  assert.deepEqual(curl("PUT", CERTIFICATES, { body: JSON.stringify(several) }), done);
  assert.deepEqual(curl("DELETE", `${CERTIFICATES}/sso_service`), done);
  assert.equal("sso_service_cert" in curl("GET", CERTIFICATES).json, false);
});

test("certificates between nodes are rotated, and verify against their authority", () => {
  const before = curl("GET", CERTIFICATES).json.ccs_internode_encryption_cert;
  assert.deepEqual(curl("POST", `${CERTIFICATES}/rotate`), done);
  const pem = curl("GET", CERTIFICATES).json.ccs_internode_encryption_cert;
  assert.notEqual(pem, before);
  const [leaf, authority] = pem.split(/(?<=-----END CERTIFICATE-----\n)/);
  writeFileSync(join(folder, "ccs.pem"), leaf);
  writeFileSync(join(folder, "authority.pem"), authority);
  assert.equal(openssl("verify", "-CAfile", "authority.pem", "-purpose", "sslclient", "ccs.pem"), "ccs.pem: OK\n");
});

test("a token of authorize opens the list, and each failure has its status", () => {
  const { access_token: token } = curl("POST", "/v1/users/authorize").json;
  for (const scheme of ["JWT", "Bearer"]) {
    const credentials = ["--header", `Authorization: ${scheme} ${token}`];
    assert.equal(curl("GET", CERTIFICATES, { credentials }).status, 200);
  }
  const failed = (...request) => {
    const { status, json } = curl(...request);
    return `${status} ${json.error_code}`;
  };
  assert.equal(failed("GET", CERTIFICATES, { credentials: [] }), "401 unauthorized");
  assert.equal(failed("DELETE", `${CERTIFICATES}/api`), "403 required_certificate");
  assert.equal(failed("DELETE", `${CERTIFICATES}/nonsense`), "404 certificate_not_found");
  // As the documentation prints it, with a comma too many.
  const documented = '{ "name": "certificate1", "key": "-----BEGIN", "certificate": "-----BEGIN", }';
  assert.equal(failed("PUT", "/v1/cluster/update_cert", { body: documented }), "400 invalid_schema");
  assert.equal(failed("POST", `${CERTIFICATES}/rotate`, { body: '{"name":"api"}' }), "403 unsupported_rotation");
});
