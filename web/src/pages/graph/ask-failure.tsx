import type { AskError } from "../../api/ask.ts";
import { graphAddress } from "../../routing/addresses.ts";
import { Failure } from "../../shell/failure.tsx";

const titles: Readonly<Record<string, string>> = {
  NOT_FOUND: "This mirror knows no such work",
  AMBIGUOUS_REF: "Several papers have this name",
  BAD_USER_INPUT: "This is no name of a work",
  QUERY_TOO_COMPLEX: "This is more than the mirror answers at once",
};

/** Why there is no graph, and what to do. */
export function AskFailure({ error }: { error: AskError }) {
  return (
    <Failure title={titles[error.code] ?? "The graph could not be asked for"}>
      <p>{error.message}</p>
      {error.pithNumbers.length > 0 && (
        <ul>
          {error.pithNumbers.map((pithNumber) => (
            <li key={pithNumber}>
              <a href={graphAddress([pithNumber])}>{pithNumber}</a>
            </li>
          ))}
        </ul>
      )}
    </Failure>
  );
}
