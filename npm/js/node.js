// For Node.js: reads the module beside this file, and is ready when the import is.

import { readFileSync } from "node:fs";
import { inspectWith } from "./certlens.js";
import { __wbg_reset_state, initSync, inspect as engine } from "./wasm/engine.js";

initSync({ module: readFileSync(new URL("./wasm/engine_bg.wasm", import.meta.url)) });

export const inspect = inspectWith({ inspect: engine, restart: __wbg_reset_state });
export { CertlensError } from "./certlens.js";
