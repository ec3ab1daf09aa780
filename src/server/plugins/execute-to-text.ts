import type { ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import { executeToText } from "../../api/execution/execute-to-text.ts";

/** Writes answers as they are executed: see `executeToText`. */
export function useExecuteToText(): Plugin {
  return {
    onExecute({ setExecuteFn }) {
      setExecuteFn((args: ExecutionArgs) => executeToText(args));
    },
  };
}
