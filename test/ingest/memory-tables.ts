import type {
  Identifier,
  StoredEdge,
  StoredPapers,
  StoredReference,
  StoredWork,
  Title,
  TitledReference,
  VoteCount,
  WorkPaper,
} from "../../src/ingest/plan/lookups.ts";
import type { BatchPlan } from "../../src/ingest/plan/plan.ts";
import type { LookupSource, RowChange } from "../../src/ingest/plan/planning.ts";
import {
  type CheckResult,
  type JsonObject,
  PaperMerge,
  type PithNumber,
  type Proof,
  parseJson,
  proofRank,
} from "../../src/protocol/index.ts";
import { emptyChecksum } from "../../src/row-rules/hashes.ts";
import { readStoredAliases, readVotes, type Target } from "../../src/row-rules/json-columns.ts";
import { checksumAfter } from "../../src/store/feed.ts";
import { parseLog } from "../../src/store/index.ts";
import type { Cell } from "../../src/store/rows.ts";
import { columnType, tableShape } from "../../src/store/table-layout.ts";
import { type Row, sorted, type Tables, tableNames } from "./tables.ts";

type Cells = Record<string, Cell>;

/**
 * The tables in memory: plans are made from them and applied to them without PostgreSQL. Every answer is computed by
 * scanning all rows.
 */
export class MemoryTables implements LookupSource {
  readonly #tables = new Map<string, Map<string, Cells>>();
  #checksum: string | null = null;

