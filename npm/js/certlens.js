// What both loaders share: the checks of arguments, the errors, and a fresh start after a panic.

import { Rows } from "./rows.js";

/** Why there is nothing to show, and what to do about it. */
export class CertlensError extends Error {
  constructor({ message, code, hint, path, offset }, options) {
    super(message, options);
    this.code = code;
    this.hint = hint;
    this.path = path;
    this.offset = offset;
  }
}
CertlensError.prototype.name = "CertlensError";

/** Makes `inspect` from the functions of the WebAssembly glue. */
export function inspectWith({ inspect, restart }) {
  return (bytes, options = {}) => {
    const octets = octetsOf(bytes);
    const passwords = passwordsOf(options.passwords);
    const at = instantOf(options.at);
    const limits = limitsOf(options.limits);
    return guarded(restart, () => inspect(octets, passwords, at, limits));
  };
}

/** Makes `readAsn1` from the functions of the WebAssembly glue. */
export function readAsn1With({ readAsn1, restart }) {
  return (bytes, options = {}) => {
    const octets = octetsOf(bytes);
    const passwords = passwordsOf(options.passwords);
    const limits = limitsOf(options.limits);
    return guarded(restart, () => readAsn1(octets, passwords, limits));
  };
}

/** Makes `readRows` from the functions of the WebAssembly glue. */
export function readRowsWith({ readColumns, restart }) {
  return (bytes, options = {}) => {
    const octets = octetsOf(bytes);
    const passwords = passwordsOf(options.passwords);
    const limits = limitsOf(options.limits);
    return guarded(restart, () => {
      const columns = readColumns(octets, passwords, limits);
      const rows = new Rows(columns);
      columns.free();
      return rows;
    });
  };
}

function guarded(restart, read) {
  try {
    return read();
  } catch (thrown) {
    if (isProblem(thrown)) throw new CertlensError(thrown);
    // The memory of an instance that stopped half way cannot be trusted any more.
    restart();
    throw new CertlensError(internal(thrown), { cause: thrown });
  }
}

function octetsOf(bytes) {
  if (bytes instanceof Uint8Array) return bytes;
  if (ArrayBuffer.isView(bytes)) return new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (Object.prototype.toString.call(bytes) === "[object ArrayBuffer]") return new Uint8Array(bytes);
  const hint = typeof bytes === "string" ? "; encode text with new TextEncoder().encode(text)" : "";
  throw new TypeError(`bytes: expected a Uint8Array or an ArrayBuffer, found ${nameOf(bytes)}${hint}`);
}

function passwordsOf(passwords = []) {
  if (Array.isArray(passwords) && passwords.every((password) => typeof password === "string")) {
    return passwords;
  }
  throw new TypeError(`passwords: expected an array of strings, found ${nameOf(passwords)}`);
}

/** As the core reads them: `rounds=100000000`. Which names there are, it knows. */
function limitsOf(limits = {}) {
  return Object.entries(limits).map(([name, number]) => {
    if (Number.isSafeInteger(number) && 0 <= number) return `${name}=${number}`;
    throw new TypeError(`limits.${name}: expected a whole number, found ${nameOf(number)}`);
  });
}

function instantOf(at = new Date()) {
  if (typeof at === "string") return at;
  if (at instanceof Date && !Number.isNaN(at.getTime())) return at.toISOString();
  throw new TypeError(`at: expected a date, as a string or a Date, found ${nameOf(at)}`);
}

function nameOf(value) {
  if (value === null || typeof value !== "object") return String(value === null ? null : typeof value);
  return value instanceof Date ? "a Date of no date" : (value.constructor?.name ?? "an object");
}

function isProblem(thrown) {
  return typeof thrown?.code === "string" && typeof thrown.hint === "string";
}

function internal(thrown) {
  return {
    code: "internal",
    message: `certlens failed on this input: ${thrown?.message ?? thrown}`,
    hint: "This is a fault of certlens itself. Please report it, with the input if it is public.",
    path: [],
    offset: 0,
  };
}
