import { joinId } from "./base-graph.ts";
import {
  authorCountOf,
  authorSeparator,
  halvesOf,
  hasCategory,
  hasOwnTitle,
  hasTitle,
  isKeySource,
  keyBytesOf,
  keyKindOf,
  keyPrefixes,
  noPaper,
  noVersion,
  noYear,
  numberPrefix,
  paperBytes,
  paperWord,
  proofs,
  type SummaryStore,
  storedAuthorsOf,
  titleBytesOf,
  workBytes,
  workWord,
} from "./summary-store.ts";
import type { GraphVersion } from "./version.ts";

/** The summaries of works at one version of the graph: they equal the tables at its position of the feed. */
export class Summaries {
  readonly version: GraphVersion;
  readonly store: SummaryStore;
  readonly #revision: number;

  /** Of the store's current revision. */
  constructor(version: GraphVersion, store: SummaryStore) {
    this.version = version;
    this.store = store;
    this.#revision = store.revision;
  }

  get position(): bigint {
    return this.version.position;
  }

  /** Null if the work has no summary; it may still exist. */
  ofWork(workId: bigint): WorkSummary | null {
    return this.#ofWork(...halvesOf(workId));
  }

  /** In the order of the ids. Null if one of the works has no summary. */
  ofWorks(workIds: BigUint64Array | readonly bigint[]): WorkSummary[] | null {
    const ids = workIds instanceof BigUint64Array ? workIds : BigUint64Array.from(workIds);
    const halves = new Uint32Array(ids.buffer, ids.byteOffset, ids.length * 2);
    const found: WorkSummary[] = [];
    for (let index = 0; index < ids.length; index++) {
      const high = halves[index * 2 + highPlace] as number;
      const summary = this.#ofWork(high, halves[index * 2 + 1 - highPlace] as number);
      if (summary === null) return null;
      found.push(summary);
    }
    return found;
  }

  /** The summary of the work that a paper represents. Null if it represents none, or one without a summary. */
  ofPaper(paperId: bigint): WorkSummary | null {
    const address = this.store.findByPaper(...halvesOf(paperId), this.#revision);
    return address === 0 ? null : new WorkSummary(this, address);
  }

  #ofWork(high: number, low: number): WorkSummary | null {
    const address = this.store.find(high, low, this.#revision);
    return address === 0 ? null : new WorkSummary(this, address);
  }
}

/** Where the upper half of a 64-bit number is in memory. */
const highPlace = new Uint32Array(BigUint64Array.of(1n).buffer)[0] === 1 ? 1 : 0;

/** A work as most answers show it: columns of its row, read from bytes when they are used. */
export class WorkSummary {
  readonly #of: Summaries;
  readonly #address: number;

  constructor(of: Summaries, address: number) {
    this.#of = of;
    this.#address = address;
  }

