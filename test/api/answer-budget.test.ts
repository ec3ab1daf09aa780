import { execute, parse } from "graphql";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { prepareContext } from "../../src/api/context.ts";
import { executeToText } from "../../src/api/execution/execute-to-text.ts";
import { stringifyResult } from "../../src/api/execution/json-text.ts";
import { schema } from "../../src/api/schema.ts";
import { startGraph } from "../../src/graph/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { watchStatements } from "../statements.ts";
import { documentOf } from "./fixtures/documents.ts";
import { ingestTexts } from "./fixtures/library.ts";

/** Each paper has an event of about 300,000 bytes: together more than is merged on the event loop. */
const papers = 4;
const claimText = "An assertion of many words. ".repeat(400);

let database: TestDatabase;

beforeAll(async () => {
  database = await createTestDatabase();
  const documents = Array.from({ length: papers }, (_, index) =>
    documentOf({
      arxivId: `2601.0000${index}`,
      submittedAt: `2026-01-0${index + 1}T00:00:00Z`,
      title: `A paper of many claims, ${index}`,
      claims: Array.from({ length: 30 }, (_, claim) => ({
        attestation: "unclaimed",
        claim_id: `C${claim}`,
        kind: "strongest_claim",
        source: "verdict.strongest_claim",
        status: "machine_extracted",
        text: claimText,
      })),
    }),
  );
  await ingestTexts(
    database,
    documents.map(({ text }) => text),
  );
});
afterAll(() => database.drop());

const payloads = "{ papers { nodes { events { nodes { payload } } } } }";
const states = "{ papers { nodes { state { document appliedEventIds } } } }";

describe.each([
  ["executeToText", executeToText],
  ["graphql-js", execute],
] as const)("the limit on the bytes of an answer, with %s", (_name, run) => {
  const ask = (source: string, answerBytes: number) => {
    const contextValue = prepareContext(
      database,
      startGraph(database, { adjacency: "sql" }),
    )({ answerBytes });
    return contextValue.deadline.within(null, async () =>
      stringifyResult(await run({ schema, document: parse(source), contextValue })),
    );
  };
  const tooComplex = (maximum: number) => ({
    message: expect.stringMatching(new RegExp(`at least \\d+ bytes, but the maximum is ${maximum}\\.`)),
    extensions: { code: "QUERY_TOO_COMPLEX", maximum, bytes: expect.any(Number) },
  });

  /** @threat T33 */
  it.each([
    ["payloads", payloads],
    ["states", states],
  ])("rejects %s beyond the limit before it reads them", async (_kind, source) => {
    /** The number of statements that read the texts of events. */
    const readsWithin = async (bytes: number, answer: (answering: Promise<unknown>) => Promise<unknown>) => {
      const statements = await watchStatements(database, () => answer(ask(source, bytes)));
      return statements.filter(({ text }) => text.includes('"body"') && !text.includes("octet_length"))
        .length;
    };
    const refused = (answering: Promise<unknown>) =>
      expect(answering).rejects.toMatchObject(tooComplex(1_000_000));
    expect(await readsWithin(1_000_000, refused)).toBe(0);
    expect(await readsWithin(10_000_000, (answering) => answering)).toBeGreaterThan(0);
  });

  it("counts a text that is selected many times each time", async () => {
    const many = Array.from({ length: 40 }, (_, index) => `a${index}: claims { nodes { text } }`).join(" ");
    await expect(ask(`{ papers { nodes { ${many} } } }`, 2_000_000)).rejects.toMatchObject(
      tooComplex(2_000_000),
    );
  });

  it("returns large states within the limit exactly as merged", async () => {
    const answer = JSON.parse(await ask(states, 10_000_000)) as {
      data: {
        papers: { nodes: { state: { document: { event_count: number }; appliedEventIds: string[] } }[] };
      };
    };
    const { nodes } = answer.data.papers;
    expect(nodes).toHaveLength(papers);
    for (const { state } of nodes) expect(state.appliedEventIds).toHaveLength(state.document.event_count);
    const [paper] = (
      JSON.parse(await ask("{ papers { nodes { state { sha256 document } } } }", 10_000_000)) as {
        data: { papers: { nodes: { state: { sha256: string; document: { state_sha256: string } } }[] } };
      }
    ).data.papers.nodes;
    expect(paper?.state.document.state_sha256).toBe(paper?.state.sha256);
  });
});
