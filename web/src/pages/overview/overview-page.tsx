import "./overview.css";
import { useTitle } from "../../shell/use-title.ts";
import { Anchors } from "./anchors.tsx";
import { Holdings } from "./holdings.tsx";
import { LiveEvents } from "./live-events.tsx";
import { Ranks } from "./ranks.tsx";
import { Refused } from "./refused.tsx";
import { useChanges } from "./use-changes.ts";

/** What this mirror holds, as a whole and as it changes. */
export function OverviewPage() {
  useTitle("Overview");
  const changes = useChanges();
  const { turn } = changes;
  return (
    <div class="overview">
      <h1>This mirror</h1>
      <Holdings turn={turn} />
      <Anchors turn={turn} />
      <Ranks turn={turn} />
      <div class="overview-pair">
        <LiveEvents changes={changes} />
        <Refused turn={turn} />
      </div>
    </div>
  );
}
