// Elastic's own JavaScript clients list the certificates of the demonstration data.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client8 from "elasticsearch8";
import * as client9 from "elasticsearch9";
import { startServer } from "../server.js";
import { decode } from "./cbor.js";
import { addTokens, apiKey, bearer } from "./tokens.js";

// In the order of Elastic's page.
const FIELDS = ["path", "format", "alias", "subject_dn", "serial_number", "has_private_key", "expiry", "issuer"];

let server;
before(async () => {
  server = await startServer();
  await addTokens(server.data);
});
after(() => server.stop());

for (const [version, { Client, errors }] of [[8, client8], [9, client9]]) {
  const connect = (password = server.password) => show({ username: server.user, password });
  const show = (auth) => new Client({ node: server.address, auth, maxRetries: 0 });

  test(`client ${version} takes the server for Elasticsearch`, async () => {
    assert.equal(await connect().ping(), true);
    assert.equal((await connect().info()).tagline, "You Know, for Search");
  });

  test(`client ${version} lists the certificates`, async () => {
    const rows = await connect().ssl.certificates();
    assert(0 < rows.length, "the demonstration data has certificates");
    for (const row of rows) {
      // What is not documented may be left out, what is may not.
      assert.deepEqual(FIELDS.filter((field) => field in row || field === "issuer"), FIELDS);
      assert.match(row.serial_number, /^[0-9a-f]+$/);
      assert.match(row.expiry, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      assert.equal(typeof row.has_private_key, "boolean");
    }
    assert(rows.some(({ has_private_key }) => has_private_key));
    for (const format of ["PEM", "PKCS12", "jks"]) assert(rows.some((row) => row.format === format), format);
  });

  test(`client ${version} chooses fields`, async () => {
    const [row] = await connect().ssl.certificates({ filter_path: "path,expiry" });
    assert.deepEqual(Object.keys(row), ["path", "expiry"]);
  });

  test(`client ${version} signs in with a key and with a token`, async () => {
    const rows = await connect().ssl.certificates();
    for (const auth of [{ apiKey: apiKey("watcher") }, { bearer: bearer("watcher") }]) {
      assert.deepEqual(await show(auth).ssl.certificates(), rows);
    }
  });

  test(`client ${version} is told why it is not let in`, async () => {
    const refused = async (client, status, reason) =>
      assert.rejects(client.ssl.certificates(), (error) => {
        assert(error instanceof errors.ResponseError, error);
        assert.equal(error.statusCode, status);
        assert.equal(error.body.error.type, "security_exception");
        assert.match(error.body.error.reason, reason);
        return true;
      });
    await refused(connect("wrong"), 401, /^unable to authenticate user \[admin\] for REST request/);
    await refused(show({ apiKey: apiKey("gone") }), 401, /^unable to authenticate with provided credentials/);
    await refused(show({ bearer: bearer("late") }), 401, /^token expired$/);
    await refused(show({ apiKey: apiKey("nobody") }), 403, /is unauthorized for API key id \[nobody\] of user \[nobody\]/);
  });

  test(`client ${version} is told which parameter is unknown`, async () => {
    const request = connect().ssl.certificates({}, { querystring: { prety: true } });
    await assert.rejects(request, (error) => {
      assert.equal(error.statusCode, 400);
      assert.match(error.body.error.reason, /unrecognized parameter: \[prety\] -> did you mean \[pretty\]\?$/);
      return true;
    });
  });
}

test("YAML and CBOR say what JSON says", async () => {
  const authorization = `ApiKey ${apiKey("watcher")}`;
  const ask = async (accept) => {
    const answer = await fetch(`${server.address}/_ssl/certificates`, { headers: { authorization, accept } });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("content-type"), accept);
    return Buffer.from(await answer.arrayBuffer());
  };
  const rows = JSON.parse(await ask("application/json"));
  assert.deepEqual(decode(await ask("application/cbor")), rows);
  const yaml = (await ask("application/yaml")).toString();
  // Its texts are quoted as in JSON, but for what JSON has no escape for; long ones are folded.
  const unfolded = yaml.replace(/\\\n *\\?/g, "");
  const lines = rows.map((row) => Object.entries(row).map(([name, value]) => `${name}: ${JSON.stringify(value)}`));
  assert.equal(unfolded, `---\n${lines.map((row) => `- ${row.join("\n  ")}\n`).join("")}`);
});
