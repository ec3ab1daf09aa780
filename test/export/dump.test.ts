import { createHash } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import {
  type ExportFile,
  graphFiles,
  tableFile,
  tableFormats,
  tableNames,
  writeDump,
} from "../../src/export/index.ts";
import { createTestDatabase, type TestDatabase } from "../database.ts";
import { csvRows } from "./csv-rows.ts";
import { given } from "./exported.ts";
import { documents, fill } from "./library.ts";

let database: TestDatabase;
let root: string;
let folder: string;
let folders = 0;

beforeAll(async () => {
  database = await createTestDatabase();
  await fill(database, documents.slice(0, 4));
  root = await mkdtemp(join(tmpdir(), "pith-graph-dump-"));
});
afterAll(async () => {
  await database.drop();
  await rm(root, { recursive: true });
});
beforeEach(() => {
  folders++;
  folder = join(root, `dump ${folders}`);
});

const csvFiles = tableNames.map((name) => tableFile(name, "csv"));

type Resource = {
  path: string;
  bytes: number;
  hash: string;
  rowCount?: number;
  works?: number;
  citations?: number;
};
type Package = {
  setVersion: string;
  graphVersion: string;
  checksum: string;
  resources: (Resource & {
    schema?: { fields: { name: string; description: string }[]; primaryKey: string[] };
  })[];
};

async function readPackage(where = folder): Promise<Package> {
  return JSON.parse(await readFile(join(where, "datapackage.json"), "utf8")) as Package;
}

/** The file, with `disturb` called after each of its pieces. */
function disturbed(file: ExportFile, disturb: () => void | Promise<void>): ExportFile {
  return {
    ...file,
    async *write(snapshot, counts) {
      for await (const piece of file.write(snapshot, counts)) {
        yield piece;
        await disturb();
      }
    },
  };
}

const fail = () => {
  throw new Error("the disk is gone");
};

test("datapackage.json has the hash, size and row count of each file, and a description of each column", async () => {
  const files = [
    ...tableFormats.flatMap((format) => tableNames.map((name) => tableFile(name, format))),
    ...graphFiles("vosviewer", null),
  ];
  const set = await writeDump(database, { folder, files, resume: false });
  const description = await readPackage();
  expect(description).toMatchObject({
    setVersion: set.version,
    graphVersion: set.graphVersion,
    checksum: set.checksum,
  });
  expect((await readdir(folder)).sort()).toEqual(
    [...files.map(({ name }) => name), "datapackage.json"].sort(),
  );
  for (const resource of description.resources) {
    const bytes = await readFile(join(folder, resource.path));
    expect(resource.bytes).toBe(bytes.length);
    expect(resource.hash).toBe(`sha256:${createHash("sha256").update(bytes).digest("hex")}`);
    for (const field of resource.schema?.fields ?? []) expect(field.description.length).toBeGreaterThan(5);
    if (!resource.path.endsWith(".csv")) continue;
    const rows = csvRows(bytes.toString());
    expect(rows).toHaveLength(given(resource.rowCount));
    expect(Object.keys(given(rows[0]))).toEqual(resource.schema?.fields.map(({ name }) => name));
  }
  expect(description.resources.at(-2)).toMatchObject({
    path: "vosviewer-map.txt",
    works: expect.any(Number),
  });
  expect(description.resources.at(-1)).toMatchObject({ citations: expect.any(Number) });
});

test("all files of a dump are of one snapshot, whatever is ingested in between", async () => {
  let isDisturbed = false;
  const [first, ...rest] = csvFiles;
  const disturb = async () => {
    if (!isDisturbed) await fill(database, documents.slice(4, 5));
    isDisturbed = true;
  };
  const before = await writeDump(database, { folder: `${folder} before`, files: csvFiles, resume: false });
  const set = await writeDump(database, {
    folder,
    files: [disturbed(given(first), disturb), ...rest],
    resume: false,
  });
  expect(isDisturbed).toBe(true);
  expect(set).toEqual(before);
  const text = await readFile(join(folder, "datapackage.json"), "utf8");
  expect(text).toBe(await readFile(join(`${folder} before`, "datapackage.json"), "utf8"));
  const after = await writeDump(database, { folder: `${folder} after`, files: csvFiles, resume: false });
  expect(after.version).not.toBe(set.version);
  expect(after.checksum).not.toBe(set.checksum);
});

