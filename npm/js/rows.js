// Lines of a list, held as columns: nothing is made of them before someone asks.

const NAME = 0, ALIAS = 1, SUBJECT = 2, ISSUER = 3, SERIAL = 4, KEY = 5, NAMES = 6, NOTE = 7, FIELDS = 8;
const KINDS = [
  "certificate",
  "private-key",
  "public-key",
  "request",
  "revocation-list",
  "attribute-certificate",
  "signer",
  "ssh-certificate",
  "other",
  "unreadable",
];
const CA = 1, SELF_ISSUED = 2;

/** The lines of one input. `notBefore` and `notAfter` are milliseconds since 1970, or NaN. */
export class Rows {
  #text;
  #ends;
  #wide;
  #wideText = new Map();
  #kinds;
  #flags;

  constructor(columns) {
    // One string for all; each field is a slice of it.
    this.#text = new TextDecoder("latin1").decode(columns.text);
    this.#ends = columns.ends;
    this.#wide = { octets: columns.wide, ends: columns.wideEnds };
    columns.wideFields.forEach((field, index) => this.#wideText.set(field, index));
    this.#kinds = columns.kinds;
    this.#flags = columns.flags;
    this.notBefore = columns.notBefore;
    this.notAfter = columns.notAfter;
    this.length = columns.kinds.length;
    Object.freeze(this);
  }

  /** One line, or `undefined` where there is none. */
  row(index) {
    return Number.isInteger(index) && 0 <= index && index < this.length ? new Row(this, index) : undefined;
  }

  *[Symbol.iterator]() {
    for (let index = 0; index < this.length; index++) yield new Row(this, index);
  }

  /** @internal */
  field(row, field) {
    const index = row * FIELDS + field;
    const wide = this.#wideText.size === 0 ? undefined : this.#wideText.get(index);
    if (wide !== undefined) return this.#wideField(wide);
    return this.#text.slice(index === 0 ? 0 : this.#ends[index - 1], this.#ends[index]);
  }

  /** @internal */
  kind(row) {
    return KINDS[this.#kinds[row]] ?? "other";
  }

  /** @internal */
  has(row, flag) {
    return (this.#flags[row] & flag) !== 0;
  }

  #wideField(index) {
    const { octets, ends } = this.#wide;
    return new TextDecoder().decode(octets.subarray(index === 0 ? 0 : ends[index - 1], ends[index]));
  }
}

/** One line; what it says is made when it is asked for. */
class Row {
  #rows;
  #index;

  constructor(rows, index) {
    this.#rows = rows;
    this.#index = index;
  }

  get kind() {
    return this.#rows.kind(this.#index);
  }
  get name() {
    return this.#rows.field(this.#index, NAME);
  }
  get alias() {
    return this.#rows.field(this.#index, ALIAS) || null;
  }
  get subject() {
    return this.#rows.field(this.#index, SUBJECT);
  }
  get issuer() {
    return this.#rows.field(this.#index, ISSUER);
  }
  get serial() {
    return this.#rows.field(this.#index, SERIAL);
  }
  get key() {
    return this.#rows.field(this.#index, KEY);
  }
  get names() {
    const names = this.#rows.field(this.#index, NAMES);
    return names === "" ? [] : names.split("\n");
  }
  get note() {
    return this.#rows.field(this.#index, NOTE) || null;
  }
  get notBefore() {
    return dateOf(this.#rows.notBefore[this.#index]);
  }
  get notAfter() {
    return dateOf(this.#rows.notAfter[this.#index]);
  }
  get ca() {
    return this.#rows.has(this.#index, CA);
  }
  get selfIssued() {
    return this.#rows.has(this.#index, SELF_ISSUED);
  }

  /** All of it as a plain object. */
  toJSON() {
    const { kind, name, alias, subject, issuer, serial, notBefore, notAfter, key, names, ca, selfIssued, note } = this;
    return { kind, name, alias, subject, issuer, serial, notBefore, notAfter, key, names, ca, selfIssued, note };
  }
}

function dateOf(milliseconds) {
  return Number.isNaN(milliseconds) ? null : new Date(milliseconds);
}
