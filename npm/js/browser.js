// For browsers and bundlers: fetches the module beside this file before the import is done.

import { inspectWith, readAsn1With, readRowsWith } from "./certlens.js";
import init, { __wbg_reset_state as restart, inspect as engine, readAsn1 as asn1, readColumns } from "./wasm/engine.js";

await init({ module_or_path: new URL("./wasm/engine_bg.wasm", import.meta.url) });

export const inspect = inspectWith({ inspect: engine, restart });
export const readAsn1 = readAsn1With({ readAsn1: asn1, restart });
export const readRows = readRowsWith({ readColumns, restart });
export { CertlensError } from "./certlens.js";
