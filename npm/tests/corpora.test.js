// The same third-party files that the Rust tests read, in WebAssembly: no panic, and nothing that
// takes the engine down.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { inspect } from "../pkg/node.js";

const { CERTLENS_CORPORA: elsewhere } = process.env;
const corpora = elsewhere ? pathToFileURL(`${elsewhere}/`) : new URL("../../../shared/corpora/", import.meta.url);

test("no third-party file panics in WebAssembly", async (t) => {
  if (!existsSync(corpora)) return t.skip("SKIPPED: the third-party files (../shared/corpora) are not here");
  const { cases } = JSON.parse(await readFile(new URL("expected.json", corpora)));
  const faults = [];
  for (const { file, password, password_candidates: candidates } of cases) {
    const passwords = [password, ...(candidates ?? [])].filter((text) => typeof text === "string");
    try {
      inspect(await readFile(new URL(encodeURI(file), corpora)), { passwords });
    } catch (error) {
      if (error.code === "internal" || error.name !== "CertlensError") faults.push(`${file}: ${error.message}`);
    }
  }
  assert.deepEqual(faults, []);
  t.diagnostic(`${cases.length} files`);
});
