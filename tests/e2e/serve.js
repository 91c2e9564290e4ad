// Starts the program before all tests, and ends it after them.

import { startServer } from "../server.js";

export default async function serve() {
  const { address, user, password, stop } = await startServer();
  Object.assign(process.env, { E2E_ADDRESS: address, E2E_USER: user, E2E_PASSWORD: password });
  return stop;
}
