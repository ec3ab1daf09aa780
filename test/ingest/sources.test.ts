import { execFileSync, spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { linesOf, skipByteOrderMark } from "../../src/ingest/document-stream.ts";
import { findSources, readSource, SourceError } from "../../src/ingest/index.ts";

let folder: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "pith-graph-sources-"));
});

afterAll(() => rm(folder, { recursive: true, force: true }));

async function fileOf(name: string, content: string | Buffer): Promise<string> {
  const path = join(folder, name);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, content);
  return path;
}

/** The documents of the sources as texts or error codes, with their names relative to the folder. */
async function read(
  paths: string[],
  limit = 1000,
  onRead: (bytes: number) => void = () => {},
  skipped: string[] = [],
) {
  const delivered: [source: string, textOrCode: string][] = [];
  for (const source of await findSources(paths, (line) => skipped.push(line))) {
    for await (const delivery of readSource(source, limit, onRead)) {
      const name = delivery.source.replace(`${folder}/`, "");
      delivered.push([name, "bytes" in delivery ? Buffer.from(delivery.bytes).toString() : delivery.code]);
    }
  }
  return delivered;
}

describe("a file", () => {
  test("named .json is one document, over any number of lines", async () => {
    const path = await fileOf("one.json", '{\n"a":1}\n');
    expect(await read([path])).toEqual([["one.json", '{\n"a":1}\n']]);
  });

  test.each(["lines.ndjson", "lines.jsonl", "LINES.NDJSON"])(
    "named %s is one document a line",
    async (name) => {
      const path = await fileOf(name, '{"a":1}\r\n\n  \r\n{"b":2}\n\t{"c":3}');
      expect(await read([path])).toEqual([
        [`${name}:1`, '{"a":1}\r'],
        [`${name}:4`, '{"b":2}'],
        [`${name}:5`, '\t{"c":3}'],
      ]);
    },
  );

  test("that is gzipped is read like an unpacked one, also with several gzip members", async () => {
    const one = await fileOf("packed.json.gz", gzipSync('{"a":1}'));
    const lines = await fileOf("packed.ndjson.gz", Buffer.concat([gzipSync("1\n2"), gzipSync("2\n3\n")]));
    expect(await read([one, lines])).toEqual([
      ["packed.json.gz", '{"a":1}'],
      ["packed.ndjson.gz:1", "1"],
      ["packed.ndjson.gz:2", "22"],
      ["packed.ndjson.gz:3", "3"],
    ]);
  });

  test("that is gzipped without .gz is unpacked; one named .gz that is not gzipped is UNREADABLE", async () => {
    const silent = await fileOf("silent.json", gzipSync("{}"));
    const plain = await fileOf("plain.json.gz", "{}");
    const empty = await fileOf("empty.json.gz", "");
    expect(await read([silent, plain, empty])).toEqual([
      ["silent.json", "{}"],
      ["plain.json.gz", "UNREADABLE"],
      ["empty.json.gz", "UNREADABLE"],
    ]);
  });

  test("that is empty is one empty document if named .json, and none if named .ndjson", async () => {
    const paths = [await fileOf("empty.json", ""), await fileOf("empty.ndjson", "\n")];
    expect(await read(paths)).toEqual([["empty.json", ""]]);
  });

  test("with truncated gzip delivers the lines before the end, then UNREADABLE, and the next file is read", async () => {
    const packed = gzipSync(Array.from({ length: 5000 }, (_, nth) => `{"line":${nth * 7919}}`).join("\n"));
    const cut = await fileOf("cut.ndjson.gz", packed.subarray(0, packed.length >> 1));
    const document = await fileOf("cut.json.gz", gzipSync("{}").subarray(0, 15));
    const next = await fileOf("next.json", "{}");
    const delivered = await read([cut, document, next]);
    expect(delivered.length).toBeGreaterThan(100);
    expect(delivered[0]).toEqual(["cut.ndjson.gz:1", '{"line":0}']);
    expect(delivered.slice(-3)).toEqual([
      ["cut.ndjson.gz", "UNREADABLE"],
      ["cut.json.gz", "UNREADABLE"],
      ["next.json", "{}"],
    ]);
  });

  test("with a line over the size limit delivers TOO_LARGE for it, and all other lines", async () => {
    const path = await fileOf(
      "long.ndjson",
      `1\n${"x".repeat(1001)}\n${"y".repeat(1000)}\n${"z".repeat(600_000)}\n4`,
    );
    expect(await read([path])).toEqual([
      ["long.ndjson:1", "1"],
      ["long.ndjson:2", "TOO_LARGE"],
      ["long.ndjson:3", "y".repeat(1000)],
      ["long.ndjson:4", "TOO_LARGE"],
      ["long.ndjson:5", "4"],
    ]);
  });

  test("of exactly the size limit is accepted, and TOO_LARGE with one more byte", async () => {
    const paths = [await fileOf("fits.json", "x".repeat(1000)), await fileOf("over.json", "x".repeat(1001))];
    expect(await read(paths)).toEqual([
      ["fits.json", "x".repeat(1000)],
      ["over.json", "TOO_LARGE"],
    ]);
  });

  test("that is gzipped reports its progress in bytes on disk", async () => {
    const packed = gzipSync("{}\n".repeat(100_000));
    const path = await fileOf("progress.ndjson.gz", packed);
    let bytes = 0;
    await read([path], 1000, (more) => {
      bytes += more;
    });
    expect(bytes).toBe(packed.length);
    expect(await findSources([path])).toEqual([{ name: path, size: packed.length }]);
  });
});

