import type { Plugin } from "graphql-yoga";

/** An empty `operationName` names no operation, in a body as in an address: forms and clients send it for none. */
export function useOptionalOperationName(): Plugin {
  return {
    onParams({ params, setParams }) {
      if (params.operationName !== "") return;
      const { operationName: _empty, ...others } = params;
      setParams(others);
    },
  };
}
