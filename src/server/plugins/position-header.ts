import type { Plugin } from "graphql-yoga";
import type { Context } from "../../api/context.ts";
import type { ServerContext } from "../http/fast-path.ts";
import { positionHeaders, type RequestReads } from "../reads/index.ts";

/** Tells the position of answers that graphql-yoga's own HTTP layer sends: the short way tells it itself. */
export function usePositionHeader(reads: RequestReads): Plugin {
  return {
    async onResponse({ response, serverContext }) {
      const context = serverContext as ServerContext & Partial<Context>;
      const { req, prepared } = context;
      if (req === undefined || prepared === undefined) return;
      const position = await reads.positionAfter(req, prepared, context);
      for (const [name, value] of Object.entries(positionHeaders(position)))
        response.headers.set(name, value);
    },
  };
}