describe("a folder", () => {
  test("delivers the documents below it in the order of their names", async () => {
    await fileOf("tree/b.json", "b");
    await fileOf("tree/a/2.ndjson", "2");
    await fileOf("tree/a/1.json.gz", gzipSync("1"));
    await fileOf("tree/notes.txt", "no document");
    expect(await read([join(folder, "tree")])).toEqual([
      ["tree/a/1.json.gz", "1"],
      ["tree/a/2.ndjson:1", "2"],
      ["tree/b.json", "b"],
    ]);
  });

  test("with a broken link delivers UNREADABLE for it, and the other documents", async () => {
    await fileOf("linked/b.json", "b");
    await symlink(join(folder, "nowhere"), join(folder, "linked", "a.json"));
    expect(await read([join(folder, "linked")])).toEqual([
      ["linked/a.json", "UNREADABLE"],
      ["linked/b.json", "b"],
    ]);
  });

  /** @input I25 */
  test("with symbolic links delivers their targets, each folder once", async () => {
    await fileOf("links/c/c.json", "c");
    await fileOf("elsewhere/b.json", "b");
    await fileOf("elsewhere/one.json", "one");
    await symlink("../elsewhere", join(folder, "links", "b"));
    await symlink(".", join(folder, "links", "loop"));
    await symlink("../../links", join(folder, "links", "c", "up"));
    await symlink("../elsewhere", join(folder, "links", "z"));
    await symlink("../elsewhere/one.json", join(folder, "links", "one.json"));
    const root = join(folder, "links");
    const skipped: string[] = [];
    expect(await read([root], 1000, () => {}, skipped)).toEqual([
      ["links/b/b.json", "b"],
      ["links/b/one.json", "one"],
      ["links/c/c.json", "c"],
      ["links/one.json", "one"],
    ]);
    expect(skipped).toEqual([
      `${root}/c/up: skipped: the same folder as ${root}`,
      `${root}/loop: skipped: the same folder as ${root}`,
      `${root}/z: skipped: the same folder as ${root}/b`,
    ]);
  });

  /** @input I25 */
  test("names what it skips: other files, pipes and broken links", async () => {
    for (const name of ["1.txt", "2.csv", "3.md", "4.xml"]) await fileOf(`mixed/${name}`, "");
    await fileOf("mixed/a.json", "a");
    const root = join(folder, "mixed");
    await symlink("nowhere", join(root, "broken"));
    execFileSync("mkfifo", [join(root, "pipe.json")]);
    const skipped: string[] = [];
    expect(await read([root], 1000, () => {}, skipped)).toEqual([["mixed/a.json", "a"]]);
    expect(skipped).toEqual([
      expect.stringMatching(/mixed\/broken: skipped: no such file or directory/),
      `${root}/pipe.json: skipped: neither a file nor a folder`,
      `${root}: skipped 4 files that are not .json, .ndjson or .jsonl: ${root}/1.txt, ${root}/2.csv, ${root}/3.md, …`,
    ]);
  });

  /** @input I25 */
  test("without documents is reported", async () => {
    const root = join(folder, "empty-folder");
    await mkdir(root);
    const skipped: string[] = [];
    expect(await read([root], 1000, () => {}, skipped)).toEqual([]);
    expect(skipped).toEqual([`${root}: no documents (.json, .ndjson or .jsonl, each also .gz)`]);
  });

  test("that does not exist fails with SourceError before anything is read", async () => {
    const path = await fileOf("there.json", "{}");
    await expect(findSources([path, join(folder, "missing.json")])).rejects.toThrow(SourceError);
  });
});

describe("a byte order mark", () => {
  const mark = "\ufeff";

  /** @input I8 */
  test("at the beginning of a file is skipped, but not at the beginning of a later line", async () => {
    const paths = [
      await fileOf("marked.json", `${mark}{}`),
      await fileOf("marked.ndjson", `${mark}1\n${mark}2`),
      await fileOf("marked.json.gz", gzipSync(`${mark}{}`)),
      await fileOf("only.json", mark),
    ];
    expect(await read(paths)).toEqual([
      ["marked.json", "{}"],
      ["marked.ndjson:1", "1"],
      // The parser rejects a document with a mark: only the beginning of a file may have one.
      ["marked.ndjson:2", `${mark}2`],
      ["marked.json.gz", "{}"],
      ["only.json", ""],
    ]);
  });

  /** @input I8 */
  test.each([
    [`${mark}a`, "a"],
    [mark, ""],
    [`${mark}${mark}a`, `${mark}a`],
    [`a${mark}`, `a${mark}`],
    ["", ""],
  ])(
    "at the beginning of the stream %j is skipped, into whatever chunks the stream is divided",
    async (input, wanted) => {
      const bytes = Buffer.from(input);
      for (const size of [1, 2, 3, 4]) {
        const chunks = async function* () {
          for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
        };
        const found: Buffer[] = [];
        for await (const chunk of skipByteOrderMark(chunks())) found.push(chunk);
        expect(Buffer.concat(found).toString()).toBe(wanted);
      }
    },
  );

  test("that is incomplete is not skipped", async () => {
    const chunks = async function* () {
      yield Buffer.from([0xef]);
      yield Buffer.from([0xbb]);
    };
    const found: Buffer[] = [];
    for await (const chunk of skipByteOrderMark(chunks())) found.push(chunk);
    expect(Buffer.concat(found)).toEqual(Buffer.from([0xef, 0xbb]));
  });
});

