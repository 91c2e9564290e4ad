// Programs that read OpenAPI and Prometheus' text, and Schemathesis, which tries every documented path.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { startServer } from "../server.js";

const bin = new URL("../../target/python/api/bin/", import.meta.url).pathname;
const stdio = ["ignore", "inherit", "inherit"];

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

test("the document is OpenAPI 3.1, and the metrics are read by Prometheus' own parser", () => {
  const script = new URL("documents.py", import.meta.url).pathname;
  const { address, user, password } = server;
  execFileSync(`${bin}python`, [script, address, user, password], { stdio });
});

test("every operation that wants a sign-in refuses who has none, and who has a wrong one", async () => {
  const { paths } = await (await fetch(`${server.address}/openapi.json`)).json();
  const methods = ["get", "head", "put", "post", "delete"];
  const guarded = Object.entries(paths).flatMap(([path, operations]) =>
    methods
      // `{}` among the ways to sign in is the way without.
      .filter((method) => operations[method]?.security?.length && !operations[method].security.some((way) => !Object.keys(way).length))
      .map((method) => [method.toUpperCase(), path.replaceAll(/\{\w+\}/g, "proxy")]),
  );
  assert(20 < guarded.length, guarded.join(" "));
  for (const [method, path] of guarded) {
    for (const authorization of [undefined, "Bearer none-of-ours"]) {
      const headers = { "content-type": "application/json", ...(authorization && { authorization }) };
      const body = method === "PUT" || method === "POST" ? "{}" : undefined;
      const { status } = await fetch(server.address + path, { method, headers, body });
      // Too many wrong ones are answered 429.
      assert([401, 403, 429].includes(status), `${method} ${path} with ${authorization}: ${status}`);
    }
  }
});

// The same inputs each time; bounded in examples and, should a path hang, in time.
test("Schemathesis finds nothing", () => {
  const { address, user, password } = server;
  // Its --auth takes no password with a colon in it.
  const credentials = Buffer.from(`${user}:${password}`).toString("base64");
  const options = [
    ["--header", `Authorization: Basic ${credentials}`],
    ["--seed", "20261129", "--generation-database", "none"],
    ["--max-examples", "40", "--request-timeout", "20"],
    ["--phases", "examples,coverage,fuzzing", "--continue-on-failure", "--no-color"],
    // That a text has to be a certificate is more than a schema can say; and wrong credentials, once there
    // were too many of them, are answered 429, which the check of authentication does not expect.
    ["--exclude-checks", "positive_data_acceptance,ignored_auth"],
  ].flat();
  execFileSync(`${bin}schemathesis`, ["run", ...options, `${address}/openapi.json`], {
    stdio,
    timeout: 240_000,
    // It leaves notes where it runs.
    cwd: server.data,
  });
});
