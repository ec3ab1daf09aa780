import { type GraphService, questionNames } from "../../graph/index.ts";
import { isServerFault } from "../../store/server-fault.ts";

type Ask = (input: unknown, budget?: unknown) => Promise<unknown>;

/**
 * A graph whose questions are answered from the tables of a replica. A question is a transaction of many statements:
 * one that is lost with the replica is asked again, of the primary.
 */
export function graphOfReplica(replica: GraphService, primary: GraphService): GraphService {
  const asked: Record<string, Ask> = {};
  // Of the analyses the tables answer one.
  for (const name of [...questionNames, "topWorks"] as const) {
    const [here, there] = [replica[name] as Ask, primary[name] as Ask];
    asked[name] = async (input, budget) => {
      try {
        return await here(input, budget);
      } catch (error) {
        if (!isServerFault(error)) throw error;
        return there(input, budget);
      }
    };
  }
  return { ...replica, ...asked };
}
