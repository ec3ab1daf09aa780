import { builder } from "./builder.ts";
import { defaultPageSize, maximumPageSize } from "./connections.ts";

const size = `Defaults to ${defaultPageSize}; maximum ${maximumPageSize}.`;
const after = "Return rows after this cursor.";
const first = `The number of rows from the start, or after \`after\`. ${size}`;

/** The arguments of a connection that pages forward only. */
export const forwardArguments = builder.args((t) => ({
  first: t.int({ defaultValue: defaultPageSize, description: first }),
  after: t.string({ description: after }),
}));

/** The arguments of a search: the contract gives its `first` no default in the schema. */
export const searchArguments = builder.args((t) => ({
  first: t.int({ description: first }),
  after: t.string({ description: after }),
}));

/** The arguments of a connection that also pages backward. A default of `first` would rule out `last`. */
export const pageArguments = builder.args((t) => ({
  first: t.int({ description: `${first} Cannot be combined with \`last\`.` }),
  after: t.string({ description: after }),
  last: t.int({
    description: `The number of rows from the end, or before \`before\`. ${size} Cannot be combined with \`first\`.`,
  }),
  before: t.string({ description: "Return rows before this cursor." }),
}));