  get workId(): bigint {
    return joinId(this.#word(workWord.idHigh), this.#word(workWord.idLow));
  }

  get key(): string {
    const texts = this.#word(workWord.texts);
    return `${keyPrefixes[keyKindOf(texts)]}${this.#text(0, keyBytesOf(texts))}`;
  }

  get title(): string | null {
    const texts = this.#word(workWord.texts);
    return (texts & hasTitle) === 0 ? null : this.#text(keyBytesOf(texts), titleBytesOf(texts));
  }

  get year(): number | null {
    return yearOrNull((this.#word(workWord.years) << 16) >> 16);
  }

  get statedYear(): number | null {
    return yearOrNull(this.#word(workWord.years) >> 16);
  }

  get paperId(): bigint | null {
    const high = this.#word(workWord.paperHigh);
    return high === noPaper ? null : joinId(high, this.#word(workWord.paperLow));
  }

  /** The first of its DOIs besides its key, in the order of code points; null if it has none. */
  get otherDoi(): string | null {
    const address = this.#word(workWord.doi);
    const { memory } = this.#of.store;
    return address === 0 ? null : memory.text(address, 4, memory.word(address, 0));
  }

  /** The paper that represents it; null if it has none. */
  get paper(): PaperSummary | null {
    const address = this.#word(workWord.paper);
    return address === 0 ? null : new PaperSummary(this, this.#of, address);
  }

  get citedByCount(): number {
    const { citedBy } = this.#of.version;
    return citedBy.degree(this.#vertex);
  }

  get referenceCount(): number {
    const { references } = this.#of.version;
    return references.degree(this.#vertex);
  }

  get #vertex(): number {
    return this.#of.version.find(this.#word(workWord.idHigh), this.#word(workWord.idLow));
  }

  #word(place: number): number {
    return this.#of.store.memory.word(this.#address, place);
  }

  #text(offset: number, length: number): string {
    return this.#of.store.memory.text(this.#address, workBytes + offset, length);
  }
}

/** The paper that represents a work: columns of its row, read from bytes when they are used. */
export class PaperSummary {
  readonly work: WorkSummary;
  readonly #of: Summaries;
  readonly #address: number;

  constructor(work: WorkSummary, of: Summaries, address: number) {
    this.work = work;
    this.#of = of;
    this.#address = address;
  }

  get paperId(): bigint {
    return this.work.paperId as bigint;
  }

  get workId(): bigint {
    return this.work.workId;
  }

  get pithNumber(): string {
    return `${numberPrefix}${this.#text(0, this.#numberBytes)}`;
  }

  get title(): string | null {
    return (this.#flags & hasOwnTitle) === 0 ? null : this.work.title;
  }

  /** As in the tables: `YYYY-MM-DDTHH:MM:SS.ffffffZ`. */
  get submittedAt(): string {
    const high = this.#word(paperWord.submittedHigh) | 0;
    return instantOf(high * 2 ** 32 + this.#word(paperWord.submittedLow));
  }

  get primaryCategory(): string | null {
    return (this.#flags & hasCategory) === 0 ? null : this.#text(this.#numberBytes, this.#categoryBytes);
  }

  get proof(): (typeof proofs)[number] {
    return proofs[this.#flags & 3] as (typeof proofs)[number];
  }

  /** The first authors. */
  get authors(): string[] {
    if (storedAuthorsOf(this.#flags) === 0) return [];
    const length = this.#word(paperWord.texts) >>> 20;
    return this.#text(this.#numberBytes + this.#categoryBytes, length).split(authorSeparator);
  }

  /** Whether these are all authors. */
  get hasAllAuthors(): boolean {
    return storedAuthorsOf(this.#flags) === authorCountOf(this.#flags);
  }

  /** Whether its source is arXiv, with the work's arXiv id. The source is unknown otherwise. */
  get hasSource(): boolean {
    return (this.#flags & isKeySource) !== 0;
  }

  get sourceKind(): string {
    return "arxiv";
  }

  get sourceId(): string {
    return this.work.key.slice("arxiv:".length);
  }

  get sourceVersion(): number | null {
    const version = this.#word(paperWord.version);
    return version === noVersion ? null : version;
  }

  get #flags(): number {
    return this.#word(paperWord.flags);
  }

  get #numberBytes(): number {
    return this.#word(paperWord.texts) & 0xff;
  }

  get #categoryBytes(): number {
    return (this.#word(paperWord.texts) >>> 8) & 0xfff;
  }

  #word(place: number): number {
    return this.#of.store.memory.word(this.#address, place);
  }

  #text(offset: number, length: number): string {
    return this.#of.store.memory.text(this.#address, paperBytes + offset, length);
  }
}

function yearOrNull(year: number): number | null {
  return year === noYear ? null : year;
}

const millennium = Date.UTC(2000, 0, 1);

/** An instant, from the microseconds since 2000. */
function instantOf(microseconds: number): string {
  const milliseconds = Math.floor(microseconds / 1000);
  const rest = String(microseconds - milliseconds * 1000).padStart(3, "0");
  return `${new Date(millennium + milliseconds).toISOString().slice(0, -1)}${rest}Z`;
}
