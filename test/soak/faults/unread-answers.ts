import { setTimeout as pause } from "node:timers/promises";
import { pipelined, sendUnread } from "../../server/sockets.ts";
import type { Fault } from "../fault.ts";
import type { Site, Stage } from "../stage.ts";

const clients = 60;
const requestsOfClient = 60;
/** What unread answers may keep by default, and as much again for garbage that is not collected yet. */
const mostMegabytes = 2 * 256;
/** Milliseconds until the server is seen to keep unread answers. */
const patience = 60_000;

const largeQuery = `{papers(first:100){nodes{pithNumber title authors a:canonicalRecord b:canonicalRecord
  c:canonicalRecord d:canonicalRecord references(first:50){nodes{title doi}} claims(first:20){nodes{text}}}}}`;

/**
 * Clients that request large answers and never read: half of them GraphiQL's script, which is ready, half a query, whose
 * answer is made again whenever the data changes. Judged by the memory of the API's process, and by the answers that
 * others get meanwhile: one that fails is a fault.
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
        if (data?.status === undefined) throw new Error(`Others were answered ${response.status} meanwhile.`);
        await pause(50);
      }
      const after = residentMegabytes(orders, since);
      if (after - before > mostMegabytes) {
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

/** The path of GraphiQL's script, some megabytes, as its page names it. */
async function graphiqlScript({ origin }: Site): Promise<string> {
  const page = await fetch(`${origin}/graphql`, {
    headers: { accept: "text/html" },
    signal: AbortSignal.timeout(patience),
  });
  const [path] = /graphiql\/graphiql-[\w-]+\.js/.exec(await page.text()) ?? [];
  if (path === undefined) throw new Error(`GraphiQL's page named no script: status ${page.status}.`);
  return `/${path}`;
}

/** What the API keeps for clients that do not read, once it does. Throws where it keeps nothing: nothing was injected. */
async function unreadBytes({ metrics }: Site): Promise<number> {
  for (const end = performance.now() + patience; performance.now() < end; ) {
    const text = await (await fetch(`${metrics}/metrics`)).text();
    const bytes = Number(/^pith_graph_http_unread_bytes(?:\{[^}]*\})? (\S+)$/m.exec(text)?.[1] ?? 0);
    if (bytes > 0) return bytes;
    await pause(100);
  }
  throw new Error("The API kept no unread answer.");
}

/** The most that the API's process has had in memory since a time; its last figure where there is none yet. */
function residentMegabytes(orders: Stage["orders"], since: number): number {
  const ofApi = (from: number) =>
    orders
      .witnessed("memory", from)
      .filter(({ site, command }) => site === "mirror" && command === "serve")
      .map(({ rss = 0 }) => rss / 2 ** 20);
  return since === 0 ? (ofApi(0).at(-1) ?? 0) : Math.max(...ofApi(since), ofApi(0).at(-1) ?? 0);
}
