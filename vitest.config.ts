import { defineConfig } from "vitest/config";
import { onlyLong } from "./test/long-files.ts";

export default defineConfig({
  // As Node.js resolves it: Vite would take the other build of graphql, beside the one that packages use.
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/**/*.test.ts"],
    // The first need a browser (vitest.browser.config.ts), the others minutes (vitest.long.config.ts).
    exclude: ["test/browser/**", ...onlyLong],
    globalSetup: ["test/build.ts", "test/global-setup.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Tests wait much, for PostgreSQL, for processes of their own and for pauses: three files at once keep two
    // processors busy.
    maxWorkers: 3,
    // The server's modules are loaded once a worker, not once a file.
    isolate: false,
  },
});
