export { claimsOfAbstract, sentencesOf } from "./abstract-claims.ts";
export { bundleOf, bundleOfPaper } from "./bundle.ts";
export { recordOf, type SampleRecord } from "./canonical-record.ts";
export { hepThBundles } from "./hep-th-bundles.ts";
export { type HepThPaper, hepThFile, readHepTh } from "./hep-th-network.ts";
export { hepThPapers } from "./hep-th-papers.ts";
export { selectPapers } from "./hep-th-selection.ts";
export {
  type EventFields,
  graphSnapshot,
  recordCreated,
  type SampleEvent,
  signedEvent,
  snapshotFields,
  unsignedEvent,
} from "./sample-event.ts";
export { sampleKey } from "./sample-key.ts";
export type { SamplePaper } from "./sample-paper.ts";
export { referenceItem, type SampleReference } from "./sample-reference.ts";
export { snapshotOf } from "./snapshot.ts";
export { uuidOfName } from "./work-id.ts";