test("resume writes a file again if it was written with other options", async () => {
  const [raw, safe] = [true, false].map((isRaw) => tableFile("papers", "csv", { raw: isRaw }));
  const broken = [given(raw), disturbed(tableFile("claims", "csv"), fail)];
  await expect(writeDump(database, { folder, files: broken, resume: false })).rejects.toThrow(
    "the disk is gone",
  );
  const written: [string, boolean][] = [];
  const onFile = ({ name }: { name: string }, isNew: boolean) => written.push([name, isNew]);
  await writeDump(database, { folder, files: [given(safe)], resume: true, onFile });
  expect(written).toEqual([["papers.csv", true]]);
});

test("resume continues after the last complete file, and a failed dump leaves no partial file", async () => {
  const [first, second, ...rest] = csvFiles.map((file) => file);
  const broken = [given(first), disturbed(given(second), fail), ...rest];
  await expect(writeDump(database, { folder, files: broken, resume: false })).rejects.toThrow(
    "the disk is gone",
  );
  expect((await readdir(folder)).sort()).toEqual(["papers.csv", "unfinished.json"]);
  await expect(writeDump(database, { folder, files: csvFiles, resume: false })).rejects.toMatchObject({
    code: "FOLDER_IN_USE",
    message: expect.stringContaining("--resume"),
  });
  const written: [string, boolean][] = [];
  await writeDump(database, {
    folder,
    files: csvFiles,
    resume: true,
    onFile: ({ name }, isNew) => written.push([name, isNew]),
  });
  expect(written).toEqual(csvFiles.map(({ name }) => [name, name !== "papers.csv"]));
  await writeDump(database, { folder: `${folder} complete`, files: csvFiles, resume: false });
  expect(await readPackage()).toEqual(await readPackage(`${folder} complete`));
  expect(await readdir(folder)).not.toContain("unfinished.json");
});

test("resume writes a file again if its content has changed", async () => {
  const [first, second] = csvFiles;
  const broken = [given(first), disturbed(given(second), fail)];
  await expect(writeDump(database, { folder, files: broken, resume: false })).rejects.toThrow();
  await writeFile(join(folder, "papers.csv"), "cut off");
  await writeDump(database, { folder, files: csvFiles, resume: true });
  expect((await readFile(join(folder, "papers.csv"), "utf8")).split("\n").length).toBeGreaterThan(4);
});

test("resume rejects a changed set of tables with SET_CHANGED, and an empty folder with NOTHING_TO_RESUME", async () => {
  const [first, second] = csvFiles;
  const broken = [given(first), disturbed(given(second), fail)];
  await expect(writeDump(database, { folder, files: broken, resume: false })).rejects.toThrow();
  await fill(database, documents.slice(5));
  await expect(writeDump(database, { folder, files: csvFiles, resume: true })).rejects.toMatchObject({
    code: "SET_CHANGED",
  });
  expect((await readdir(folder)).sort()).toEqual(["papers.csv", "unfinished.json"]);
  await expect(
    writeDump(database, { folder: `${folder} none`, files: csvFiles, resume: true }),
  ).rejects.toMatchObject({ code: "NOTHING_TO_RESUME" });
});

test("an interrupted dump stops between two pieces, and leaves no .part file", async () => {
  const controller = new AbortController();
  const files = csvFiles.map((file) => disturbed(file, () => controller.abort(new Error("stop"))));
  const dumped = writeDump(database, { folder, files, resume: false, signal: controller.signal });
  await expect(dumped).rejects.toThrow("stop");
  expect((await readdir(folder)).filter((name) => name.endsWith(".part"))).toEqual([]);
});

test.each(["", "null", "[]", '{"version":1}', '{"software":"x","version":"y","files":{}}'])(
  "resume rejects the invalid unfinished.json %j with NOTHING_TO_RESUME",
  async (text) => {
    await mkdir(folder);
    await writeFile(join(folder, "unfinished.json"), text);
    const dumping = (resume: boolean) => writeDump(database, { folder, files: csvFiles, resume });
    await expect(dumping(true)).rejects.toMatchObject({ code: "NOTHING_TO_RESUME" });
    await expect(dumping(false)).rejects.toMatchObject({ code: "FOLDER_IN_USE" });
  },
);
