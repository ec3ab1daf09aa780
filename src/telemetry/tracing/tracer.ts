import { AsyncLocalStorage } from "node:async_hooks";
import type { Outcome, Watch } from "../../watched.ts";
import type { Exporter } from "./exporter.ts";
import type { Sampler } from "./sampling.ts";
import { type Attributes, type EndedSpan, randomId, type SpanContext } from "./span.ts";

export type SpanOptions = {
  readonly name: string;
  readonly kind: EndedSpan["kind"];
  readonly attributes?: Attributes;
  /** Looked at as the span ends: what is known only then. */
  readonly describe?: (outcome: Outcome) => {
    readonly name?: string;
    readonly attributes?: Attributes;
    readonly error?: string | null;
  };
};

/** Makes spans of watched work; each is the parent of what is done in its context. */
export class Tracer {
  readonly #current = new AsyncLocalStorage<SpanContext>();
  readonly #sample: Sampler;
  readonly #exporter: Pick<Exporter, "add">;

  constructor(sample: Sampler, exporter: Pick<Exporter, "add">) {
    this.#sample = sample;
    this.#exporter = exporter;
  }

  /** The span in whose context this is called. */
  get current(): SpanContext | undefined {
    return this.#current.getStore();
  }

  /** A span below the current one; nothing where there is none, or it is not recorded. */
  child(options: SpanOptions): Watch {
    const parent = this.current;
    return parent?.isSampled ? this.#span(parent, parent.traceId, options) : nothing;
  }

  /** A span of a trace that begins here, or of a caller's; below the current one where there is one. */
  root(options: SpanOptions, caller: SpanContext | null = null): Watch {
    if (this.current !== undefined) return this.child(options);
    const traceId = caller?.traceId ?? randomId(16);
    if (this.#sample(traceId, caller)) return this.#span(caller, traceId, options);
    const context = { traceId, spanId: randomId(8), isSampled: false };
    return { run: (work) => this.#current.run(context, work), end: () => {} };
  }

  #span(parent: SpanContext | null, traceId: string, options: SpanOptions): Watch {
    const context: SpanContext = { traceId, spanId: randomId(8), isSampled: true };
    const startedAt = now();
    return {
      run: (work) => this.#current.run(context, work),
      end: (outcome) => {
        const { name, kind, attributes, describe } = options;
        const described = describe?.(outcome) ?? {};
        this.#exporter.add({
          context,
          parentSpanId: parent?.spanId ?? null,
          name: described.name ?? name,
          kind,
          startedAt,
          endedAt: now(),
          attributes: { ...attributes, ...described.attributes },
          error: "error" in outcome ? kindOf(outcome.error) : (described.error ?? null),
        });
      },
    };
  }
}

const nothing: Watch = { end: () => {} };

function now(): number {
  return performance.timeOrigin + performance.now();
}

/** A code where it has one, else its class: messages may hold what is nobody else's business. */
function kindOf(error: unknown): string {
  if (!(error instanceof Error)) return "unknown";
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : error.name;
}
