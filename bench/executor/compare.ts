import type { Database } from "../../src/store/index.ts";
import { prepareExecutors } from "./executors.ts";
import { contestantsFor, type Pace, takeTurns } from "./measure.ts";
import { readQuestions } from "./questions.ts";

/** Compares the executors on the papers of a database, and prints the table. */
export async function compareExecutors(database: Database, pace: Pace): Promise<void> {
  const prepared = await prepareExecutors(database);
  try {
    for (const { title, query, refs } of await readQuestions(database, prepared)) {
      const question = { title, query, refs };
      const { contestants, failures } = await contestantsFor(question, prepared);
      const bytes = Buffer.byteLength((await contestants[0]?.run(refs[0] as string)) ?? "");
      console.log(`\n${title} (${refs.length} papers, all answers equal; the first has ${bytes} bytes)`);
      for (const { name, cpu, toOwn } of await takeTurns(contestants, refs, pace)) {
        const rate = Math.round(1e6 / cpu).toLocaleString("en-US");
        const ratio = name === "own" ? "" : `   own: ${(1 / toOwn).toFixed(2)} ×`;
        console.log(
          `  ${name.padEnd(12)}${rate.padStart(8)} requests per CPU second${cpu.toFixed(0).padStart(7)} µs${ratio}`,
        );
      }
      for (const failure of failures) console.log(`  does not take part: ${failure}`);
    }
  } finally {
    await prepared.close();
  }
}
