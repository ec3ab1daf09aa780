import { useState } from "preact/hooks";
import { graphql, useAnswer } from "../../api/index.ts";
import { paperAddress } from "../../routing/index.ts";
import { counted, Said, yearText } from "../../text/index.ts";
import { ErrorNotice, QueryBehind, Section } from "../../ui/index.ts";

const relatedQuery = graphql(`
  query Related($ref: String!, $by: Relatedness!, $first: Int!) {
    relatedWorks(ref: $ref, by: $by, first: $first) {
      nodes {
        score
        sharedCount
        shared(first: 3) {
          ...NamedWork
        }
        work {
          ...NamedWork
          year
          statedYear
        }
      }
      truncated
    }
  }

  fragment NamedWork on Work {
    id
    title
    arxivId
    doi
    workIds
    paper {
      pithNumber
    }
  }
`);

const ways = {
  BIBLIOGRAPHIC_COUPLING: {
    name: "Shared references",
    shared: (count: number) => `${counted(count, "shared reference")}`,
    none: "No other work shares its references.",
  },
  CO_CITATION: {
    name: "Cited together",
    shared: (count: number) => `cited together by ${counted(count, "work")}`,
    none: "No other work is cited together with it.",
  },
} as const;

type Way = keyof typeof ways;

/** The works most related to one, each with what relates them. */
export function Related({ name }: { name: string }) {
  const [way, setWay] = useState<Way>("BIBLIOGRAPHIC_COUPLING");
  const variables = { ref: name, by: way, first: 8 };
  const [turn, setTurn] = useState(0);
  const answer = useAnswer(relatedQuery, variables, turn);
  const related = answer.data?.relatedWorks;
  const works = related?.nodes;
  return (
    <Section
      id="related"
      title="Related works"
      aside={<QueryBehind document={relatedQuery} variables={variables} of="related works" />}
    >
      <fieldset class="filter">
        <legend class="only-read">Related by</legend>
        {(Object.keys(ways) as Way[]).map((each) => (
          <label key={each}>
            <input type="radio" name="related-by" checked={way === each} onChange={() => setWay(each)} />
            {ways[each].name}
          </label>
        ))}
      </fieldset>
      {answer.state === "failed" && <ErrorNotice error={answer.error} retry={() => setTurn(turn + 1)} />}
      {answer.state === "loading" && <p class="soft">Loading …</p>}
      {works?.length === 0 && !related?.truncated && <p class="soft">{ways[way].none}</p>}
      {related?.truncated === true && (
        <p class="notice">Not all works were compared, so others may be more related.</p>
      )}
      <ol class="related">
        {works?.map(({ work, score, sharedCount, shared }) => (
          <li key={work.id}>
            <span class="related-score" title="Salton's cosine, from 0 to 1">
              {score.toFixed(2)}
            </span>
            <div>
              <WorkLink work={work} />
              {work.year !== null && <span class="soft small"> {yearText(work)}</span>}
              <p class="small soft">
                {ways[way].shared(sharedCount)}
                {shared.length > 0 && ", such as "}
                {shared.map((other, index) => (
                  <span key={other.id}>
                    {index > 0 && ", "}
                    <WorkLink work={other} most={60} />
                  </span>
                ))}
              </p>
            </div>
          </li>
        ))}
      </ol>
    </Section>
  );
}

type NamedWork = {
  readonly title: string | null;
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly workIds: readonly string[];
  readonly paper: { readonly pithNumber: string } | null;
};

function WorkLink({ work, most = 200 }: { work: NamedWork; most?: number }) {
  const name = work.paper?.pithNumber ?? work.arxivId ?? work.doi ?? work.workIds[0];
  const said = <Said text={work.title ?? name ?? "Untitled work"} most={most} canGrow={false} />;
  return name === undefined ? said : <a href={paperAddress(name)}>{said}</a>;
}
