import { homeUrl, serverUrl } from "../routing/index.ts";
import { queryText, type TadaDocumentNode } from "./client.ts";

type SubscriptionListeners<Data> = {
  readonly onData: (data: Data) => void;
  readonly onState: (state: ConnectionState) => void;
};

/** Subscribes until the returned function is called. After a lost connection it resumes with `$after`. */
export function subscribe<Data>(
  document: TadaDocumentNode<Data, { after?: string | null }>,
  { onData, onState }: SubscriptionListeners<Data>,
): () => void {
  const query = queryText(document);
  const urlAfter = (id: string | null) => {
    const parameters = new URLSearchParams({ query });
    if (id !== null) parameters.set("variables", JSON.stringify({ after: id }));
    return serverUrl(`graphql?${parameters}`);
  };
  // The query is part of the name: tabs with another version of the explorer use their own stream.
  return shareStream(`pith-graph ${homeUrl()} ${query}`, urlAfter, {
    onState,
    onEvent: ({ data }) => {
      const response = JSON.parse(data) as { data?: Data | null };
      if (response.data !== undefined && response.data !== null) onData(response.data);
    },
  });
}

/** Messages between tabs: the connected tab sends events and its state; a new tab asks for the state. */
type Message =
  | { readonly kind: "event"; readonly event: StreamEvent }
  | { readonly kind: "state"; readonly state: ConnectionState; readonly lastId: string | null }
  | { readonly kind: "state-wanted" };

/**
 * A stream shared by all tabs of a mirror: browsers open at most six connections to an HTTP/1.1 server, and each
 * stream occupies one. The tab that holds a Web Lock connects and passes events on. When it closes, the next tab
 * takes over and resumes after the last id. Without Web Locks (insecure origins), each tab has its own stream while
 * it is visible.
 */
export function shareStream(
  name: string,
  urlAfter: (id: string | null) => string,
  listeners: StreamListeners,
): () => void {
  return "locks" in navigator && "BroadcastChannel" in globalThis
    ? shareByLock(name, urlAfter, listeners)
    : streamWhileVisible(urlAfter, listeners);
}

function shareByLock(
  name: string,
  urlAfter: (id: string | null) => string,
  { onEvent, onState }: StreamListeners,
): () => void {
  const channel = new BroadcastChannel(name);
  const controller = new AbortController();
  let lastId: string | null = null;
  let connectionState: ConnectionState = "connecting";
  let isLeader = false;
  const post = (message: Message) => channel.postMessage(message);
  const receive = (received: StreamEvent) => {
    if (received.id !== "") lastId = received.id;
    onEvent(received);
  };
  channel.addEventListener("message", ({ data }: MessageEvent<Message>) => {
    if (data.kind === "state-wanted") {
      if (isLeader) post({ kind: "state", state: connectionState, lastId });
    } else if (!isLeader && data.kind === "event") receive(data.event);
    else if (!isLeader && data.kind === "state") {
      lastId ??= data.lastId;
      onState(data.state);
    }
  });
  onState("connecting");
  post({ kind: "state-wanted" });
  const lead = () =>
    new Promise<void>((resolve) => {
      isLeader = true;
      const close = openStream(urlAfter, lastId, {
        onEvent: (received) => {
          receive(received);
          post({ kind: "event", event: received });
        },
        onState: (next) => {
          connectionState = next;
          onState(next);
          post({ kind: "state", state: next, lastId });
        },
      });
      const stop = () => {
        close();
        resolve();
      };
      if (controller.signal.aborted) stop();
      else controller.signal.addEventListener("abort", stop, { once: true });
    });
  navigator.locks.request(name, { signal: controller.signal }, lead).catch((error: unknown) => {
    if (!controller.signal.aborted) throw error;
  });
  return () => {
    controller.abort();
    channel.close();
  };
}

function streamWhileVisible(
  urlAfter: (id: string | null) => string,
  { onEvent, onState }: StreamListeners,
): () => void {
  let lastId: string | null = null;
  let close: (() => void) | null = null;
  const update = () => {
    if (document.hidden) {
      close?.();
      close = null;
    } else {
      close ??= openStream(urlAfter, lastId, {
        onEvent: (received) => {
          if (received.id !== "") lastId = received.id;
          onEvent(received);
        },
        onState,
      });
    }
  };
  document.addEventListener("visibilitychange", update);
  onState("connecting");
  update();
  return () => {
    document.removeEventListener("visibilitychange", update);
    close?.();
  };
}

export type ConnectionState = "connecting" | "listening" | "lost";

/** A stream event: a GraphQL response as JSON text, and the id to resume after. */
export type StreamEvent = { readonly id: string; readonly data: string };

export type StreamListeners = {
  readonly onEvent: (event: StreamEvent) => void;
  readonly onState: (state: ConnectionState) => void;
};

const reconnectDelayMs = 5_000;

/**
 * Opens a stream of Server-Sent Events until the returned function is called. The browser reconnects a broken
 * connection with the last id it saw; one that the server ends or refuses is reconnected here. `urlAfter` returns the
 * URL that resumes after an id.
 */
export function openStream(
  urlAfter: (id: string | null) => string,
  lastEventId: string | null,
  { onEvent, onState }: StreamListeners,
): () => void {
  let lastId = lastEventId;
  let events: EventSource;
  let reconnectTimer: ReturnType<typeof setTimeout> | undefined;

  const open = () => {
    onState("connecting");
    events = new EventSource(urlAfter(lastId));
    events.addEventListener("open", () => onState("listening"));
    events.addEventListener("next", ({ data, lastEventId }: MessageEvent<string>) => {
      if (lastEventId !== "") lastId = lastEventId;
      onEvent({ id: lastEventId, data });
    });
    events.addEventListener("complete", reconnect);
    events.addEventListener("error", () => {
      onState("lost");
      if (events.readyState === EventSource.CLOSED) reconnect();
    });
  };
  const reconnect = () => {
    events.close();
    onState("lost");
    clearTimeout(reconnectTimer);
    reconnectTimer = setTimeout(open, reconnectDelayMs);
  };
  open();
  return () => {
    clearTimeout(reconnectTimer);
    events.close();
  };
}
