import { randomFrom } from "../ingest/random.ts";
import type { Papers, SoakPaper } from "./papers.ts";
import { type Question, questions } from "./questions.ts";
import type { Tally } from "./tally.ts";

export const token = "a-token-of-the-soak-that-opens-nothing-else";

/** Each question as often as its share says. */
const urn = questions.flatMap((question) => Array.from({ length: question.weight * 3 }, () => question));

/** Milliseconds after which a client gives a request up. */
const patience = 30_000;
const mostOpen = 100;
/** Milliseconds before a submission is made again. */
const retryPause = 1_000;

/** What a client submitted to a site and was given ids for. */
export type Acknowledged = {
  readonly ids: string[];
  readonly papers: SoakPaper[];
  /** Told of each paper that was answered to be merged. */
  readonly onMerged: (paper: SoakPaper) => void;
};

/** Asks and submits at a steady rate, however long answers take, and counts what comes of it. */
export class Client {
  readonly #tally: Tally;
  readonly #papers: Papers;
  readonly #random;
  readonly #open = new Set<Promise<void>>();
  /** Requests that were not sent, so many being open. */
  unsent = 0;
  /** Submissions that came to nothing and were made again. */
  repeated = 0;
  #isOver = false;

  constructor(tally: Tally, papers: Papers, seed: number) {
    this.#tally = tally;
    this.#papers = papers;
    this.#random = randomFrom(seed);
  }

  /** Calls `send` so many times a second until the client is stopped. */
  #steadily(perSecond: number, send: () => Promise<void>): Promise<void> {
    return new Promise((resolve) => {
      const timer = setInterval(() => {
        if (this.#isOver) {
          clearInterval(timer);
          return resolve();
        }
        if (this.#open.size >= mostOpen) {
          this.unsent++;
          return;
        }
        const sent = send().finally(() => this.#open.delete(sent));
        this.#open.add(sent);
      }, 1_000 / perSecond);
    });
  }

  read(origin: string, perSecond: number): Promise<void> {
    return this.#steadily(perSecond, () => this.#ask(origin, this.#random.pick(urn)));
  }

  async #ask(origin: string, { kind, make }: Question): Promise<void> {
    const { path, body, wrong } = make(this.#papers, this.#random);
    const from = performance.now();
    const error = await errorOf(async () => {
      const response = await fetch(`${origin}${path}`, {
        ...(body === undefined
          ? {}
          : { method: "POST", body, headers: { "content-type": "application/json" } }),
        signal: AbortSignal.timeout(patience),
      });
      const answer = JSON.parse(await response.text());
      const code = answer.errors?.[0]?.extensions?.code ?? answer.error?.code;
      if (response.status !== 200 || code !== undefined) return `${response.status} ${code ?? ""}`.trim();
      return isWrong(() => wrong(answer)) ? `wrong answer to ${kind}` : null;
    });
    this.#tally.add({ kind, from, to: performance.now(), error });
  }

  /** Submits new papers, each until it is acknowledged, as a client does that must not lose any. */
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
        signal: AbortSignal.timeout(patience),
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

  /** Sends no more, and waits for what is open. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.allSettled([...this.#open]);
  }
}

/** A word for what went wrong with a request. */
async function errorOf(send: () => Promise<string | null>): Promise<string | null> {
  try {
    return await send();
  } catch (error) {
    const { name, message, cause } = error as Error & { cause?: { code?: string; message?: string } };
    if (name === "TimeoutError") return "no answer within 30 s";
    return cause?.code ?? cause?.message ?? (name === "SyntaxError" ? "an answer that is cut off" : message);
  }
}

/** A shape that is not looked for throws. */
function isWrong(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return true;
  }
}
