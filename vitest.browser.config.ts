import { defineConfig } from "vitest/config";

// What people see, in a real browser over a real server: `npm run test:browser`. Apart from `npm test`, which needs no
// browser.
export default defineConfig({
  resolve: { alias: [{ find: /^graphql$/, replacement: "graphql/index.js" }] },
  test: {
    include: ["test/browser/**/*.test.ts"],
    globalSetup: ["test/build.ts", "test/global-setup.ts"],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    maxWorkers: 2,
    // The server's modules are loaded once a worker, not once a file.
    isolate: false,
  },
});
