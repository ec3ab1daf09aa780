import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JsonText, stringifyResult } from "../../src/api/execution/json-text.ts";
import {
  canonicalJson,
  type JsonObject,
  type JsonValue,
  parseJson,
  sha256OfValue,
} from "../../src/protocol/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { registry, signedEvent } from "../protocol/signed-events.ts";
import { type Client, createClient } from "./client.ts";
import { documentOf } from "./fixtures/documents.ts";
import { ingestTexts, seedText } from "./fixtures/library.ts";

describe("stringifyResult", () => {
  it("writes numbers of JSON values as they were read: 1.0, 1e-07, -0.0", () => {
    const text = '{"a":1.0,"b":1180591620717411303424,"c":-0.0,"d":1e-07,"e":[1e+16,0.1]}';
    expect(canonicalJson(parseJson(text))).toBe(text);
    const result = {
      data: { n: 1, x: JsonText.of(parseJson(text)), list: [new JsonText("1.0"), undefined] },
    };
    expect(stringifyResult(result)).toBe(`{"data":{"n":1,"x":${text},"list":[1.0,null]}}`);
  });

  it("writes all other values as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        // A JSON scalar in the result selects the slow path.
        const slow = stringifyResult({ data: { a, text: new JsonText("null"), b } });
        expect(slow).toBe(JSON.stringify({ data: { a, text: null, b } }));
        expect(stringifyResult({ data: { a, b } })).toBe(JSON.stringify({ data: { a, b } }));
      }),
    );
  });

  it("never writes a string as a number or as JSON text", () => {
    const hostile = ["1.0", '","x":1.0,"y":"', "\u0000number:1.0\u0000", '{"toJSON":1}', "__proto__"];
    for (const text of hostile) {
      const result = { data: { text, json: JsonText.of({ [text]: text }) } };
      expect(JSON.parse(stringifyResult(result))).toEqual({ data: { text, json: { [text]: text } } });
    }
  });

  it("JSON.stringify writes the value of a JsonText", () => {
    expect(JSON.stringify({ x: new JsonText('{"a":1.0}') })).toBe('{"x":{"a":1}}');
  });
});

describe("JSON fields read from the database", () => {
  let database: TestDatabase;
  let client: Client;
  const payload: JsonObject = {
    large: 2n ** 70n,
    one: parseJson("1.0"),
    zero: parseJson("-0.0"),
    ["__proto__"]: 1,
  };
  const odd = documentOf({
    arxivId: "2501.00001",
    submittedAt: "2025-01-01T00:00:00Z",
    title: "Odd numbers",
    more: ({ pithNumber }) => [
      signedEvent(registry, { event_type: "mirror_hint", subject_pith_number: pithNumber, payload }),
    ],
  });

  beforeAll(async () => {
    database = await createTestDatabase();
    await ingestTexts(database, [seedText, odd.text]);
    client = createClient(database);
  });
  afterAll(() => database.drop());

  async function paper(ref: string, fields: string): Promise<JsonObject> {
    const text = await client.text(`{ paper(ref: "${ref}") { ${fields} } }`);
    return ((parseJson(text) as JsonObject)["data"] as JsonObject)["paper"] as JsonObject;
  }

  it("canonicalRecord and state.document hash to their published hashes", async () => {
    const found = await paper("2302.12192", "canonicalSha256 canonicalRecord state { sha256 document }");
    expect(sha256OfValue(found["canonicalRecord"] as JsonValue)).toBe(found["canonicalSha256"]);
    const state = found["state"] as JsonObject;
    const { state_sha256, ...rest } = state["document"] as JsonObject;
    expect(state_sha256).toBe(state["sha256"]);
    expect(sha256OfValue(rest)).toBe(state["sha256"]);
    expect((parseJson(seedText) as JsonObject)["state_sha256"]).toBe(state["sha256"]);
  });

  it("event payloads keep the exact texts of numbers", async () => {
    const text = await client.text(
      '{ paper(ref: "2501.00001") { events(types: [MIRROR_HINT]) { nodes { payload } } } }',
    );
    expect(text).toContain(`"payload":${canonicalJson(payload)}`);
    expect(text).toContain("1180591620717411303424");
    expect(text).toContain('"one":1.0');
  });

  it("verdict returns its modelSet as JSON", async () => {
    expect(await paper("2302.12192", "verdict { verdictId createdAt modelSet headline }")).toEqual({
      verdict: {
        verdictId: "88c2a63e-42c0-43e5-86ce-ba86a719a11a",
        createdAt: "2026-05-14T20:35:53.230683Z",
        modelSet: { reader: "grok-4.3" },
        headline:
          "Fine-tuning text-to-image models with human feedback improves accuracy on prompts specifying colors, counts, and backgrounds.",
      },
    });
  });
});
