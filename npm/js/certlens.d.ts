import type { Asn1Value, Problem, Report } from "./report.js";

export type * from "./report.js";

/** How an input is read. */
export interface InspectOptions {
  /** Passwords to try, in order. A keystore with an empty password opens without any. */
  passwords?: string[];
  /**
   * The instant at which validity is judged: a `Date`, or a string as in RFC 3339, such as
   * `2026-11-22` or `2026-11-22T09:41:00Z`. Now, when it is left out.
   */
  at?: string | Date;
  /** What the input may cost, where that is another figure than usual. */
  limits?: Limits;
}

/** What one input may cost. What would cost more is refused with the code `limit-exceeded`. */
export interface Limits {
  /** Octets of the input; 268435456 where nothing is said. */
  input?: number;
  /** Key derivation rounds, summed over its parts, for each password; 20000000. */
  rounds?: number;
  /** Octets of memory that one derivation may take; 268435456. */
  memory?: number;
  /** Octets that may be decrypted or unpacked; 268435456. */
  output?: number;
  /** Objects; 1000000. */
  entries?: number;
  /** Entries of one revocation list that a report holds; 1000. */
  listed?: number;
}

/**
 * Reads a certificate file of any kind into a report.
 *
 * A keystore that stays locked is a report too: see `report.keystore.lock`.
 *
 * @throws {CertlensError} When there is nothing to show.
 * @throws {TypeError} When an argument is of the wrong type.
 */
export function inspect(
  bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
  options?: InspectOptions,
): Report;

/**
 * Reads the ASN.1 values of an input of any kind, also those within strings: of each block of a text,
 * and of what the passwords open. The parts of private keys are told by place alone.
 *
 * @throws {CertlensError} When there is no value.
 * @throws {TypeError} When an argument is of the wrong type.
 */
export function readAsn1(
  bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
  options?: ReadRowsOptions,
): Asn1Tree[];

/** The ASN.1 values of one piece of an input. */
export interface Asn1Tree {
  /** Which piece it is: `pem[0]`, or the path of the entry that was sealed. */
  path: string;
  /** The label of a PEM block. */
  label: string | null;
  /** The values, each before those within it. */
  values: Asn1Value[];
  /** Why there are none. */
  problem: Problem | null;
}

/** How the lines of an input are read. */
export type ReadRowsOptions = Pick<InspectOptions, "passwords" | "limits">;

/**
 * Reads what a list needs of every certificate in an input of any kind, in one call: many times
 * faster than `inspect`, which takes everything apart. Nothing is made of a line before it is asked
 * for.
 *
 * @throws {CertlensError} When there is nothing to show.
 * @throws {TypeError} When an argument is of the wrong type.
 */
export function readRows(
  bytes: Uint8Array | ArrayBufferLike | ArrayBufferView,
  options?: ReadRowsOptions,
): Rows;

/** The lines of an input, in its order. Holds the text of all of them as long as one is kept. */
export interface Rows extends Iterable<Row> {
  readonly length: number;
  /** First instants of validity, in milliseconds since 1970; `NaN` where there is none. */
  readonly notBefore: Float64Array;
  /** Last instants of validity, likewise. */
  readonly notAfter: Float64Array;
  /** One line, or `undefined` where there is none. */
  row(index: number): Row | undefined;
}

/** One line: what is known of one entry without taking it apart. */
export interface Row {
  /** What it is. */
  readonly kind:
    | "certificate"
    | "private-key"
    | "public-key"
    | "request"
    | "revocation-list"
    | "attribute-certificate"
    | "signer"
    | "ssh-certificate"
    | "other"
    | "unreadable";
  /** The name that a person would call it by. */
  readonly name: string;
  /** The name that the keystore gives it. */
  readonly alias: string | null;
  /** The whole subject as RFC 4514 writes it; empty for what is no certificate. */
  readonly subject: string;
  /** The whole issuer; empty for what has none. */
  readonly issuer: string;
  /** Lower-case hexadecimal; empty for what has none. */
  readonly serial: string;
  /** First instant of validity. */
  readonly notBefore: Date | null;
  /** Last instant of validity. */
  readonly notAfter: Date | null;
  /** The key in words: `EC P-256`. */
  readonly key: string;
  /** Alternative names, as far as they are text. */
  readonly names: string[];
  /** Whether it may issue certificates. */
  readonly ca: boolean;
  /** Whether subject and issuer are the same. */
  readonly selfIssued: boolean;
  /** What could not be read, or what is known of something that is no certificate. */
  readonly note: string | null;
}

/** Why there is nothing to show, and what to do about it. */
export class CertlensError extends Error {
  readonly name: "CertlensError";
  /**
   * A stable name of the reason: `empty`, `unrecognised`, `truncated`, `unexpected`, `malformed`,
   * `unsupported`, `limit-exceeded`, `password-needed`, `password-wrong`, `option`, or `internal`
   * for a fault of certlens itself.
   */
  readonly code: string;
  /** What to do about it. */
  readonly hint: string;
  /** What was being read, outermost first. */
  readonly path: string[];
  /** Offset into the input, in bytes. */
  readonly offset: number;
}
