import { defineConfig } from "vitest/config";
import { faults } from "./test/faults/long.ts";
import settings from "./vitest.config.ts";

// What takes minutes because it kills, fills disks, and starts servers and users again and again: `npm run test:faults`.
// Before a release, and after a change of what writes or of the embedded server.
export default defineConfig({
  ...settings,
  test: { ...settings.test, include: faults, exclude: [], maxWorkers: 2 },
});
