import { randomFrom } from "../ingest/random.ts";
import type { Papers, SoakPaper } from "./papers.ts";
import { type Question, questions } from "./questions.ts";
import type { Tally } from "./tally.ts";

export const token = "a-token-of-the-soak-that-opens-nothing-else";

/** Each question as often as its weight demands. */
const weightedQuestions = questions.flatMap((question) =>
  Array.from({ length: question.weight * 3 }, () => question),
);

/** The time limit of a request in milliseconds. */
const maxMilliseconds = 30_000;
const maxOpen = 100;
/** Milliseconds before a submission is repeated. */
const retryPause = 1_000;

/** The acknowledged submissions to a site. */
export type Acknowledged = {
  readonly ids: string[];
  readonly papers: SoakPaper[];
  /** Called for each paper with the answer MERGED. */
  readonly onMerged: (paper: SoakPaper) => void;
};

/** Sends queries and submissions at a constant rate, independent of the answers' times, and counts the outcomes. */
export class Client {
  readonly #tally: Tally;
  readonly #papers: Papers;
  readonly #random;
  readonly #open = new Set<Promise<void>>();
  /** The number of requests that were not sent because too many were open. */
  unsent = 0;
  /** The number of failed submissions that were repeated. */
  repeated = 0;
  #isOver = false;

  constructor(tally: Tally, papers: Papers, seed: number) {
    this.#tally = tally;
    this.#papers = papers;
    this.#random = randomFrom(seed);
  }

  /** Calls `send` at a rate until the client is stopped. */
  #steadily(perSecond: number, send: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (this.#isOver) {
          clearInterval(timer);
          return resolve();
        }
        if (this.#open.size >= maxOpen) {
          this.unsent++;
          return;
        }
        const sent = send().finally(() => this.#open.delete(sent));
        this.#open.add(sent);
      }, 1_000 / perSecond);
    });
  }

  read(origin: string, perSecond: number): Promise<void> {
    return this.#steadily(perSecond, () => this.#query(origin, this.#random.pick(weightedQuestions)));
  }

  async #query(origin: string, { kind, make }: Question): Promise<void> {
    const { path, body, wrong } = make(this.#papers, this.#random);
    const from = performance.now();
    const error = await errorOf(async () => {
      const response = await fetch(`${origin}${path}`, {
        ...(body === undefined
          ? {}
          : { method: "POST", body, headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(maxMilliseconds),
      });
      const answer = JSON.parse(await response.text());
      const code = answer.errors?.[0]?.extensions?.code ?? answer.error?.code;
      if (response.status !== 200 || code !== undefined) return `${response.status} ${code ?? ""}`.trim();
      return isWrong(() => wrong(answer)) ? `wrong answer to ${kind}` : null;
    });
    this.#tally.add({ kind, from, to: performance.now(), error });
  }

  /** Submits new papers, and repeats each request until it is acknowledged. */
  submit(origin: string, perSecond: number, documents: number, acknowledged: Acknowledged): Promise<void> {
    return this.#steadily(perSecond, async () => {
      const papers = Array.from({ length: documents }, () => this.#papers.make(this.#random));
      while (!(await this.#submitOnce(origin, papers, acknowledged))) {
        this.repeated++;
        await new Promise((resolve) => setTimeout(resolve, retryPause));
      }
    });
  }

  async #submitOnce(
    origin: string,
    papers: readonly SoakPaper[],
    acknowledged: Acknowledged,
  ): Promise<boolean> {
    const from = performance.now();
    let isDone = false;
    const error = await errorOf(async () => {
      const response = await fetch(`${origin}/ingest?wait=10`, {
        method: "POST",
        headers: { "content-type": "application/x-ndjson", authorization: `Bearer ${token}` },
        body: papers.map(({ text }) => text).join("\n"),
        signal: AbortSignal.timeout(maxMilliseconds),
      });
      const text = await response.text();
      if (response.status >= 300 && !text.startsWith('{"line"')) {
        return `${response.status} ${JSON.parse(text).errors?.[0]?.extensions?.code ?? ""}`.trim();
      }
      const answers = text
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line));
      for (const [index, { id, status }] of answers.entries()) {
        const paper = papers[index];
        if (id === null || paper === undefined) continue;
        acknowledged.ids.push(id);
        if (status === "MERGED") acknowledged.onMerged(paper);
      }
      const bad = answers.find(({ status }) => status !== "MERGED" && status !== "QUEUED");
      if (bad !== undefined) return `${response.status} ${bad.status} ${bad.error?.code ?? ""}`.trim();
      isDone = answers.length === papers.length;
      return isDone ? null : "an answer with too few lines";
    });
    if (isDone) acknowledged.papers.push(...papers);
    this.#tally.add({ kind: "submission", from, to: performance.now(), error });
    return isDone;
  }

  /** Stops sending, and waits for open requests. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled([...this.#open]);
  }
}

/** A short text for the error of a request, or null. */
async function errorOf(send: () => Promise<string | null>): Promise<string | null> {
  try {
    return await send();
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    if (name === "TimeoutError") return "no answer within 30 s";
    return cause?.code ?? cause?.message ?? (name === "SyntaxError" ? "an answer that is cut off" : message);
  }
}

/** Whether a check fails, or throws because of an unexpected shape. */
function isWrong(check: () => boolean): boolean {
  try {
    return check();
  } catch {
    return true;
  }
}
