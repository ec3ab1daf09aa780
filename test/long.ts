/**
 * Tests that are no part of `npm test`, but of `npm run test:long`: each takes a good part of a minute, since it kills,
 * fills disks, starts servers, replicas and processes of its own, or takes in the whole of hep-th.
 */
export const long: string[] = [
  "test/faults/*.test.ts",
  "test/ingest/kill.test.ts",
  "test/submissions/kill.test.ts",
  "test/store/embedded-lifetime.test.ts",
  "test/store/embedded-killed.test.ts",
  "test/store/embedded-users.test.ts",
  "test/replicas/replicas.test.ts",
  "test/processes/four-processes.test.ts",
  "test/api/hep-th.test.ts",
];
