// For browsers and bundlers: fetches the module beside this file before the import is done.

import { inspectWith } from "./certlens.js";
import init, { __wbg_reset_state, inspect as engine } from "./wasm/engine.js";

await init({ module_or_path: new URL("./wasm/engine_bg.wasm", import.meta.url) });

export const inspect = inspectWith({ inspect: engine, restart: __wbg_reset_state });
export { CertlensError } from "./certlens.js";