describe("standard input", () => {
  const bundle = '{"bundle_type":"pith_open_graph_bundle"}';
  const state = ' {"state_type":"pith_open_graph_state"}';

  /** Divided into chunks of several sizes: the result must not depend on them. */
  async function pieces(input: string, limit = 1000): Promise<(string | null)[][]> {
    const results = [1, 2, 7, 1000].map(async (size) => {
      const chunks = async function* () {
        const bytes = Buffer.from(input);
        for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
      };
      const found: (string | null)[] = [];
      for await (const piece of linesOf(chunks(), limit, false)) found.push(piece.bytes?.toString() ?? null);
      return found;
    });
    return Promise.all(results);
  }

  /** @input I8 */
  test.each([
    ["one document in one line", '{"a":1}', ['{"a":1}']],
    ["one document over several lines", '{\n "a": 1\n}\n', ['{\n "a": 1\n}\n']],
    ["one document a line", '{"a":1}\n{"b":2}\n', ['{"a":1}', '{"b":2}']],
    ["blank lines before documents", '\n\r\n{"a":1}\n\n{"b":2}', ['{"a":1}', '{"b":2}']],
    ["blank lines before one document", '\n{\n"a":1}', ['{\n"a":1}']],
    ["lines of CRLF", '{"a":1}\r\n{"b":2}\r\n', ['{"a":1}\r', '{"b":2}\r']],
    ["nothing", "", []],
    ["a first line over the limit", `"${"x".repeat(1000)}"\n{"b":2}`, [null, '{"b":2}']],
    ["one document over the limit", `{\n"${"x".repeat(1000)}":2}`, [null]],
    [
      "a first line that is cut short",
      `{"bundle_type":"x","ev\n${bundle}\n${bundle}`,
      ['{"bundle_type":"x","ev', bundle, bundle],
    ],
    ["a first line that is no JSON", `hello\n\n \n42\n${state}\n`, ["hello", "42", state]],
    ["one document with objects a line", `{"events":[\n{"bundle":1}\n]}`, ['{"events":[\n{"bundle":1}\n]}']],
    ["one document that is cut short", '{\n "bundle_type": "x",\n', ['{\n "bundle_type": "x",\n']],
    [
      "bad lines over the limit before a document",
      `{\n"${"x".repeat(1000)}\n${bundle}\n{`,
      [null, bundle, "{"],
    ],
  ])("is divided correctly: %s", async (_, input, wanted) => {
    for (const found of await pieces(input)) expect(found).toEqual(wanted);
  });

  test("is read for the name -, gzipped or not", async () => {
    const plain = await inChild(["-"], '{"a":1}\n{"b":2}');
    expect(plain.delivered).toEqual([
      { source: "standard input:1", text: '{"a":1}' },
      { source: "standard input:2", text: '{"b":2}' },
    ]);
    const packed = await inChild(["-"], gzipSync('{\n"a":1}'));
    expect(packed.delivered).toEqual([{ source: "standard input", text: '{\n"a":1}' }]);
  });
});

/** @threat T41 */
test("a gzip bomb of 200 MB is TOO_LARGE, and needs less than 100 MB more memory than a small file", async () => {
  const bomb = gzipSync(Buffer.alloc(200_000_000, " "), { level: 1 });
  const document = await fileOf("bomb.json.gz", bomb);
  const lines = await fileOf("bomb.ndjson.gz", bomb);
  const small = await inChild([await fileOf("small.json.gz", gzipSync("{}"))]);
  const large = await inChild([document, lines]);
  expect(large.delivered.map(({ code }) => code)).toEqual(["TOO_LARGE", "TOO_LARGE"]);
  expect(large.kilobytes).toBeLessThan(small.kilobytes + 100_000);
});

type ChildReport = {
  readonly delivered: readonly { source: string; text?: string; code?: string }[];
  /** The peak resident memory. */
  readonly kilobytes: number;
};

async function inChild(paths: string[], input: string | Buffer = ""): Promise<ChildReport> {
  const script = fileURLToPath(new URL("read-child.mjs", import.meta.url));
  const child = spawn(process.execPath, [script, "1000000", ...paths], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  child.stdin.end(input);
  return JSON.parse(await text(child.stdout)) as ChildReport;
}
