/** Files that `npm test` does not run. */
export const onlyLong: readonly string[] = [
  "test/api/hep-th.test.ts",
  "test/store/embedded-killed.test.ts",
  "test/store/embedded-lifetime.test.ts",
  "test/store/embedded-users.test.ts",
];

/** Files with a long form in `npm run test:long` (see long.ts). */
export const long: readonly string[] = [
  ...onlyLong,
  "test/api/execution.test.ts",
  "test/cli/demo.test.ts",
  "test/faults/*.test.ts",
  "test/ingest/kill.test.ts",
  "test/ingest/model.test.ts",
  "test/ingest/repeat.test.ts",
  "test/protocol/merge-properties.test.ts",
  "test/replicas/replicas.test.ts",
  "test/submissions/kill.test.ts",
];
