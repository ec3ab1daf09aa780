import { makeSbom, readLockfile, sbomFaults } from "./sbom.ts";

// `npm run --silent sbom > sbom.json`: the project's components, checked against the lockfile.
const root = `${import.meta.dirname}/..`;
const sbom = makeSbom(root);
const faults = sbomFaults(sbom, readLockfile(root));
for (const fault of faults) console.error(`The SBOM is wrong: ${fault}`);
console.log(JSON.stringify(sbom, null, 2));
process.exitCode = faults.length === 0 ? 0 : 1;
