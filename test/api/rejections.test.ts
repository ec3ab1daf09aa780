import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { bundleOfPaper } from "../ingest/bundles.ts";
import { ingestDocuments } from "../ingest/ingest-documents.ts";
import { registry, signedEvent, stranger, unsignedEvent } from "../protocol/signed-events.ts";
import { createClient } from "./client.ts";

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

const source = "{ status { rejections { scope code count } } }";

test("status.rejections counts rejections by reason, most frequent first, in one statement", async () => {
  const client = createClient(database);
  expect(await client.ask(source)).toEqual({ status: { rejections: [] } });

  // One document is accepted with some events rejected. The others are rejected; a repeated one counts once.
  const partly = bundleOfPaper({ arxivId: "2301.00001" }, ({ pithNumber }) => {
    const fields = { event_type: "mirror_hint", subject_pith_number: pithNumber };
    return [
      signedEvent(registry, fields),
      signedEvent(stranger, fields),
      unsignedEvent(registry, { ...fields, payload: { nth: 1 } }),
      unsignedEvent(registry, { ...fields, payload: { nth: 2 } }),
    ];
  });
  const texts = ["a secret", "{", "[", "[]", "{"];
  await ingestDocuments(database, [partly, ...texts], { minimumProof: "signed" });

  expect(await client.ask(source)).toEqual({
    status: {
      rejections: [
        { scope: "DOCUMENT", code: "MALFORMED_JSON", count: 3 },
        { scope: "EVENT", code: "UNSIGNED", count: 2 },
        { scope: "DOCUMENT", code: "UNSUPPORTED_DOCUMENT", count: 1 },
        { scope: "EVENT", code: "UNKNOWN_SIGNER", count: 1 },
      ],
    },
  });
  expect(await client.statements(source)).toHaveLength(1);
});
