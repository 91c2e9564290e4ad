// Starts the real program over demonstration data of its own.

import { spawn } from "node:child_process";
import { openSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";

const repository = new URL("..", import.meta.url).pathname;
const binary = resolve(repository, process.env.CERTLENS_BINARY ?? "target/release/certlens");

/**
 * With demonstration data, or with clusters behind it: `{name, kind, url, credentials}`.
 *
 * Resolves once the program says where it listens; `stop` ends it and removes its data. Its log is
 * kept in target/test-servers.log.
 */
export async function startServer({ clusters = [] } = {}) {
  const user = "admin";
  const password = "a password for tests: only";
  const data = await mkdtemp(join(tmpdir(), "certlens-data-"));
  await mkdir(resolve(repository, "target"), { recursive: true });
  const log = openSync(resolve(repository, "target/test-servers.log"), "a");
  const content = clusters.length ? ["--config", await writeClusters(data, clusters)] : ["--demo"];
  const server = spawn(binary, ["serve", "--data", data, "--listen", "127.0.0.1:0", ...content], {
    env: { ...process.env, CERTLENS_PASSWORD: password },
    stdio: ["ignore", "pipe", log],
  });
  const ended = new Promise((resolve) => server.once("close", resolve));
  const stop = async () => {
    server.kill();
    await ended;
    await rm(data, { recursive: true, force: true });
  };
  for await (const line of createInterface(server.stdout)) {
    const address = line.match(/http:\/\/[^\s/]+/)?.[0];
    if (address) return { address, user, password, data, stop };
  }
  await stop();
  throw new Error("the program ended before it said where it listens");
}

/** Writes a configuration that names clusters, each with a file for its credentials. */
async function writeClusters(data, clusters) {
  const sections = await Promise.all(clusters.map(async ({ name, kind, url, credentials }) => {
    const file = join(data, `${name}.credentials`);
    await writeFile(file, credentials, { mode: 0o600 });
    return ["[[clusters]]", ...Object.entries({ name, kind, url, credentials: file })
      .map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join("\n");
  }));
  const file = join(data, "certlens.toml");
  await writeFile(file, sections.join("\n\n") + "\n");
  return file;
}
