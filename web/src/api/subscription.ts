import { homeAddress, serverAddress } from "../routing/index.ts";
import { queryText, type TadaDocumentNode } from "./client.ts";

type Listeners<Data> = {
  readonly next: (data: Data) => void;
  readonly state: (state: FollowState) => void;
};

/** Follows a subscription until the returned function is called. After a lost connection it resumes with `$after`. */
export function follow<Data>(
  document: TadaDocumentNode<Data, { after?: string | null }>,
  { next, state }: Listeners<Data>,
): () => void {
  const query = queryText(document);
  const addressAfter = (id: string | null) => {
    const parameters = new URLSearchParams({ query });
    if (id !== null) parameters.set("variables", JSON.stringify({ after: id }));
    return serverAddress(`graphql?${parameters}`);
  };
  // Tabs with another version of the explorer have another query, and a stream of their own.
  return shareStream(`pith-graph ${homeAddress()} ${query}`, addressAfter, {
    state,
    event: ({ data }) => {
      const answer = JSON.parse(data) as { data?: Data | null };
      if (answer.data !== undefined && answer.data !== null) next(answer.data);
    },
  });
}

/** What the tab with the connection tells the others; and what a new tab requests. */
type Message =
  | { readonly kind: "event"; readonly event: StreamEvent }
  | { readonly kind: "state"; readonly state: FollowState; readonly last: string | null }
  | { readonly kind: "state-wanted" };

/**
 * A stream that all tabs of a mirror share, since a browser opens six connections to an HTTP/1.1 server and each stream
 * holds one. The tab that holds a Web Lock has the connection and passes events on; when it closes, the next tab takes
 * over and resumes after the last id. Without Web Locks (pages that are not secure), a tab has a stream of its own
 * while it is visible.
 */
export function shareStream(
  name: string,
  addressAfter: (id: string | null) => string,
  listeners: StreamListeners,
): () => void {
  return "locks" in navigator && "BroadcastChannel" in globalThis
    ? shareByLock(name, addressAfter, listeners)
    : whileVisible(addressAfter, listeners);
}

function shareByLock(
  name: string,
  addressAfter: (id: string | null) => string,
  { event, state }: StreamListeners,
): () => void {
  const channel = new BroadcastChannel(name);
  const given = new AbortController();
  let last: string | null = null;
  let current: FollowState = "connecting";
  let isLeader = false;
  const tell = (message: Message) => channel.postMessage(message);
  const receive = (received: StreamEvent) => {
    if (received.id !== "") last = received.id;
    event(received);
  };
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (data.kind === "state-wanted") {
      if (isLeader) tell({ kind: "state", state: current, last });
    } else if (!isLeader && data.kind === "event") receive(data.event);
    else if (!isLeader && data.kind === "state") {
      last ??= data.last;
      state(data.state);
    }
  });
  state("connecting");
  tell({ kind: "state-wanted" });
  const lead = () =>
    new Promise<void>((resolve) => {
      isLeader = true;
      const close = openStream(addressAfter, last, {
        event: (received) => {
          receive(received);
          tell({ kind: "event", event: received });
        },
        state: (next) => {
          current = next;
          state(next);
          tell({ kind: "state", state: next, last });
        },
      });
      const stop = () => {
        close();
        resolve();
      };
      if (given.signal.aborted) stop();
      else given.signal.addEventListener("abort", stop, { once: true });
    });
  navigator.locks.request(name, { signal: given.signal }, lead).catch((error: unknown) => {
    if (!given.signal.aborted) throw error;
  });
  return () => {
    given.abort();
    channel.close();
  };
}

function whileVisible(
  addressAfter: (id: string | null) => string,
  { event, state }: StreamListeners,
): () => void {
  let last: string | null = null;
  let close: (() => void) | null = null;
  const look = () => {
    if (document.hidden) {
      close?.();
      close = null;
    } else {
      close ??= openStream(addressAfter, last, {
        event: (received) => {
          if (received.id !== "") last = received.id;
          event(received);
        },
        state,
      });
    }
  };
  document.addEventListener("visibilitychange", look);
  state("connecting");
  look();
  return () => {
    document.removeEventListener("visibilitychange", look);
    close?.();
  };
}

export type FollowState = "connecting" | "listening" | "lost";

/** An event of a stream: its answer as JSON text, and the id to resume after. */
export type StreamEvent = { readonly id: string; readonly data: string };

export type StreamListeners = {
  readonly event: (event: StreamEvent) => void;
  readonly state: (state: FollowState) => void;
};

const pauseBeforeReconnect = 5_000;

/**
 * Opens a stream of Server-Sent Events until the returned function is called. The browser reconnects a connection that
 * breaks, with the last id it saw; one that the server ends or refuses is reconnected here. `addressAfter` gives the
 * address that resumes after an id.
 */
export function openStream(
  addressAfter: (id: string | null) => string,
  after: string | null,
  { event, state }: StreamListeners,
): () => void {
  let last = after;
  let events: EventSource;
  let pause: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    state("connecting");
    events = new EventSource(addressAfter(last));
    events.addEventListener("open", () => state("listening"));
    events.addEventListener("next", ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId !== "") last = lastEventId;
      event({ id: lastEventId, data });
    });
    events.addEventListener("complete", reconnect);
    events.addEventListener("error", () => {
      state("lost");
      if (events.readyState === EventSource.CLOSED) reconnect();
    });
  };
  const reconnect = () => {
    events.close();
    state("lost");
    clearTimeout(pause);
    pause = setTimeout(open, pauseBeforeReconnect);
  };
  open();
  return () => {
    clearTimeout(pause);
    events.close();
  };
}
