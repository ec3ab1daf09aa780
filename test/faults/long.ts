/** Tests that are no part of `npm test`, but of `npm run test:faults`: several minutes on two processors. */
export const faults: string[] = [
  "test/faults/submissions-killed.test.ts",
  "test/faults/ingest-killed.test.ts",
  "test/faults/disk-full.test.ts",
  "test/store/embedded-lifetime.test.ts",
  "test/store/embedded-killed.test.ts",
  "test/store/embedded-users.test.ts",
];
