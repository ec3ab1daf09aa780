import { defineConfig } from "vitest/config";
import { long } from "./test/long-files.ts";
import settings from "./vitest.config.ts";

// `npm run test:long`: before a release, and after a change of what writes, of the embedded server, or of replicas.
export default defineConfig({
  ...settings,
  test: {
    ...settings.test,
    include: [...long],
    exclude: [],
    env: { PITH_LONG: "1" },
    testTimeout: 600_000,
    maxWorkers: 2,
  },
});
