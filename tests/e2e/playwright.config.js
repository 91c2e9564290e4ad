// Chromium against the real program with the real page in it.

import { defineConfig, devices } from "@playwright/test";

export default defineConfig({
  testDir: "acceptance",
  outputDir: "results/failures",
  globalSetup: "./serve.js",
  fullyParallel: true,
  workers: 2,
  forbidOnly: true,
  // A busy machine may stall a browser. What fails twice is broken; what fails once is told as flaky.
  retries: process.env.CI ? 1 : 0,
  reporter: [["list"], ["json", { outputFile: "results/report.json" }]],
  timeout: 60_000,
  expect: { timeout: 15_000 },
  use: {
    ...devices["Desktop Chrome"],
    // The page speaks the browser's language, and writes dates as its locale does.
    locale: "en-GB",
    testIdAttribute: "data-test",
    trace: "retain-on-failure",
    launchOptions: {
      executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
      // Chromium's sandbox does not start as root, as in a container.
      args: ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    },
  },
});
