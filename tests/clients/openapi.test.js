// Programs that read OpenAPI and Prometheus' text, and Schemathesis, which tries every documented path.

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
