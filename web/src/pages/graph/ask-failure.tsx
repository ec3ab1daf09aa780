import type { AskError } from "../../api/ask.ts";
import { graphAddress } from "../../routing/addresses.ts";
import { ErrorNotice } from "../../shell/error-notice.tsx";
import { quoted } from "../../text/quoted.ts";

/** Why there is no graph, and what to do. */
export function AskFailure({
  error,
  names,
  retry,
}: {
  error: AskError;
  /** The works that the address names. */
  names: readonly string[];
  retry: () => void;
}) {
  switch (error.code) {
    case "NOT_FOUND":
    case "BAD_USER_INPUT":
      return (
        <ErrorNotice
          error={error}
          title={names.length === 1 ? "We couldn't find that paper" : "We couldn't find these papers"}
          text={`Nothing in this mirror is named ${quoted(names)}. Enter a title, an arXiv id, a DOI or a Pith number above.`}
        />
      );
    case "AMBIGUOUS_REF":
      return (
        <ErrorNotice error={error} text="Choose one:">
          <ul>
            {error.pithNumbers.map((pithNumber) => (
              <li key={pithNumber}>
                <a href={graphAddress([pithNumber])}>{pithNumber}</a>
              </li>
            ))}
          </ul>
        </ErrorNotice>
      );
    default:
      return <ErrorNotice error={error} retry={retry} />;
  }
}