  /** Applies a plan. Throws if a row to insert exists, or a row to update does not. */
  apply({ changes, totals, states }: BatchPlan): void {
    for (const change of changes) this.#change(change);
    for (const [name, value] of Object.entries(totals)) {
      const before = this.#rows("totals").find((row) => row["name"] === name);
      this.#of("totals").set(JSON.stringify([name]), { name, value: Number(before?.["value"] ?? 0) + value });
    }
    for (const state of states)
      this.#checksum = checksumAfter(this.#checksum ?? emptyChecksum, {
        ...state,
        pithNumber: state.pithNumber as PithNumber,
      });
  }

  #change({ action, table, columns, rows, changed = [], count }: RowChange): void {
    const own = this.#of(table);
    const before = own.size;
    for (const cells of rows) {
      const row = Object.fromEntries(columns.map((column, place) => [column, cells[place] as Cell]));
      if (action === "delete") {
        for (const [key, other] of own) {
          if (columns.every((column) => other[column] === row[column])) own.delete(key);
        }
        continue;
      }
      const key = keyOf(table, row);
      const stored = own.get(key);
      if ((action === "insert") !== (stored === undefined)) throw new Error(`${action} of ${table} ${key}`);
      if (stored === undefined) own.set(key, row);
      else for (const column of changed) stored[column] = row[column] as Cell;
    }
    if (action === "delete" && before - own.size !== count) {
      throw new Error(`${before - own.size} rows of ${table} were deleted, not ${count}.`);
    }
  }

  /** In the format of `readTables`, with the copies of citations, which stand for the edges here. */
  print(): Tables {
    const tables: Tables = {};
    for (const [table, rows] of this.#tables)
      tables[table] = [...rows.values()].map((row) => printed(table, row));
    const all = {
      ...tables,
      citations: tables["citations_by_citing"] ?? [],
      feed: this.#checksum === null ? [] : [{ checksum: this.#checksum }],
    };
    return sorted(all, [...tableNames, "citations_by_cited"]);
  }

  /** In the format of `readStored`. */
  storedPapers(): StoredPapers {
    return new Map(
      this.#rows("records").map((record) => {
        const events = this.#rows("events").filter(({ paper_id }) => paper_id === record["paper_id"]);
        const aliases = readStoredAliases(record["aliases"] as string).filter(({ isLogged }) => isLogged);
        const published = this.#rows("published_states").filter(
          (row) => row["paper_id"] === record["paper_id"],
        );
        return [
          record["paper_id"] as bigint,
          {
            events: new Map(
              events.map((event) => [
                hex(event["event_id"]),
                {
                  proof: event["proof"] as Proof,
                  signature: event["signature"] as string | null,
                  fault: event["fault"] as string | null,
                },
              ]),
            ),
            aliases: new Map(
              aliases.map((alias) => [`${JSON.stringify(alias.kind)},${JSON.stringify(alias.value)}`, alias]),
            ),
            aliasesText: record["aliases"] as string,
            publishedStates: new Set(published.map((row) => hex(row["state_sha256"]))),
            pithNumber: record["pith_number"] as string,
            stateSha256: hex(record["state_sha256"]),
            logChecksum: hex(record["log_checksum"]),
            hasRecord: record["record"] !== null,
          },
        ];
      }),
    );
  }

  logs: LookupSource["logs"] = (papers) =>
    new Map(
      papers.map(({ paperId, pithNumber }) => {
        const [record = {}] = this.#having("records", "paper_id", [paperId]);
        const events = this.#having("events", "paper_id", [paperId]);
        const lines = events.flatMap(({ event_id, body, signature, proof, fault }) => [
          hex(event_id),
          body,
          signature ?? "",
          proof,
          fault ?? "",
        ]);
        const text = record["record"] as string | null;
        const log = parseLog({ events: lines.join("\n"), aliases: record["aliases"] as string });
        return [
          paperId,
          {
            merge: new PaperMerge(pithNumber, log.events),
            record: text === null ? null : (parseJson(text) as JsonObject),
            publishedResults: this.#having("published_states", "paper_id", [paperId]).map(
              ({ result }) => result as CheckResult,
            ),
          },
        ];
      }),
    );

  endOfLog: LookupSource["endOfLog"] = (now) => ({ position: this.#rows("events").length, receivedAt: now });

  signers: LookupSource["signers"] = () =>
    new Set(this.#rows("signers").map(({ fingerprint }) => fingerprint as string));

  papers: LookupSource["papers"] = (paperIds) =>
    new Map(
      this.#having("papers", "paper_id", paperIds).map((row) => [
        row["paper_id"] as bigint,
        {
          workId: row["work_id"] as bigint,
          submittedAt: row["submitted_at"] as string,
          proof: row["proof"] as Proof,
          snapshotEventId: row["snapshot_event_id"] === null ? null : hex(row["snapshot_event_id"]),
          claimCount: row["claim_count"] as number,
          references: this.#referencesOf(row["paper_id"] as bigint),
        },
      ]),
    );

  paperKeys: LookupSource["paperKeys"] = (paperIds) =>
    this.#having("paper_keys", "paper_id", paperIds).map((row) => [
      row["paper_id"] as bigint,
      row["key"] as string,
    ]);

  papersOfWorks: LookupSource["papersOfWorks"] = (workIds, except) =>
    this.#having("papers", "work_id", workIds)
      .filter(({ paper_id }) => !except.includes(paper_id as bigint))
      .map((row) => [row["work_id"] as bigint, workPaperOf(row)]);

  identifiers: LookupSource["identifiers"] = (ids) =>
    new Map(this.#having("work_identifiers", "identifier_id", ids).map(identifierEntry));

  dependents: LookupSource["dependents"] = (ids) =>
    new Map(this.#having("work_identifiers", "target_id", ids).map(identifierEntry));

  named: LookupSource["named"] = (identifiers, except) => {
    const references = this.#rows("references").filter((row) => !except.includes(row["paper_id"] as bigint));
    const ids = identifiers.map(({ id }) => id);
    return new Set(
      ids.filter((id) => references.some(({ doi_id, work_uuid_id }) => doi_id === id || work_uuid_id === id)),
    );
  };

  votes: LookupSource["votes"] = (ids, except) => {
    const counts = new Map<string, VoteCount>();
    for (const { paper_id, proof } of this.#rows("papers")) {
      if (except.includes(paper_id as bigint)) continue;
      for (const identifierId of ids) {
        const naming = this.#referencesOf(paper_id as bigint).filter(
          ({ doiId, workUuidId }) => doiId === identifierId || workUuidId === identifierId,
        );
        if (naming.length === 0) continue;
        const targets = new Map<bigint, Target>();
        for (const { arxivId, doiId, workUuidId } of naming) {
          if (arxivId !== null) targets.set(arxivId, { targetId: arxivId, targetKind: "arxiv" });
          else if (workUuidId === identifierId && doiId !== null) {
            targets.set(doiId, { targetId: doiId, targetKind: "doi" });
          }
        }
        for (const target of targets.size === 0 ? [null] : targets.values()) {
          const key = `${identifierId} ${proof} ${target?.targetId}`;
          const papers = (counts.get(key)?.papers ?? 0) + 1;
          counts.set(key, { identifierId, proof: proof as Proof, target, papers });
        }
      }
    }
    return [...counts.values()];
  };

  citedThrough: LookupSource["citedThrough"] = (ids, except) =>
    this.#allReferences()
      .filter(({ paperId }) => !except.includes(paperId))
      .filter(
        ({ arxivId, doiId, workUuidId }) =>
          arxivId === null && ids.some((id) => id === doiId || id === workUuidId),
      )
      .map(({ paperId, citedWorkId }) => [paperId, citedWorkId]);

  referencesTo: LookupSource["referencesTo"] = (paperIds, workIds) =>
    this.#having("papers", "paper_id", paperIds).map((row) => ({
      paperId: row["paper_id"] as bigint,
      workId: row["work_id"] as bigint,
      submittedAt: row["submitted_at"] as string,
      references: this.#referencesOf(row["paper_id"] as bigint).filter(({ citedWorkId }) =>
        workIds.includes(citedWorkId),
      ),
    }));

  citations: LookupSource["citations"] = (citing, cited, except) => {
    const marks = new Map<string, boolean>();
    for (const { paper_id, work_id } of this.#having("papers", "work_id", citing)) {
      if (except.includes(paper_id as bigint)) continue;
      for (const { citedWorkId, isInternalAnchor } of this.#referencesOf(paper_id as bigint)) {
        if (!cited.includes(citedWorkId)) continue;
        const edge = `${work_id} ${citedWorkId}`;
        marks.set(edge, (marks.get(edge) ?? false) || isInternalAnchor);
      }
    }
    return Array.from(marks, ([edge, mark]) => [...edge.split(" "), mark] as unknown as StoredEdge);
  };

  works: LookupSource["works"] = (ids) =>
    new Map(
      this.#having("works", "work_id", ids).map((row) => [
        row["work_id"] as bigint,
        {
          key: row["key"],
          paperId: row["paper_id"],
          title: row["title"],
          year: row["year"],
          statedYear: row["stated_year"],
          titledBy:
            row["title_standing"] === null
              ? null
              : {
                  proof: row["title_standing"] as Proof,
                  paperId: row["title_paper_id"] as bigint,
                  ordinal: row["title_ordinal"] as number,
                },
          citedByCount: row["cited_by_count"],
          citingPaperCount: row["citing_paper_count"],
          referenceCount: row["reference_count"],
          anchoredWorkCount: row["anchored_work_count"],
        } as StoredWork,
      ]),
    );

  titles: LookupSource["titles"] = (workIds, except, identifiers) => {
    const titles = this.#allReferences()
      .filter(({ paperId, citedWorkId }) => workIds.includes(citedWorkId) && !except.includes(paperId))
      .filter(({ arxivId, doiId, workUuidId }) => {
        const deciding = doiId ?? workUuidId;
        return arxivId !== null || deciding === null || !identifiers.includes(deciding);
      })
      .filter((reference): reference is TitledReference & Title => reference.title !== null);
    // The best comes last: the map keeps the last.
    titles.sort(
      (a, b) =>
        proofRank(a.proof) - proofRank(b.proof) ||
        (a.paperId === b.paperId ? b.ordinal - a.ordinal : a.paperId < b.paperId ? 1 : -1),
    );
    return new Map(titles.map((title) => [title.citedWorkId, title]));
  };

  #of(table: string): Map<string, Cells> {
    const rows = this.#tables.get(table) ?? new Map<string, Cells>();
    this.#tables.set(table, rows);
    return rows;
  }

  #rows(table: string): Cells[] {
    return [...this.#of(table).values()];
  }

  #having(table: string, column: string, values: readonly bigint[]): Cells[] {
    return this.#rows(table).filter((row) => values.includes(row[column] as bigint));
  }

  #referencesOf(paperId: bigint): TitledReference[] {
    return this.#allReferences()
      .filter((reference) => reference.paperId === paperId)
      .sort((a, b) => a.ordinal - b.ordinal);
  }

  #allReferences(): TitledReference[] {
    const proofs = new Map(this.#rows("papers").map((row) => [row["paper_id"], row["proof"] as Proof]));
    return this.#rows("references").map((row) => {
      const reference = {
        paperId: row["paper_id"],
        ordinal: row["ordinal"],
        arxivId: row["has_arxiv_id"] ? row["cited_work_id"] : null,
        doiId: row["doi_id"],
        workUuidId: row["work_uuid_id"],
        citedWorkId: row["cited_work_id"],
        isInternalAnchor: row["is_internal_anchor"],
      } as StoredReference;
      const { title, year } = row as { title: string | null; year: number | null };
      return { ...reference, title, year, proof: proofs.get(reference.paperId) as Proof };
    });
  }
}

