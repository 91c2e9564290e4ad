// Elastic's own JavaScript clients list the certificates of the demonstration data.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as client8 from "elasticsearch8";
import * as client9 from "elasticsearch9";
import { startServer } from "../server.js";

// In the order of Elastic's page.
const FIELDS = ["path", "format", "alias", "subject_dn", "serial_number", "has_private_key", "expiry", "issuer"];

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

for (const [version, { Client, errors }] of [[8, client8], [9, client9]]) {
  const connect = (password = server.password) =>
    new Client({ node: server.address, auth: { username: server.user, password }, maxRetries: 0 });

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

  test(`client ${version} is told that a password is wrong`, async () => {
    await assert.rejects(connect("wrong").ssl.certificates(), (error) => {
      assert(error instanceof errors.ResponseError);
      assert.equal(error.statusCode, 401);
      assert.equal(error.body.error.type, "security_exception");
      return true;
    });
  });
}
