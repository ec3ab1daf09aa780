import { bodies } from "./bodies.ts";
import { copies } from "./copies.ts";
import { cursors } from "./cursors.ts";
import { documents } from "./documents.ts";
import { instants } from "./instants.ts";
import { json } from "./json.ts";
import { mirrors } from "./mirrors.ts";
import { queries } from "./queries.ts";
import { references } from "./references.ts";
import { searches } from "./searches.ts";
import type { Target } from "./target.ts";

/** Every parser of external input. */
export const targets: readonly Target[] = [
  json,
  documents,
  references,
  cursors,
  queries,
  searches,
  instants,
  mirrors,
  bodies,
  copies,
];

/** Throws if there is no such target. */
export function targetOf(name: string | undefined): Target {
  const target = targets.find((other) => other.name === name);
  if (target === undefined)
    throw new Error(`No parser ${name}: ${targets.map((other) => other.name).join(", ")}.`);
  return target;
}
