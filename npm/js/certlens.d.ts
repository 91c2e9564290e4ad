import type { Report } from "./report.js";

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
