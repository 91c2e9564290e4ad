// Elastic's own Python clients list the certificates of the demonstration data: see list.py.

import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { startServer } from "../server.js";

let server;
before(async () => (server = await startServer()));
after(() => server.stop());

for (const version of [8, 9]) {
  test(`Python client ${version} lists the certificates`, () => {
    const python = new URL(`../../target/python/${version}/bin/python`, import.meta.url).pathname;
    const script = new URL("list.py", import.meta.url).pathname;
    const { address, user, password } = server;
    execFileSync(python, [script, address, user, password], { stdio: ["ignore", "inherit", "inherit"] });
  });
}
