export { claimsOfAbstract, sentencesOf } from "./abstract-claims.ts";
export { bundleOf, bundleOfPaper, snapshotOf } from "./bundle.ts";
export { type HepThPaper, hepThBundles, hepThFile, hepThPapers, readHepTh, selectPapers } from "./hep-th.ts";
export {
  type EventFields,
  graphSnapshot,
  recordCreated,
  recordOf,
  type SampleEvent,
  type SampleRecord,
  sampleKey,
  signedEvent,
  snapshotFields,
  unsignedEvent,
} from "./sample-event.ts";
export { referenceItem, type SamplePaper, type SampleReference, uuidFromName } from "./sample-paper.ts";
