// Certificates in numbers: one certificate with other names and serials, for tests that count and
// scroll. Their signatures do not hold, which nobody checks there.

import { readFile } from "node:fs/promises";
import { vector } from "./certlens.js";

const NAME = "leaf.example.org";

/** As many certificates in PEM as asked for, named `000001.example.org` and so on. */
export async function manyCertificates(count) {
  const der = await readFile(vector("der/leaf.der"));
  const serial = serialOf(der);
  const places = occurrences(der, NAME);
  const blocks = [];
  for (let number = 1; number <= count; number++) {
    der.writeUInt32BE(number, serial);
    for (const place of places) der.write(nameOf(number), place, "latin1");
    const base64 = der.toString("base64").match(/.{1,64}/g).join("\n");
    blocks.push(`-----BEGIN CERTIFICATE-----\n${base64}\n-----END CERTIFICATE-----\n`);
  }
  return blocks;
}

/** As long as `leaf.example.org`, so that no length around it changes. */
export function nameOf(number) {
  return `${String(number).padStart(6, "0")}.certs.org`;
}

/** Where four octets inside the serial number stand, the first of it left alone. */
function serialOf(der) {
  // Certificate and TBSCertificate with two octets of length each, then [0] version, then INTEGER.
  const integer = 4 + 4 + 5;
  if (der[integer] !== 0x02 || der[integer + 1] < 8) throw new Error("the serial number is elsewhere");
  return integer + 2 + 2;
}

function occurrences(bytes, text) {
  const places = [];
  for (let at = bytes.indexOf(text); at !== -1; at = bytes.indexOf(text, at + 1)) places.push(at);
  return places;
}
