import type pg from "pg";
import type { Comparable, Question } from "./questions.ts";

/** Where an engine finds the graph: the same in a file and in the tables. */
export type Site = {
  readonly edgeList: string;
  readonly connection: pg.PoolConfig;
  /** A folder of its own, empty. */
  readonly folder: string;
};

/** One of those that are compared, in a process of its own. */
export type Engine = {
  readonly version: string;
  readonly load: {
    /** What is timed, and how long it took. */
    readonly from: string;
    readonly milliseconds: number;
  };
  /** Bytes that the graph takes, where the engine itself knows; else the growth of the process is told. */
  readonly bytes: number | null;
  /** Why it is not asked a question. */
  refuse?(question: Question): string | null;
  /** Whether it computes something else than the others, by its own design: timed, and not compared. */
  isOther?(question: Question): boolean;
  /** What is timed. */
  ask(question: Question): unknown;
  /** An answer as all are compared. */
  read(question: Question, answer: never): Comparable;
  close(): Promise<void>;
};

export type EngineName = "pith-graph" | "SQL" | "graphology" | "kuzu";

/** What a process tells of a group: times in milliseconds, answers in the order of the questions. */
export type GroupResult = {
  readonly refused: string | null;
  readonly isOther: boolean;
  readonly milliseconds: readonly number[];
  readonly answers: readonly Comparable[];
};

export type EngineResult = {
  readonly version: string;
  readonly load: Engine["load"];
  readonly bytes: number | null;
  /** How much the process grew by loading, in bytes. */
  readonly grown: number;
  readonly groups: readonly GroupResult[];
};
