import type pg from "pg";
import type { Comparable, Question } from "./questions.ts";

/** The places of the graph, which is the same in a file and in the tables. */
export type Site = {
  readonly edgeList: string;
  readonly connection: pg.PoolConfig;
  /** Connections to PostgreSQL. */
  readonly maxConnections: number;
  /** An empty folder for the engine. */
  readonly folder: string;
};

/** A compared engine in a separate process. */
export type Engine = {
  readonly version: string;
  readonly load: {
    /** The kind of loading and its time. */
    readonly from: string;
    readonly milliseconds: number;
  };
  /** The size of the graph in bytes if the engine knows it; else null. */
  readonly bytes: number | null;
  /** The reason why a question is skipped, or null. */
  skipReasonOf?(question: Question): string | null;
  /** Whether the engine computes something else by design, which is timed, but not compared. */
  isOther?(question: Question): boolean;
  /** The timed work. */
  ask(question: Question): unknown;
  /** An answer in the common form. */
  read(question: Question, answer: never): Comparable;
  close(): Promise<void>;
};

export type EngineName = "pith-graph" | "SQL" | "graphology" | "kuzu";

/** The result of a group: times in milliseconds, and answers in the order of the questions. */
export type GroupResult = {
  readonly skipReason: string | null;
  readonly isOther: boolean;
  readonly milliseconds: readonly number[];
  readonly answers: readonly Comparable[];
};

export type EngineResult = {
  readonly version: string;
  readonly load: Engine["load"];
  readonly bytes: number | null;
  /** The growth of the process by loading, in bytes. */
  readonly growth: number;
  readonly groups: readonly GroupResult[];
};
