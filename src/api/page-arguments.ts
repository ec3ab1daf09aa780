import { builder } from "./builder.ts";
import { defaultPageSize, maximumPageSize } from "./connections.ts";

const size = `${defaultPageSize} unless told, ${maximumPageSize} at most.`;

/** The arguments of a connection that pages forward only. */
export const forwardArguments = builder.args((t) => ({
  first: t.int({ description: `How many rows from the start, or after \`after\`: ${size}` }),
  after: t.string({ description: "The cursor of the row before the page." }),
}));

/** The arguments of a connection that also pages backward. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: `How many rows from the start, or after \`after\`: ${size}` }),
  after: t.string({ description: "The cursor of the row before the page." }),
  last: t.int({
    description: `How many rows from the end, or before \`before\`: ${size} Not together with \`first\`.`,
  }),
  before: t.string({ description: "The cursor of the row after the page." }),
}));
