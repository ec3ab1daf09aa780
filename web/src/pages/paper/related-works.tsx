import { useState } from "preact/hooks";
import { graphql, useQuery } from "../../api/index.ts";
import { paperUrl } from "../../routing/index.ts";
import { DocumentText, formatCount, formatYear } from "../../text/index.ts";
import { ErrorNotice, QueryLink, Section } from "../../ui/index.ts";

const relatedQuery = graphql(`
  query RelatedWorks($ref: String!, $by: Relatedness!, $first: Int!) {
    relatedWorks(ref: $ref, by: $by, first: $first) {
      nodes {
        score
        sharedCount
        shared(first: 3) {
          ...RelatedWork
        }
        work {
          ...RelatedWork
          year
          statedYear
        }
      }
      truncated
    }
  }

  fragment RelatedWork on Work {
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

const relations = {
  BIBLIOGRAPHIC_COUPLING: {
    name: "Shared references",
    shared: (count: number) => `${formatCount(count, "shared reference")}`,
    none: "No other work shares its references.",
  },
  CO_CITATION: {
    name: "Cited together",
    shared: (count: number) => `cited together by ${formatCount(count, "work")}`,
    none: "No other work is cited together with it.",
  },
} as const;

type Relation = keyof typeof relations;

/** The works most related to one, with the reason. */
export function RelatedWorks({ name }: { name: string }) {
  const [relation, setRelation] = useState<Relation>("BIBLIOGRAPHIC_COUPLING");
  const variables = { ref: name, by: relation, first: 8 };
  const [refreshCount, setRefreshCount] = useState(0);
  const result = useQuery(relatedQuery, variables, refreshCount);
  const related = result.data?.relatedWorks;
  const works = related?.nodes;
  return (
    <Section
      id="related"
      title="Related works"
      aside={<QueryLink document={relatedQuery} variables={variables} label="related works" />}
    >
      <fieldset class="filter">
        <legend class="visually-hidden">Related by</legend>
        {(Object.keys(relations) as Relation[]).map((each) => (
          <label key={each}>
            <input
              type="radio"
              name="related-by"
              checked={relation === each}
              onChange={() => setRelation(each)}
            />
            {relations[each].name}
          </label>
        ))}
      </fieldset>
      {result.state === "failed" && (
        <ErrorNotice error={result.error} retry={() => setRefreshCount(refreshCount + 1)} />
      )}
      {result.state === "loading" && <p class="soft">Loading …</p>}
      {works?.length === 0 && !related?.truncated && <p class="soft">{relations[relation].none}</p>}
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
              {work.year !== null && <span class="soft small"> {formatYear(work)}</span>}
              <p class="small soft">
                {relations[relation].shared(sharedCount)}
                {shared.length > 0 && ", such as "}
                {shared.map((other, index) => (
                  <span key={other.id}>
                    {index > 0 && ", "}
                    <WorkLink work={other} maxLength={60} />
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

type LinkedWork = {
  readonly title: string | null;
  readonly arxivId: string | null;
  readonly doi: string | null;
  readonly workIds: readonly string[];
  readonly paper: { readonly pithNumber: string } | null;
};

function WorkLink({ work, maxLength = 200 }: { work: LinkedWork; maxLength?: number }) {
  const name = work.paper?.pithNumber ?? work.arxivId ?? work.doi ?? work.workIds[0];
  const content = (
    <DocumentText text={work.title ?? name ?? "Untitled work"} maxLength={maxLength} isExpandable={false} />
  );
  return name === undefined ? content : <a href={paperUrl(name)}>{content}</a>;
}
