import { isDeepStrictEqual } from "node:util";
import type { EngineName, EngineResult, GroupResult } from "./engine.ts";
import type { Group } from "./questions.ts";

export type Compared = ReadonlyMap<EngineName, EngineResult>;

/** Throws if two engines answer a question differently. Returns lines with the numbers of compared answers. */
export function assertEqualAnswers(groups: readonly Group[], results: Compared): string[] {
  const own = results.get("pith-graph") as EngineResult;
  const lines: string[] = [];
  for (const [index, { name, questions }] of groups.entries()) {
    const counts: string[] = [];
    for (const [engine, { groups: answered }] of results) {
      if (engine === "pith-graph") continue;
      const { answers, skipReason, isOther } = answered[index] as GroupResult;
      if (isOther) continue;
      for (const [place, answer] of answers.entries()) {
        const ours = own.groups[index]?.answers[place];
        if (ours === undefined || isDeepStrictEqual(answer, ours)) continue;
        throw new Error(
          `${name}, ${JSON.stringify(questions[place])}: ${engine} answers ${JSON.stringify(answer)}, we ${JSON.stringify(ours)}.`,
        );
      }
      if (skipReason === null) counts.push(`${engine} ${answers.length}`);
    }
    lines.push(`${name}: ${counts.join(", ")}`);
  }
  return lines;
}

/** Prints a table with p50 and p95 of each engine in milliseconds, and the ratio to our times. */
export function printComparison(groups: readonly Group[], results: Compared): void {
  const own = results.get("pith-graph") as EngineResult;
  const columns = [...results.keys()];
  const cell = (text: string) => text.padStart(24);
  console.log(`${"ms: p50 / p95 (times ours)".padEnd(32)}${columns.map(cell).join("")}`);
  for (const [index, { name }] of groups.entries()) {
    const cells = columns.map((engine) => {
      const { milliseconds, skipReason } = (results.get(engine) as EngineResult).groups[index] as GroupResult;
      if (skipReason !== null) return cell(`(${skipReason})`);
      const text = `${figure(quantile(milliseconds, 0.5))} / ${figure(quantile(milliseconds, 0.95))}`;
      if (engine === "pith-graph") return cell(text);
      // Compared on the same questions: slow engines answer only the first of them.
      const ours = (own.groups[index] as GroupResult).milliseconds.slice(0, milliseconds.length);
      const ratio = sum(milliseconds.slice(0, ours.length)) / sum(ours);
      return cell(`${text} (${figure(ratio)}×)`);
    });
    console.log(`${name.padEnd(32)}${cells.join("")}`);
  }
  const row = (name: string, of: (result: EngineResult) => string) =>
    console.log(
      `${name.padEnd(32)}${columns.map((engine) => cell(of(results.get(engine) as EngineResult))).join("")}`,
    );
  row("load, s", ({ load }) => (load.milliseconds === 0 ? "-" : figure(load.milliseconds / 1000)));
  row("the graph itself, MB", ({ bytes }) => (bytes === null ? "-" : figure(bytes / 1e6)));
  row("growth of the process, MB", ({ growth }) => figure(growth / 1e6));
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

export function figure(value: number): string {
  if (value < 10) return value.toPrecision(2);
  return value < 100 ? value.toFixed(1) : Math.round(value).toLocaleString("en-US");
}
