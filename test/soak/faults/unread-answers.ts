import { setTimeout as pause } from "node:timers/promises";
import { pipelined, sendUnread } from "../../server/sockets.ts";
import type { Fault } from "../fault.ts";
import type { Site, Stage } from "../stage.ts";

const clients = 60;
const requestsOfClient = 60;
/** The default limit of unread bytes, twice, because of garbage that is not collected yet. */
const maxMegabytes = 2 * 256;
/** The maximum time in milliseconds until the server buffers unread answers. */
const maxMilliseconds = 60_000;

const largeQuery = `{papers(first:100){nodes{pithNumber title authors a:canonicalRecord b:canonicalRecord
  c:canonicalRecord d:canonicalRecord references(first:50){nodes{title doi}} claims(first:20){nodes{text}}}}}`;

/**
 * Clients that request large answers and never read them: half of them GraphiQL's script, which is a file, half a
 * query, whose answer changes with the data. The API's memory must be limited, and other clients must get correct
 * answers.
 */
export const fault: Fault = {
  name: "answers left unread",
  async inject({ mirror, orders }, milliseconds) {
    const before = residentMegabytes(orders, 0);
    const since = Date.now();
    const targets = [await graphiqlScript(mirror), `/graphql?query=${encodeURIComponent(largeQuery)}`];
    const requests = targets.map((target) => pipelined(target, requestsOfClient));
    const sockets = await Promise.all(
      Array.from({ length: clients }, (_, i) =>
        sendUnread(mirror.origin, requests[i % requests.length] as string),
      ),
    );
    try {
      const unread = await unreadBytes(mirror);
      const end = performance.now() + milliseconds;
      let answered = 0;
      for (; performance.now() < end || answered === 0; answered++) {
        const response = await fetch(`${mirror.origin}/graphql?query={status{papers}}`, {
          signal: AbortSignal.timeout(30_000),
        });
        const { data } = (await response.json()) as { data?: { status?: unknown } };
        if (data?.status === undefined) throw new Error(`Another client got status ${response.status}.`);
        await pause(50);
      }
      const after = residentMegabytes(orders, since);
      if (after - before > maxMegabytes) {
        throw new Error(`Unread answers grew the API by ${(after - before).toFixed(0)} MB.`);
      }
      return (
        `${clients} clients left ${(unread / 2 ** 20).toFixed(1)} MB unread in the API, which grew by ` +
        `${(after - before).toFixed(0)} MB; ${answered} answers to others`
      );
    } finally {
      for (const socket of sockets) socket.destroy();
    }
  },
};

/** The path of GraphiQL's script of some megabytes, from its page. */
async function graphiqlScript({ origin }: Site): Promise<string> {
  const page = await fetch(`${origin}/graphql`, {
    headers: { accept: "text/html" },
    signal: AbortSignal.timeout(maxMilliseconds),
  });
  const [path] = /assets\/graphiql-[\w-]+\.js/.exec(await page.text()) ?? [];
  if (path === undefined) throw new Error(`GraphiQL's page named no script: status ${page.status}.`);
  return `/${path}`;
}

/** The bytes that the API buffers for clients that do not read. Throws if there are none: the fault did not happen. */
async function unreadBytes({ metrics }: Site): Promise<number> {
  for (const end = performance.now() + maxMilliseconds; performance.now() < end; ) {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    const bytes = Number(/^pith_graph_http_unread_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1] ?? 0);
    if (bytes > 0) return bytes;
    await pause(100);
  }
  throw new Error("The API buffered no unread answer.");
}

/** The maximum resident memory of the API's process since a time, or its last sample if there is none yet. */
function residentMegabytes(orders: Stage["orders"], since: number): number {
  const ofApi = (from: number) =>
    orders
      .witnessed("memory", from)
      .filter(({ site, command }) => site === "mirror" && command === "serve")
      .map(({ rss = 0 }) => rss / 2 ** 20);
  return since === 0 ? (ofApi(0).at(-1) ?? 0) : Math.max(...ofApi(since), ofApi(0).at(-1) ?? 0);
}
