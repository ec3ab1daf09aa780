import type { Stage } from "./stage.ts";

/** A temporary fault. `inject` resolves with evidence once it is over, and throws if it did not happen. */
export type Fault = {
  readonly name: string;
  readonly inject: (stage: Stage, milliseconds: number) => Promise<string>;
};
