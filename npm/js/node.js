// For Node.js: reads the module beside this file, and is ready when the import is.

import { readFileSync } from "node:fs";
import { inspectWith, readAsn1With, readRowsWith } from "./certlens.js";
import { __wbg_reset_state as restart, initSync, inspect as engine, readAsn1 as asn1, readColumns } from "./wasm/engine.js";

initSync({ module: readFileSync(new URL("./wasm/engine_bg.wasm", import.meta.url)) });

export const inspect = inspectWith({ inspect: engine, restart });
export const readAsn1 = readAsn1With({ readAsn1: asn1, restart });
export const readRows = readRowsWith({ readColumns, restart });
export { CertlensError } from "./certlens.js";
