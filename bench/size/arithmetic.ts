import type { TableSize } from "./table-sizes.ts";

export type Counts = {
  readonly papers: number;
  readonly claims: number;
  readonly references: number;
  readonly works: number;
  readonly edges: number;
  readonly events: number;
};

/** The unit that each table grows with; other tables (pruned feeds, settings) do not grow. */
const growsWith: Readonly<Record<string, keyof Counts>> = {
  papers: "papers",
  records: "papers",
  events: "papers",
  paper_keys: "papers",
  published_states: "papers",
  changes: "papers",
  claims: "claims",
  references: "references",
  works: "works",
  work_identifiers: "works",
};

/** The corpora to compute sizes of, with hep-th's numbers of claims a paper and references an edge. */
const corpora = [
  { name: "all of arXiv", papers: 2_500_000, works: 5_000_000, edges: 50_000_000 },
  { name: "OpenAlex", papers: 250_000_000, works: 250_000_000, edges: 2_000_000_000 },
] as const;

const sizeOf = ({ heap, toast, indexes }: TableSize) => heap + toast + indexes;

export type Measured = {
  /** The tables on one server, as the ingest left them. */
  readonly ingested: readonly TableSize[];
  /** The same after `VACUUM FULL`. */
  readonly tables: readonly TableSize[];
  /** The additional tables if they are distributed: citations by citing and by cited work. */
  readonly copy: readonly TableSize[];
  readonly counts: Counts;
  /** The size of the graph in bytes. */
  readonly memory: number;
};

/** Prints the tables, the bytes of each unit, and the resulting sizes. */
export function printSizes({ ingested, tables, copy, counts, memory }: Measured): void {
  console.log(
    `hep-th: ${Object.entries(counts)
      .map(([name, count]) => `${count.toLocaleString("en")} ${name}`)
      .join(", ")}\n`,
  );
  console.log("on disk, MB               rows      TOAST    indexes   bytes a row   as ingested");
  for (const table of tables.filter(({ rows }) => rows > 100)) {
    const { heap, toast, indexes, rows } = table;
    const cells = [heap, toast, indexes].map((bytes) => (bytes / 1e6).toFixed(1).padStart(11)).join("");
    const before = ingested.find((other) => other.table === table.table) ?? table;
    const each = [table, before].map((size) => (sizeOf(size) / rows).toFixed(0).padStart(14)).join("");
    console.log(`  ${table.table.padEnd(17)}${cells}${each}`);
  }
  const onDisk = tables.reduce((sum, table) => sum + sizeOf(table), 0);
  console.log(`  together ${(onDisk / 1e6).toFixed(1)} MB\n`);
  const unit = (of: keyof Counts) =>
    tables.filter(({ table }) => growsWith[table] === of).reduce((sum, table) => sum + sizeOf(table), 0) /
    counts[of];
  const units = {
    papers: unit("papers"),
    claims: unit("claims"),
    references: unit("references"),
    works: unit("works"),
  };
  const names = {
    papers: "a paper, with its log",
    claims: "a claim",
    references: "a reference",
    works: "a work",
  };
  console.log("bytes on disk");
  for (const [of, bytes] of Object.entries(units)) {
    console.log(`  ${names[of as keyof typeof names].padEnd(24)}${bytes.toFixed(0).padStart(7)}`);
  }
  const ofCopy = copy.reduce((sum, table) => sum + sizeOf(table), 0) / counts.edges;
  console.log(`  ${"its copies, with Citus".padEnd(24)}${ofCopy.toFixed(0).padStart(7)}`);
  const inMemory = memory / counts.edges;
  console.log(`bytes in memory an edge, including its works ${inMemory.toFixed(1)}\n`);
  for (const { name, papers, works, edges } of corpora) {
    const claims = (papers * counts.claims) / counts.papers;
    const references = (edges * counts.references) / counts.edges;
    const disk =
      papers * units.papers + claims * units.claims + references * units.references + works * units.works;
    console.log(
      `${name}: ${millions(papers)} papers, ${millions(works)} works, ${millions(edges)} edges: ` +
        `${gigabytes(disk)} on disk, with Citus ${gigabytes(edges * ofCopy)} more, ${gigabytes(edges * inMemory)} in memory`,
    );
  }
}

const millions = (count: number) => `${(count / 1e6).toLocaleString("en")} M`;
const gigabytes = (bytes: number) =>
  `${(bytes / 1e9).toLocaleString("en", { maximumFractionDigits: bytes < 1e10 ? 1 : 0 })} GB`;
