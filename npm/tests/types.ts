// Compiled, never run: what is written here must be what the types say, and no more.

import { CertlensError, inspect, readAsn1 } from "certlens";
import type { Certificate, Entry, InspectOptions, Report, Standing } from "certlens";

const options: InspectOptions = { passwords: ["changeit"], at: new Date() };
const report: Report = inspect(new Uint8Array(), options);
inspect(new ArrayBuffer(1));
inspect(new DataView(new ArrayBuffer(1)), { at: "2026-11-22" });

export function names(entries: Entry[]): string[] {
  return entries.flatMap(({ object }) => {
    switch (object.kind) {
      case "certificate":
      case "certification-request":
        return object.subjectAlternativeNames.map(({ value }) => value);
      case "revocation-list":
      case "attribute-certificate":
        return object.extensions.map(({ oid, value }) => value?.type ?? oid);
      case "signer":
        return object.certificate ? [object.certificate] : [];
      case "private-key":
      case "public-key":
        return object.certificates;
      case "ssh-certificate":
        return object.principals;
      case "other":
        return object.facts;
      case "unreadable":
        return [object.message];
    }
  });
}

export function tags(bytes: Uint8Array): (string | undefined)[] {
  return readAsn1(bytes).flatMap(({ values }) => values.map(({ tag }) => tag?.class));
}

export function standing(certificate: Certificate): Standing | null {
  return certificate.standing;
}

try {
  names(report.entries);
} catch (error) {
  if (error instanceof CertlensError) {
    const { code, offset, path, hint }: { code: string; offset: number; path: string[]; hint: string } = error;
    console.log(code, offset, path, hint);
  }
}

// @ts-expect-error: bytes are no text
inspect("-----BEGIN CERTIFICATE-----");
// @ts-expect-error: several passwords are tried
inspect(new Uint8Array(), { passwords: "changeit" });
// @ts-expect-error: it may be unknown
const expires: string = ({} as Certificate).notAfter;
