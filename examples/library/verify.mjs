// Verifies a document with the library alone: node verify.mjs <bundle or state>
import { readFile } from "node:fs/promises";
import { mergeDocuments, parseDocument, verifyEvent } from "pith-graph/protocol";

const text = await readFile(process.argv[2] ?? "");
const { pithNumber, copies, published } = parseDocument(text);
for (const copy of copies) {
  const verdict = verifyEvent(copy);
  console.log(verdict.accepted ? `${verdict.event.type}: ${verdict.event.proof}` : verdict.reason);
}
const state = mergeDocuments([text]).states.get(pithNumber);
console.log(pithNumber, state?.sha256 === published?.sha256 ? "merges to the state it publishes" : "differs");
