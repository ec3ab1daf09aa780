import { Said } from "../../../text/said.tsx";
import type { Difference } from "../../../verify/compare.ts";

const mostListed = 30;

/** Each place where the server shows one thing and the signed events say another. */
export function Differences({ differences }: { differences: readonly Difference[] }) {
  return (
    <>
      <p class="small">
        {differences.length === 1 ? "One value differs" : `${differences.length} values differ`} from the
        paper's events:
      </p>
      <ul class="small outcome-list">
        {differences.slice(0, mostListed).map(({ what, server, browser }) => (
          <li key={what}>
            <strong>
              <Said text={what} most={80} canGrow={false} />
            </strong>
            <dl class="difference">
              <dt>The server shows</dt>
              <dd>{server === null ? <em>nothing</em> : <Said text={server} most={300} />}</dd>
              <dt>The events say</dt>
              <dd>{browser === null ? <em>nothing</em> : <Said text={browser} most={300} />}</dd>
            </dl>
          </li>
        ))}
        {differences.length > mostListed && <li>and {differences.length - mostListed} more.</li>}
      </ul>
    </>
  );
}
