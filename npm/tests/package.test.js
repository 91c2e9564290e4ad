// The packed package, installed into a project of its own and used from Node.js.

import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { cp, mkdtemp, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import Ajv from "ajv/dist/2020.js";
import formats from "ajv-formats";

const repository = new URL("../../", import.meta.url);
const vector = (name) => readFile(new URL(`tests/vectors/${name}`, repository));
const at = "2027-01-01";

let project, inspect, readAsn1, readRows, CertlensError;

before(async () => {
  project = await mkdtemp(join(tmpdir(), "certlens-npm-"));
  const [packed] = (await readdir(new URL("npm", repository))).filter((name) => name.endsWith(".tgz"));
  await writeFile(join(project, "package.json"), '{ "name": "project", "private": true }');
  const tarball = new URL(`npm/${packed}`, repository).pathname;
  execFileSync("npm", ["install", "--silent", "--offline", "--no-audit", tarball], { cwd: project });
  await writeFile(join(project, "use.mjs"), 'export * from "certlens";\n');
  ({ inspect, readAsn1, readRows, CertlensError } = await import(pathToFileURL(join(project, "use.mjs"))));
});

after(() => rm(project, { recursive: true }));

test("a certificate becomes a typed object", async () => {
  const { format, entries, judgedAt } = inspect(await vector("pem/leaf.pem"), { at });
  assert.equal(format, "pem");
  assert.equal(judgedAt, "2027-01-01T00:00:00Z");
  const [{ object }] = entries;
  assert.equal(object.kind, "certificate");
  assert.equal(object.subject.commonName, "leaf.example.org");
  assert.deepEqual(
    object.subjectAlternativeNames.map(({ kind, value }) => `${kind}:${value}`),
    ["dns:leaf.example.org", "dns:*.leaf.example.org", "ip:192.0.2.1", "ip:2001:db8::1", "email:a@example.org"],
  );
});

test("validity is judged now, unless another instant is given", async () => {
  const standing = async (options) => inspect(await vector("pem/leaf.pem"), options).entries[0].object.standing;
  assert.equal(await standing(), "valid");
  assert.equal(await standing({ at: new Date("2020-01-01") }), "not-yet-valid");
  assert.equal(await standing({ at: "2190-01-01T00:00:00Z" }), "expired");
});

test("a keystore opens with its password, and is a report without it", async () => {
  const bytes = await vector("pkcs12/openssl-3.p12");
  const lock = (passwords) => inspect(bytes, { passwords }).keystore.lock;
  assert.equal(lock(), "locked");
  assert.equal(lock(["wrong"]), "wrong-password");
  assert.equal(lock(["wrong", "changeit"]), "open");
});

test("what a limit refuses is read with a higher one", async () => {
  const bytes = await vector("pkcs12/openssl-3.p12");
  for (const read of [inspect, readRows]) {
    const withRounds = (rounds) => read(bytes, { passwords: ["changeit"], limits: { rounds } });
    assert.throws(() => withRounds(1), { code: "limit-exceeded", message: /at most 1 key derivation rounds/ });
    assert.doesNotThrow(() => withRounds(100_000));
  }
  assert.throws(() => inspect(bytes, { limits: { round: 5 } }), { code: "option", message: /one of the names/ });
  assert.throws(() => inspect(bytes, { limits: { rounds: 0.5 } }), { name: "TypeError", message: /limits\.rounds/ });
});

test("every ASN.1 value is told, and of private keys no part", async () => {
  const trees = readAsn1(await vector("pem/chain-and-key.pem"));
  const leaf = trees[0];
  const key = trees.find(({ label }) => label === "PRIVATE KEY");
  assert.deepEqual([leaf.path, leaf.label], ["pem[0]", "CERTIFICATE"]);
  assert.deepEqual(leaf.values[0].tag, { class: "universal", number: 16, constructed: true });
  assert(leaf.values.some(({ value, meaning, depth }) => value === "2.5.4.3" && meaning === "common name" && depth === 5));
  assert(key.values.every(({ value }) => value === null));
  assert.throws(() => readAsn1(new TextEncoder().encode("no certificate")), CertlensError);
});

test("any view of octets is taken", async () => {
  const bytes = await vector("der/leaf.der");
  const buffer = new ArrayBuffer(bytes.length + 8);
  new Uint8Array(buffer, 4, bytes.length).set(bytes);
  for (const view of [new Uint8Array(buffer, 4, bytes.length), new DataView(buffer, 4, bytes.length), buffer.slice(4, 4 + bytes.length)]) {
    assert.equal(inspect(view).entries.length, 1);
  }
});

test("what cannot be read is thrown with a place and a hint", async () => {
  assert.throws(() => inspect(new Uint8Array()), (error) => {
    assert(error instanceof CertlensError && error instanceof Error);
    assert.equal(error.name, "CertlensError");
    assert.equal(error.code, "empty");
    assert.match(error.hint, /\.$/);
    assert.deepEqual(error.path, []);
    return true;
  });
  const truncated = await vector("broken/truncated.der");
  assert.throws(() => inspect(truncated), { code: "truncated", offset: 300 });
  assert.throws(() => inspect(truncated, { at: "yesterday" }), { code: "option" });
});

test("rows say what the report says", async () => {
  for (const file of ["pem/chain-and-key.pem", "pem/leaf.pem", "der/leaf.der", "pkcs12/openssl-3.p12", "broken/bad-block-between.pem"]) {
    const bytes = await vector(file);
    const rows = readRows(bytes, { passwords: ["changeit"] });
    const { entries } = inspect(bytes, { passwords: ["changeit"], at });
    assert.equal(rows.length, entries.length, file);
    for (const [index, row] of [...rows].entries()) {
      const { alias, object } = entries[index];
      assert.equal(row.kind, object.kind, file);
      assert.equal(row.alias, alias, file);
      assert.deepEqual(rows.row(index).toJSON(), row.toJSON());
      if (object.kind !== "certificate") continue;
      assert.equal(row.subject, object.subject.text);
      assert.equal(row.issuer, object.issuer.text);
      assert.equal(row.serial, object.serial);
      assert.equal(row.key, object.publicKey.text);
      assert.equal(row.ca, object.basicConstraints?.ca ?? false);
      assert.equal(row.selfIssued, object.selfIssued);
      assert.deepEqual(row.names, object.subjectAlternativeNames.map(({ value }) => value));
      assert.equal(row.notAfter.getTime(), Date.parse(object.notAfter));
      assert.equal(rows.notBefore[index], Date.parse(object.notBefore));
    }
    assert.equal(rows.row(rows.length), undefined);
    assert.equal(rows.row(-1), undefined);
  }
});

test("names that are not ASCII are read like the others", async () => {
  const text = (await vector("der/leaf.der")).toString("latin1");
  assert.equal(text.split("leaf.example.org").length, 4, "the common name and two alternative names");
  const changed = Buffer.from(text.replace("leaf.example.org", "l\xc3\xb6we.example.or"), "latin1");
  const row = readRows(changed).row(0);
  assert.equal(row.name, "l\u00f6we.example.or");
  assert.equal(row.subject, inspect(changed, { at }).entries[0].object.subject.text);
  assert.equal(row.names[0], "leaf.example.org");
});

test("rows throw as reports do", () => {
  assert.throws(() => readRows(new Uint8Array()), { code: "empty", name: "CertlensError" });
  assert.throws(() => readRows("text"), TypeError);
});

test("arguments of the wrong type are TypeErrors", () => {
  assert.throws(() => inspect("-----BEGIN"), { name: "TypeError", message: /TextEncoder/ });
  assert.throws(() => inspect(null), { name: "TypeError", message: /found null/ });
  assert.throws(() => inspect(new Uint8Array(1), { passwords: "secret" }), { name: "TypeError", message: /array of strings, found string/ });
  assert.throws(() => inspect(new Uint8Array(1), { at: new Date("nonsense") }), TypeError);
});

test("a fault of the engine is an error, and the next call starts afresh", async () => {
  const { inspectWith } = await import(pathToFileURL(join(project, "node_modules/certlens/certlens.js")));
  let restarts = 0;
  const engine = {
    inspect: () => {
      if (restarts === 0) throw new WebAssembly.RuntimeError("unreachable");
      return "a report";
    },
    restart: () => restarts++,
  };
  const faulty = inspectWith(engine);
  assert.throws(() => faulty(new Uint8Array(1)), (error) => {
    assert.equal(error.code, "internal");
    assert(error.cause instanceof WebAssembly.RuntimeError);
    return true;
  });
  assert.equal(faulty(new Uint8Array(1)), "a report");
});

test("the real engine can be started afresh", async () => {
  const engine = await import(pathToFileURL(join(project, "node_modules/certlens/wasm/engine.js")));
  const before = inspect(await vector("pem/leaf.pem"), { at });
  engine.__wbg_reset_state();
  assert.deepEqual(inspect(await vector("pem/leaf.pem"), { at }), before);
});

test("CommonJS may require it", (t) => {
  const [major, minor] = process.versions.node.split(".").map(Number);
  if (major === 20 ? minor < 19 : major === 22 && minor < 12) return t.skip("SKIPPED: this Node.js cannot require modules");
  const use = 'console.log(typeof require("certlens").inspect)';
  assert.equal(execFileSync("node", ["--no-warnings", "-e", use], { cwd: project, encoding: "utf8" }), "function\n");
});

test("reports follow the published schema, from the package and from the program", async () => {
  const ajv = formats(new Ajv({ strict: false, formats: { uint8: true, uint32: true, uint64: true } }));
  const validate = ajv.compile(JSON.parse(await readFile(new URL("docs/report.schema.json", repository))));
  const check = (inspection) => assert(validate(inspection), JSON.stringify(validate.errors?.slice(0, 3)));
  const names = await vectors();
  for (const file of names) {
    let report = null;
    let error = null;
    try {
      report = inspect(await vector(file), { passwords: ["changeit"] });
    } catch ({ code, message, hint, path, offset }) {
      error = { code, message, hint, path, offset };
    }
    check({ files: [{ file, report, error }] });
  }
  const program = resolve(repository.pathname, process.env.CERTLENS_BINARY ?? "target/release/certlens");
  for (const name of names) {
    const file = new URL(`tests/vectors/${name}`, repository).pathname;
    // Each by itself: files that the program reads together say more of each other.
    const { stdout } = spawnSync(program, ["inspect", "--json", "--password-stdin", "--at", at, file], {
      input: "changeit\n",
      maxBuffer: 2 ** 28,
    });
    const inspection = JSON.parse(stdout);
    check(inspection);
    const [{ report }] = inspection.files;
    if (report) {
      assert.deepEqual(inspect(await readFile(file), { passwords: ["changeit"], at }), report, "package and program agree");
    }
  }
});

test("the types say what comes back", async () => {
  await cp(new URL("npm/tests/types.ts", repository), join(project, "types.ts"));
  const options = ["--noEmit", "--strict", "--target", "es2022", "--module", "nodenext", "--lib", "es2022,dom"];
  const tsc = new URL("node_modules/.bin/tsc", repository).pathname;
  execFileSync(tsc, [...options, "types.ts"], { cwd: project, stdio: ["ignore", "inherit", "inherit"] });
});

async function vectors() {
  const names = await readdir(new URL("tests/vectors", repository), { recursive: true, withFileTypes: true });
  return names
    .filter((entry) => entry.isFile() && entry.name.includes(".") && !entry.name.endsWith(".toml"))
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name))
    .map((path) => path.slice(new URL("tests/vectors/", repository).pathname.length));
}
