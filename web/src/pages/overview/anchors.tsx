import { useEffect, useRef, useState } from "preact/hooks";
import { useQuery } from "../../api/index.ts";
import { DocumentText } from "../../text/index.ts";
import { readThemeTokens, useReducedMotion, useTheme } from "../../theme/index.ts";
import { ErrorNotice, QueryLink } from "../../ui/index.ts";
import { type AnchorStat, anchorsQuery } from "./queries.ts";

type Group = "YEAR" | "PRIMARY_CATEGORY";

const titles: Readonly<Record<Group, string>> = { YEAR: "By year", PRIMARY_CATEGORY: "By category" };
/** More bars would be too thin to tell apart. The table has all categories. */
const maxCategories = 14;

/** References matched to papers in the registry: asserted, listed, and with a paper in this mirror. */
export function Anchors({ refreshCount }: { refreshCount: number }) {
  return (
    <section aria-labelledby="anchors">
      <h2 id="anchors">Internal anchors</h2>
      <p class="soft">
        An internal anchor is a reference that its signer matched to a paper in the registry. Snapshots count
        more anchors than they list, and list more than this mirror has papers of.
      </p>
      <div class="overview-pair">
        <AnchorsBy group="YEAR" refreshCount={refreshCount} />
        <AnchorsBy group="PRIMARY_CATEGORY" refreshCount={refreshCount} />
      </div>
    </section>
  );
}

function AnchorsBy({ group, refreshCount }: { group: Group; refreshCount: number }) {
  const [isTable, setTable] = useState(false);
  const result = useQuery(anchorsQuery, { groupBy: group }, refreshCount);
  const title = titles[group];
  return (
    <div class="panel">
      <div class="overview-head">
        <h3>{title}</h3>
        <button type="button" class="button small" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
          Table<span class="visually-hidden">: internal anchors {title.toLowerCase()}</span>
        </button>
      </div>
      {result.state === "failed" && <ErrorNotice error={result.error} />}
      {result.state === "loading" && <p class="soft">Loading …</p>}
      {result.state === "loaded" &&
        (isTable ? (
          <AnchorTable stats={result.data.anchorStats} group={group} />
        ) : (
          <AnchorChart
            stats={chartedGroups(result.data.anchorStats, group)}
            isHorizontal={group === "PRIMARY_CATEGORY"}
            title={title}
          />
        ))}
      {!isTable &&
        result.state === "loaded" &&
        omittedGroupsNote(result.data.anchorStats, group) !== null && (
          <p class="soft small">{omittedGroupsNote(result.data.anchorStats, group)}</p>
        )}
      <p>
        <QueryLink
          document={anchorsQuery}
          variables={{ groupBy: group }}
          label={`internal anchors ${title.toLowerCase()}`}
        />
      </p>
    </div>
  );
}

/** All years in order; the categories with the most internal anchors. */
function chartedGroups(stats: readonly AnchorStat[], group: Group): readonly AnchorStat[] {
  if (group === "YEAR") return stats;
  return stats
    .filter((stat) => anchorsOf(stat) > 0)
    .toSorted((a, b) => anchorsOf(b) - anchorsOf(a))
    .slice(0, maxCategories);
}

function anchorsOf({ internalAnchorsAsserted, internalAnchorsListed }: AnchorStat): number {
  return Math.max(internalAnchorsAsserted, internalAnchorsListed);
}

/** How many groups the chart omits, and why; null if none. */
function omittedGroupsNote(stats: readonly AnchorStat[], group: Group): string | null {
  const count = stats.length - chartedGroups(stats, group).length;
  if (count === 0) return null;
  const amount =
    stats.filter((stat) => anchorsOf(stat) > 0).length > maxCategories ? "fewer, or none" : "none";
  return `${count === 1 ? "One other category has" : `${count} other categories have`} ${amount}.`;
}

function AnchorTable({ stats, group }: { stats: readonly AnchorStat[]; group: Group }) {
  return (
    <div class="table-scroll">
      <table>
        <caption class="visually-hidden">Internal anchors {titles[group].toLowerCase()}</caption>
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
                <DocumentText text={stat.group} maxLength={40} isExpandable={false} />
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

/** A bar chart of internal anchors. Chart.js is loaded with the first chart; the table has the same numbers. */
export function AnchorChart({
  stats,
  isHorizontal,
  title,
}: {
  stats: readonly AnchorStat[];
  isHorizontal: boolean;
  title: string;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [isDrawn, setDrawn] = useState(false);
  const { theme } = useTheme();
  const reducedMotion = useReducedMotion();
  useEffect(() => {
    let isUnmounted = false;
    let destroy: (() => void) | undefined;
    import("./bar-chart.ts").then(
      ({ drawBarChart }) => {
        if (isUnmounted || canvas.current === null) return;
        destroy = drawBarChart(canvas.current, {
          stats,
          isHorizontal,
          reducedMotion,
          tokens: readThemeTokens(),
          theme,
        });
        setDrawn(true);
      },
      () => setDrawn(false),
    );
    return () => {
      isUnmounted = true;
      destroy?.();
    };
  }, [stats, isHorizontal, theme, reducedMotion]);
  return (
    <div class="chart" data-drawn={isDrawn ? "true" : undefined}>
      <canvas ref={canvas} role="img" aria-label={chartDescription(stats, title)} />
    </div>
  );
}

function chartDescription(stats: readonly AnchorStat[], title: string): string {
  const sum = (field: "internalAnchorsAsserted" | "internalAnchorsListed" | "internalAnchorsStored") =>
    stats.reduce((total, stat) => total + stat[field], 0).toLocaleString("en");
  return (
    `Bars of internal anchors ${title.toLowerCase()}, ${stats.length} groups: ${sum("internalAnchorsAsserted")} asserted, ` +
    `${sum("internalAnchorsListed")} listed, ${sum("internalAnchorsStored")} with a paper in this mirror. The table has each number.`
  );
}
