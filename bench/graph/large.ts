import { idsOf } from "../large-corpus/fill-tables.ts";
import type { Corpus } from "../large-corpus/network.ts";
import type { EdgeList } from "./edge-list.ts";

/** The graph of a corpus, and the arXiv id of each work, by index; null if it has only a DOI. */
export function edgeListOf(corpus: Corpus): { list: EdgeList; arxivIds: (string | null)[] } {
  const { works, starts, cited, size } = corpus;
  const ids = idsOf(corpus).works;
  const order = Array.from(ids, (id, vertex) => ({ id, vertex })).sort((a, b) => (a.id < b.id ? -1 : 1));
  const places = new Uint32Array(works.length);
  for (const [place, { vertex }] of order.entries()) places[vertex] = place;
  const citing = new Uint32Array(cited.length);
  for (let paper = 0; paper < size.papers; paper++) {
    citing.fill(places[paper] as number, starts[paper], starts[paper + 1]);
  }
  return {
    list: { ids: ids.slice().sort(), citing, cited: cited.map((vertex) => places[vertex] as number) },
    arxivIds: order.map(({ vertex }) => {
      const work = works[vertex];
      return work?.kind === "arxiv" ? work.name : null;
    }),
  };
}
