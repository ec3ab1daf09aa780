import { expect, test } from "vitest";
import { readText } from "../../scripts/sample/packed-text.ts";
import { staleFiles } from "../../scripts/sample/sample-folder.ts";
import {
  canonicalJson,
  createKeyring,
  mergeDocuments,
  parseJson,
  registryKey,
} from "../../src/protocol/index.ts";
import { readLines, readSample } from "./committed-sample.ts";

const seed = "pith-2302.12192.state.json";

test("the committed sample files are those that the script makes from the committed sources", () => {
  expect([...staleFiles().keys()]).toEqual([]);
});

test("each line of the sample is a canonical document, and no paper occurs twice", () => {
  const lines = ["arxiv-2022-12.ndjson.gz", "hep-th.ndjson.gz", "forks.ndjson"].flatMap(readLines);
  const numbers = lines.map((line) => {
    const document = parseJson(line);
    expect(canonicalJson(document) === line).toBe(true);
    return (document as { pith_number: string }).pith_number;
  });
  expect(new Set(numbers).size).toBe(49 + 1000 + 2);
});

test("the sample's registry document equals the one in test/data", () => {
  const other = readText(new URL(`../data/${seed}`, import.meta.url));
  expect(parseJson(readSample(seed))).toEqual(parseJson(other ?? ""));
});

test("the sample's registry document merges with the registry's key to the state that it publishes", () => {
  const { states, refused, warnings } = mergeDocuments([readSample(seed)], createKeyring([registryKey]));
  const [state] = states.values();
  expect(state?.sha256).toBe((parseJson(readSample(seed)) as { state_sha256: string }).state_sha256);
  expect({ refused, warnings }).toEqual({ refused: [], warnings: [] });
});
