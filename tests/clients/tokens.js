// Tokens of the server under test: `watcher` may list, `nobody` may do nothing, `late` has expired.

import { createHash } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";

const secret = "a secret for tests only";

export async function addTokens(data) {
  const sha256 = createHash("sha256").update(secret).digest("base64url");
  const token = (id, role, expires = "2099-01-01T00:00:00Z") =>
    `[[tokens]]\nid = "${id}"\nname = "${id}"\nrole = "${role}"\ncreated = "2024-01-01T00:00:00Z"\n` +
    `expires = "${expires}"\nsha256 = "${sha256}"\n`;
  const tokens = [token("watcher", "monitor"), token("nobody", "none"), token("late", "monitor", "2024-01-02T00:00:00Z")];
  await writeFile(join(data, "tokens.toml"), tokens.join("\n"), { mode: 0o600 });
}

export const apiKey = (id) => Buffer.from(`${id}:${secret}`).toString("base64");
export const bearer = (id) => `certlens_${id}_${secret}`;
