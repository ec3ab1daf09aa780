import type { DocumentNode } from "graphql";
import type { Plugin } from "graphql-yoga";
import { documentErrors } from "../../api/limits/document.ts";
import type { QueryLimits } from "../../api/limits/query-limits.ts";

/** Refuses what is too deep, too broad, or has too many aliases or directives, before it is validated. */
export function useDocumentLimits(limits: QueryLimits): Plugin {
  const known = new WeakMap<DocumentNode, ReturnType<typeof documentErrors>>();
  return {
    onValidate({ params: { documentAST }, setResult }) {
      const errors = known.get(documentAST) ?? documentErrors(documentAST, limits);
      known.set(documentAST, errors);
      if (errors.length > 0) setResult(errors);
    },
  };
}
