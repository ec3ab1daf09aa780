import type { TracingConfig } from "../../config/index.ts";
import type { SpanContext } from "./span.ts";

/** Whether a trace is recorded that begins here, or goes on here from a caller's span. */
export type Sampler = (traceId: string, caller: SpanContext | null) => boolean;

/** The samplers of OpenTelemetry's SDK (https://opentelemetry.io/docs/specs/otel/trace/sdk/#built-in-samplers). */
export function createSampler({ sampler, samplerRatio }: TracingConfig): Sampler {
  const isParentBased = sampler.startsWith("parentbased_");
  const root = rootSampler(sampler.replace("parentbased_", ""), samplerRatio);
  return (traceId, caller) => (isParentBased && caller !== null ? caller.isSampled : root(traceId));
}

function rootSampler(name: string, ratio: number): (traceId: string) => boolean {
  if (name === "always_on") return () => true;
  if (name === "always_off") return () => false;
  // The last 56 bits are random, and a number holds 52 of them: all who see the trace decide alike.
  return (traceId) => Number.parseInt(traceId.slice(18, 31), 16) < ratio * 2 ** 52;
}
