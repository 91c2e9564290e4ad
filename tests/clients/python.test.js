// Elastic's own Python clients list the certificates of the demonstration data: see list.py.

import { execFileSync } from "node:child_process";
import { after, before, test } from "node:test";
import { startServer } from "../server.js";
import { addTokens, apiKey, bearer } from "./tokens.js";

let server;
before(async () => {
  server = await startServer();
  await addTokens(server.data);
});
after(() => server.stop());

for (const version of [8, 9]) {
  test(`Python client ${version} lists the certificates`, () => {
    const python = new URL(`../../target/python/${version}/bin/python`, import.meta.url).pathname;
    const script = new URL("list.py", import.meta.url).pathname;
    const { address, user, password } = server;
    const credentials = [user, password, apiKey("watcher"), bearer("watcher"), apiKey("nobody")];
    execFileSync(python, [script, address, ...credentials], { stdio: ["ignore", "inherit", "inherit"] });
  });
}