function keyOf(table: string, row: Cells): string {
  return JSON.stringify(tableShape(table).key.map((column) => String(row[column])));
}

function hex(cell: Cell | undefined): string {
  return String(cell).replace(/^\\x/, "");
}

function workPaperOf(row: Cells): WorkPaper {
  return {
    paperId: row["paper_id"],
    pithNumber: row["pith_number"],
    sourceVersion: row["source_version"],
    proof: row["proof"],
    submittedAt: row["submitted_at"],
    title: row["title"],
  } as WorkPaper;
}

function identifierEntry(row: Cells): [bigint, Identifier] {
  const proof = row["target_standing"] as Proof;
  const votes = row["voices"] as string | null;
  const target = {
    targetId: row["target_id"],
    targetKind: row["target_kind"],
    proof,
  } as Identifier["target"];
  return [
    row["identifier_id"] as bigint,
    {
      id: row["identifier_id"] as bigint,
      kind: row["kind"] as Identifier["kind"],
      value: row["value"] as string,
      target: row["target_id"] === null ? null : target,
      votes: votes === null ? null : { proof, list: readVotes(votes) },
      workId: row["work_id"] as bigint,
    },
  ];
}

/** A row in the format of `readTables`, without the columns that depend on the order of import. */
export function printed(table: string, row: Readonly<Record<string, Cell>>): Row {
  const entries = Object.entries(row).filter(([column]) => column !== "position" && column !== "received_at");
  return Object.fromEntries(
    entries.map(([column, cell]) => {
      const type = columnType(table, column);
      if (cell === null) return [column, null];
      if (type === "bytea") return [column, hex(cell)];
      if (type.startsWith("timestamp")) return [column, microseconds(cell as string)];
      return [column, Array.isArray(cell) ? JSON.stringify(cell) : String(cell)];
    }),
  );
}

function microseconds(instant: string): string {
  const [seconds = "", fraction = ""] = instant.replace("Z", "").split(".");
  return `${seconds}.${fraction.padEnd(6, "0")}Z`;
}
