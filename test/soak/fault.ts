import type { Stage } from "./stage.ts";

/** Something that goes wrong for a while. Resolves when it is over, with what shows that it was so; else it throws. */
export type Fault = {
  readonly name: string;
  readonly inject: (stage: Stage, milliseconds: number) => Promise<string>;
};
