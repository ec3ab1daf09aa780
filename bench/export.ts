import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { to as copyTo } from "pg-copy-streams";
import { buildIfNeeded } from "../bin/build.js";
import {
  bibliographyFile,
  bibliographyFormats,
  ExportCounts,
  type ExportFile,
  graphFiles,
  graphFormats,
  tableFile,
  tableFormats,
  tableNames,
  withSnapshot,
  writeDump,
} from "../src/export/index.ts";
import type { Database } from "../src/store/index.ts";
import { startBenchServer } from "./bench-server.ts";
import { reread } from "./export/reread.ts";
import { ingestHepTh } from "./graph/hep-th.ts";

const papers = 27_770;
const citations = 352_807;

/**
 * Exports hep-th in every format, and measures speed and memory beside COPY TO of the same rows in the same run; then
 * reads each file with another program, and compares the counts.
 */
export async function run(): Promise<void> {
  buildIfNeeded();
  const server = await startBenchServer();
  const folder = mkdtempSync(join(tmpdir(), "pith-graph-exports-"));
  try {
    const database = await server.createDatabase("exports");
    console.log("Ingesting hep-th …");
    await ingestHepTh(database, server);
    console.log("\nRows a second, processor time of this process, and its peak memory");
    for (const name of tableNames) {
      await timed(`${name}: COPY TO of the view, unsorted`, () =>
        copied(database, `COPY (SELECT * FROM analytics."${name}") TO STDOUT (FORMAT csv)`),
      );
      for (const format of tableFormats) await exportTimed(database, tableFile(name, format));
    }
    await timed("references: COPY TO of the bare table", () =>
      copied(database, `COPY "references" TO STDOUT`),
    );
    const others = [
      ...graphFormats.flatMap((format) => graphFiles(format, null)),
      ...bibliographyFormats.map((format) => bibliographyFile(format, {})),
    ];
    for (const file of others) await exportTimed(database, file);

    const tables = tableFormats.flatMap((format) => tableNames.map((name) => tableFile(name, format)));
    const dump = join(folder, "dump");
    await writeDump(database, { folder: dump, files: [...tables, ...others], resume: false });
    console.log(`\nRead again: ${papers} papers and ${citations} citations are expected`);
    for await (const { file, by, counts } of reread(dump)) {
      const shown = Object.entries(counts).map(([what, count]) => `${count} ${what}`);
      console.log(`  ${file.padEnd(24)} ${by.padEnd(20)} ${shown.join(", ")}`);
      checkCounts(file, counts);
    }
  } finally {
    await server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

const expected: Readonly<Record<string, number>> = {
  papers,
  works: papers,
  citations,
  references: citations,
  anchors: citations,
  claims: papers * 4,
};

function checkCounts(file: string, { rows, ...counts }: Readonly<Record<string, number>>): void {
  const all = rows === undefined ? counts : { ...counts, [file.split(".")[0] ?? ""]: rows };
  for (const [what, count] of Object.entries(all)) {
    if (count !== expected[what]) throw new Error(`${file} has ${count} ${what}, not ${expected[what]}.`);
  }
}

async function exportTimed(database: Database, file: ExportFile): Promise<void> {
  await timed(file.name, (look) =>
    withSnapshot(database, async (snapshot) => {
      const counts = new ExportCounts();
      let bytes = 0;
      for await (const piece of file.write(snapshot, counts)) {
        bytes += piece.length;
        look();
      }
      return { rows: counts.main.rows + counts.citations.rows, bytes };
    }),
  );
}

async function copied({ pool }: Database, command: string): Promise<{ rows: number; bytes: number }> {
  const client = await pool.connect();
  try {
    const stream = client.query(copyTo(command));
    let bytes = 0;
    for await (const piece of stream) bytes += (piece as Buffer).length;
    await client.query("");
    return { rows: stream.rowCount, bytes };
  } finally {
    client.release();
  }
}

async function timed(
  name: string,
  work: (look: () => void) => Promise<{ rows: number; bytes: number }>,
): Promise<void> {
  let peak = 0;
  const look = () => {
    peak = Math.max(peak, process.memoryUsage.rss());
  };
  const before = process.cpuUsage();
  const start = performance.now();
  const { rows, bytes } = await work(look);
  look();
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(before);
  const figures = [
    `${Math.round(rows / seconds).toLocaleString("en-US")} rows/s`.padStart(16),
    `${(bytes / 1e6).toFixed(1)} MB`.padStart(10),
    `${((user + system) / 1e6).toFixed(2)} s`.padStart(8),
    `${Math.round(peak / 1e6)} MB`.padStart(8),
  ];
  console.log(`  ${name.padEnd(44)}${figures.join("")}`);
}
