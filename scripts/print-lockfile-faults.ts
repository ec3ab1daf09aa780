import { checkLockfiles } from "./check-lockfile.ts";

// `npm run lockfile:check`
const faults = checkLockfiles(`${import.meta.dirname}/..`);
for (const fault of faults) console.error(fault);
console.log(faults.length === 0 ? "The lockfiles have no faults." : `${faults.length} faults.`);
process.exitCode = faults.length === 0 ? 0 : 1;
