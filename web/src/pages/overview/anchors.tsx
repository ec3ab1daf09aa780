import { useEffect, useRef, useState } from "preact/hooks";
import { useAnswer } from "../../api/index.ts";
import { Said } from "../../text/index.ts";
import { readLook, useCalm, useTheme } from "../../theme/index.ts";
import { ErrorNotice, QueryBehind } from "../../ui/index.ts";
import { type AnchorStat, anchorsQuestion } from "./queries.ts";

type Group = "YEAR" | "PRIMARY_CATEGORY";

const titles: Readonly<Record<Group, string>> = { YEAR: "By year", PRIMARY_CATEGORY: "By category" };
/** Beyond, a chart's bars are too thin to tell apart; the table has all. */
const mostCategories = 14;

/** References matched to papers in the registry: asserted, listed, and with a paper in this mirror. */
export function Anchors({ turn }: { turn: number }) {
  return (
    <section aria-labelledby="anchors">
      <h2 id="anchors">Internal anchors</h2>
      <p class="soft">
        An internal anchor is a reference that its signer matched to a paper in the registry. Snapshots count
        more anchors than they list, and list more than this mirror has papers of.
      </p>
      <div class="overview-pair">
        <AnchorsBy group="YEAR" turn={turn} />
        <AnchorsBy group="PRIMARY_CATEGORY" turn={turn} />
      </div>
    </section>
  );
}

function AnchorsBy({ group, turn }: { group: Group; turn: number }) {
  const [isTable, setTable] = useState(false);
  const answer = useAnswer(anchorsQuestion, { groupBy: group }, turn);
  const title = titles[group];
  return (
    <div class="panel">
      <div class="overview-head">
        <h3>{title}</h3>
        <button type="button" class="button small" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table<span class="only-read">: internal anchors {title.toLowerCase()}</span>
        </button>
      </div>
      {answer.state === "failed" && <ErrorNotice error={answer.error} />}
      {answer.state === "loading" && <p class="soft">Loading …</p>}
      {answer.state === "answered" &&
        (isTable ? (
          <AnchorTable stats={answer.data.anchorStats} group={group} />
        ) : (
          <AnchorChart
            stats={charted(answer.data.anchorStats, group)}
            isSideways={group === "PRIMARY_CATEGORY"}
            title={title}
          />
        ))}
      {!isTable && answer.state === "answered" && leftOut(answer.data.anchorStats, group) !== null && (
        <p class="soft small">{leftOut(answer.data.anchorStats, group)}</p>
      )}
      <p>
        <QueryBehind
          document={anchorsQuestion}
          variables={{ groupBy: group }}
          of={`internal anchors ${title.toLowerCase()}`}
        />
      </p>
    </div>
  );
}

/** Years in their order; of the categories those with the most internal anchors. */
function charted(stats: readonly AnchorStat[], group: Group): readonly AnchorStat[] {
  if (group === "YEAR") return stats;
  return stats
    .filter((stat) => anchorsOf(stat) > 0)
    .toSorted((a, b) => anchorsOf(b) - anchorsOf(a))
    .slice(0, mostCategories);
}

function anchorsOf({ internalAnchorsAsserted, internalAnchorsListed }: AnchorStat): number {
  return Math.max(internalAnchorsAsserted, internalAnchorsListed);
}

/** Which groups a chart leaves out, and why. */
function leftOut(stats: readonly AnchorStat[], group: Group): string | null {
  const count = stats.length - charted(stats, group).length;
  if (count === 0) return null;
  const amount =
    stats.filter((stat) => anchorsOf(stat) > 0).length > mostCategories ? "fewer, or none" : "none";
  return `${count === 1 ? "One other category has" : `${count} other categories have`} ${amount}.`;
}

function AnchorTable({ stats, group }: { stats: readonly AnchorStat[]; group: Group }) {
  return (
    <div class="table-scroll">
      <table>
        <caption class="only-read">Internal anchors {titles[group].toLowerCase()}</caption>
        <thead>
          <tr>
            <th scope="col">{group === "YEAR" ? "Year" : "Category"}</th>
            <th scope="col" class="number">
              Papers
            </th>
            <th scope="col" class="number">
              Asserted
            </th>
            <th scope="col" class="number">
              Listed
            </th>
            <th scope="col" class="number">
              In this mirror
            </th>
          </tr>
        </thead>
        <tbody>
          {stats.map((stat) => (
            <tr key={stat.group}>
              <th scope="row">
                <Said text={stat.group} most={40} canGrow={false} />
              </th>
              <td class="number">{stat.papers.toLocaleString("en")}</td>
              <td class="number">
                {stat.papersAsserting === 0 ? (
                  <span class="soft">unknown</span>
                ) : (
                  stat.internalAnchorsAsserted.toLocaleString("en")
                )}
              </td>
              <td class="number">{stat.internalAnchorsListed.toLocaleString("en")}</td>
              <td class="number">{stat.internalAnchorsStored.toLocaleString("en")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Bars for each group. Chart.js is fetched when the first is drawn; the table says the same. */
export function AnchorChart({
  stats,
  isSideways,
  title,
}: {
  stats: readonly AnchorStat[];
  isSideways: boolean;
  title: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const { theme } = useTheme();
  const isCalm = useCalm();
  useEffect(() => {
    let isGone = false;
    let erase: (() => void) | undefined;
    import("./bar-chart.ts").then(
      ({ drawBars }) => {
        if (isGone || canvas.current === null) return;
        erase = drawBars(canvas.current, { stats, isSideways, isCalm, look: readLook(), theme });
        setDrawn(true);
      },
      () => setDrawn(false),
    );
    return () => {
      isGone = true;
      erase?.();
    };
  }, [stats, isSideways, theme, isCalm]);
  return (
    <div class="chart" data-drawn={isDrawn ? "true" : undefined}>
      <canvas ref={canvas} role="img" aria-label={inWords(stats, title)} />
    </div>
  );
}

function inWords(stats: readonly AnchorStat[], title: string): string {
  const sum = (field: "internalAnchorsAsserted" | "internalAnchorsListed" | "internalAnchorsStored") =>
    stats.reduce((total, stat) => total + stat[field], 0).toLocaleString("en");
  return (
    `Bars of internal anchors ${title.toLowerCase()}, ${stats.length} groups: ${sum("internalAnchorsAsserted")} asserted, ` +
    `${sum("internalAnchorsListed")} listed, ${sum("internalAnchorsStored")} stored. The table has each number.`
  );
}
