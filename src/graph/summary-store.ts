import { highOf, lowOf } from "./base-graph.ts";
import { RecordIndex, type RecordIndexParts } from "./record-index.ts";
import { allocatedBytes, RecordMemory, type RecordMemoryParts } from "./record-memory.ts";

/*
 * What each work's summary consists of, as bytes: a record of the work, one of the paper that represents it, and one of
 * its DOI if its key is another identifier. Words are 32 bits; texts follow them, without separators.
 */

/** The words of a work's record: its id, its revision, and what it leads to. */
export const workWord = {
  idHigh: 0,
  idLow: 1,
  /** The revision of the store that the record belongs to. */
  revision: 2,
  /** The record that it replaced; 0 for none. */
  previous: 3,
  /** The representing paper's id; `noPaper` for none. */
  paperHigh: 4,
  paperLow: 5,
  /** The paper's record; 0 for none. */
  paper: 6,
  /** The record of the DOI; 0 for none. */
  doi: 7,
  /** Two signed 16-bit numbers, `noYear` for null: the year, and the stated year above it. */
  years: 8,
  /** From the lowest bit: 12 bits of the key's length, 14 of the title's, 3 of the key's kind, and flags. */
  texts: 9,
} as const;
export const workBytes = 40;

export const noPaper = 0xffff_ffff;
export const noYear = -0x8000;
export const hasTitle = 1 << 29;
/** The work is not in this revision, or some of its facts do not fit. */
const isAbsent = 1 << 31;
const maxKeyBytes = (1 << 12) - 1;
const maxTitleBytes = (1 << 14) - 1;

/** What keys begin with, by kind; the last is for any other. Only the rest of a key is stored. */
export const keyPrefixes = ["arxiv:", "doi:", "pith:", "work_id:", "reference:", ""] as const;
const prefixBytes = keyPrefixes.map((prefix) => Buffer.from(prefix));

export const keyBytesOf = (texts: number): number => texts & maxKeyBytes;
export const titleBytesOf = (texts: number): number => (texts >>> 12) & maxTitleBytes;
export const keyKindOf = (texts: number): number => (texts >>> 26) & 7;

/** The words of a paper's record. */
export const paperWord = {
  /** From the lowest bit: 2 bits of the proof, 3 of the number of stored authors, 16 of all authors, and flags. */
  flags: 0,
  /** The version at the source; `noVersion` for null. */
  version: 1,
  /** From the lowest bit: 8 bits of the number's length, 12 of the category's, 12 of the authors'. */
  texts: 2,
  /** Microseconds since 2000, a signed 64-bit number. */
  submittedHigh: 3,
  submittedLow: 4,
} as const;
export const paperBytes = 20;

export const noVersion = 0xffff_ffff;
export const proofs = ["hash", "receipt", "signed"] as const;
/** The paper has the work's title; otherwise it has none. */
export const hasOwnTitle = 1 << 21;
/** Its source is arXiv, with the work's arXiv id. */
export const isKeySource = 1 << 22;
export const hasCategory = 1 << 23;
/** Between the names of authors. */
export const authorSeparator = "\0";
/** Few papers have more authors; of those, a summary has the first. */
export const maxAuthors = 6;
export const storedAuthorsOf = (flags: number): number => (flags >>> 2) & 7;
export const authorCountOf = (flags: number): number => (flags >>> 5) & maxAuthorCount;
const maxAuthorCount = (1 << 16) - 1;
const maxCategoryBytes = (1 << 12) - 1;
const maxAuthorsBytes = (1 << 12) - 1;
const maxNumberBytes = (1 << 8) - 1;
export const numberPrefix = "pith:";
const numberPrefixBytes = Buffer.from(numberPrefix);
const arxivKind = keyPrefixes.indexOf("arxiv:");
/** Of a paper's record and its place in the index. */
const expectedPaperBytes = 120;
const noText = new Uint8Array(0);

/** A row of `works`; texts as UTF-8. */
export type WorkFacts = {
  readonly idHigh: number;
  readonly idLow: number;
  readonly key: Uint8Array;
  readonly title: Uint8Array | null;
  readonly year: number | null;
  readonly statedYear: number | null;
  readonly paper: { readonly high: number; readonly low: number } | null;
};

/** A row of `papers`; texts as UTF-8. */
export type PaperFacts = {
  readonly workHigh: number;
  readonly workLow: number;
  readonly paperHigh: number;
  readonly paperLow: number;
  readonly pithNumber: Uint8Array;
  readonly submittedHigh: number;
  readonly submittedLow: number;
  readonly category: Uint8Array | null;
  readonly isFromArxiv: boolean;
  readonly sourceId: Uint8Array;
  readonly sourceVersion: number | null;
  readonly hasTitle: boolean;
  /** The first `maxAuthors`. */
  readonly authors: readonly Uint8Array[];
  readonly authorCount: number;
  /** Its place in `proofs`. */
  readonly proofRank: number;
};

/** The state of a SummaryStore, as one thread passes it to another without copying. */
export type SummaryStoreParts = {
  readonly maxBytes: number;
  readonly memory: RecordMemoryParts;
  readonly works: RecordIndexParts;
  readonly papers: RecordIndexParts;
  readonly workCount: number;
};

/**
 * The summaries of works, in all revisions since the store was loaded. A change appends a record that leads to the one
 * it replaces, so a reader of an earlier revision still finds that. Records of the revision after the current one are
 * visible once `commit` makes it the current one.
 *
 * Independent of the graph's numbers for works, which change when it is folded.
 */
export class SummaryStore {
  readonly maxBytes: number;
  readonly memory: RecordMemory;
  /** By work id: the newest record of each work. */
  readonly #works: RecordIndex;
  /** By paper id: a record of each work that the paper has represented. */
  readonly #papers: RecordIndex;
  #workCount: number;
  #revision = 0;
  #replacedBytes = 0;
  /** Expected for the papers of the works loaded so far. */
  #reservedBytes = 0;

  constructor(source: number | SummaryStoreParts) {
    const parts = typeof source === "number" ? undefined : source;
    this.maxBytes = typeof source === "number" ? source : source.maxBytes;
    this.memory = new RecordMemory(parts?.memory);
    this.#works = new RecordIndex(this.memory, workWord.idHigh, parts?.works);
    this.#papers = new RecordIndex(this.memory, workWord.paperHigh, parts?.papers);
    this.#workCount = parts?.workCount ?? 0;
  }

  get parts(): SummaryStoreParts {
    return {
      maxBytes: this.maxBytes,
      memory: this.memory.parts,
      works: this.#works.parts,
      papers: this.#papers.parts,
      workCount: this.#workCount,
    };
  }

  /** The current revision. */
  get revision(): number {
    return this.#revision;
  }

  /** The works that have a summary. */
  get workCount(): number {
    return this.#workCount;
  }

  get bytes(): number {
    return this.memory.bytes + this.#works.bytes + this.#papers.bytes;
  }

  /** The bytes of records that only earlier revisions have. */
  get replacedBytes(): number {
    return this.#replacedBytes;
  }

  get isFull(): boolean {
    return this.bytes > this.maxBytes;
  }

  /** The record of a work in a revision; 0 if there is none. */
  find(high: number, low: number, revision: number): number {
    let address = this.#works.find(high, low);
    while (address !== 0 && this.memory.word(address, workWord.revision) > revision) {
      address = this.memory.word(address, workWord.previous);
    }
    return address !== 0 && this.#isComplete(address) ? address : 0;
  }

  /** The record of the work that a paper represents in a revision; 0 if there is none. */
  findByPaper(paperHigh: number, paperLow: number, revision: number): number {
    const { memory } = this;
    let found = 0;
    this.#papers.find(paperHigh, paperLow, (address) => {
      const [high, low] = [memory.word(address, workWord.idHigh), memory.word(address, workWord.idLow)];
      const work = this.find(high, low, revision);
      const isOfPaper = work !== 0 && memory.hasWords(work, workWord.paperHigh, paperHigh, paperLow);
      if (isOfPaper) found = work;
      return isOfPaper;
    });
    return found;
  }

  /** Adds the record of a work while the store is loaded: before anything reads it. */
  load(work: WorkFacts): void {
    if (this.bytes + this.#reservedBytes > this.maxBytes || !fits(work)) return;
    this.#append(work, 0, 0);
    if (work.paper !== null) this.#reservedBytes += expectedPaperBytes;
  }

  loadPaper(paper: PaperFacts): void {
    this.#setPaper(paper, 0);
  }

  loadDoi(workHigh: number, workLow: number, doi: Uint8Array): void {
    this.#setDoi(workHigh, workLow, doi, 0);
  }

  /** The work as it will be in the next revision, still without its paper and its DOI. */
  put(work: WorkFacts): void {
    const before = this.#works.find(work.idHigh, work.idLow);
    if (before === 0 && (this.isFull || !fits(work))) return;
    if (fits(work)) this.#append(work, this.#revision + 1, before);
    else this.remove(work.idHigh, work.idLow);
  }

  putPaper(paper: PaperFacts): void {
    this.#setPaper(paper, this.#revision + 1);
  }

  putDoi(workHigh: number, workLow: number, doi: Uint8Array): void {
    this.#setDoi(workHigh, workLow, doi, this.#revision + 1);
  }

  /** Leaves a work out of the next revision. */
  remove(high: number, low: number): void {
    const before = this.#works.find(high, low);
    if (before === 0 || !this.#isComplete(before)) return;
    const facts = { key: noText, title: null, year: null, statedYear: null, paper: null };
    this.#omit(this.#append({ idHigh: high, idLow: low, ...facts }, this.#revision + 1, before));
  }

  /** Makes the next revision the current one. */
  commit(): void {
    this.#revision++;
  }

  /** Whether all facts of the work are here, not only some. */
  #isComplete(address: number): boolean {
    const { memory } = this;
    if ((memory.word(address, workWord.texts) & isAbsent) !== 0) return false;
    return memory.word(address, workWord.paper) !== 0 || memory.word(address, workWord.paperHigh) === noPaper;
  }

  /** Some of the work's facts do not fit. */
  #omit(address: number): void {
    if (this.#isComplete(address)) this.#workCount--;
    this.memory.setWord(address, workWord.texts, this.memory.word(address, workWord.texts) | isAbsent);
  }

  #append(work: WorkFacts, revision: number, before: number): number {
    const { memory } = this;
    const { idHigh, idLow, title, year, statedYear, paper } = work;
    const kind = prefixBytes.findIndex((prefix) => startsWith(work.key, prefix));
    const key = work.key.subarray((prefixBytes[kind] as Buffer).length);
    const titleBytes = title?.length ?? 0;
    const address = memory.allocate(workBytes + key.length + titleBytes);
    const set = (place: number, value: number) => memory.setWord(address, place, value);
    set(workWord.idHigh, idHigh);
    set(workWord.idLow, idLow);
    set(workWord.revision, revision);
    set(workWord.previous, before);
    set(workWord.paperHigh, paper?.high ?? noPaper);
    set(workWord.paperLow, paper?.low ?? noPaper);
    set(workWord.years, ((year ?? noYear) & 0xffff) | ((statedYear ?? noYear) << 16));
    set(workWord.texts, key.length | (titleBytes << 12) | (kind << 26) | (title === null ? 0 : hasTitle));
    const texts = memory.slice(address, workBytes, key.length + titleBytes);
    texts.set(key);
    if (title !== null) texts.set(title, key.length);
    if (before === 0) this.#works.add(address);
    else {
      this.#works.replace(before, address);
      this.#replacedBytes += this.#sizeOf(before);
      if (this.#isComplete(before)) this.#workCount--;
    }
    if (this.#isComplete(address)) this.#workCount++;
    if (paper !== null && !this.#isIndexed(paper.high, paper.low, idHigh, idLow)) this.#papers.add(address);
    return address;
  }

  #isIndexed(paperHigh: number, paperLow: number, idHigh: number, idLow: number): boolean {
    const { memory } = this;
    const isOfWork = (address: number) => memory.hasWords(address, workWord.idHigh, idHigh, idLow);
    return this.#papers.find(paperHigh, paperLow, isOfWork) !== 0;
  }

  /** The record of a work that is being completed; 0 if there is none. */
  #open(high: number, low: number, revision: number): number {
    const address = this.#works.find(high, low);
    return address !== 0 && this.memory.word(address, workWord.revision) === revision ? address : 0;
  }

  #setPaper(paper: PaperFacts, revision: number): void {
    const { memory } = this;
    const work = this.#open(paper.workHigh, paper.workLow, revision);
    if (
      work === 0 ||
      !memory.hasWords(work, workWord.paperHigh, paper.paperHigh, paper.paperLow) ||
      !paperFits(paper) ||
      (revision === 0 && this.isFull)
    )
      return;
    const number = paper.pithNumber.subarray(numberPrefixBytes.length);
    const category = paper.category ?? noText;
    const authors = joinAuthors(paper.authors);
    const address = memory.allocate(paperBytes + number.length + category.length + authors.length);
    const texts = memory.slice(address, paperBytes, number.length + category.length + authors.length);
    texts.set(number);
    texts.set(category, number.length);
    texts.set(authors, number.length + category.length);
    memory.setWord(
      address,
      paperWord.flags,
      paper.proofRank |
        (paper.authors.length << 2) |
        (paper.authorCount << 5) |
        (paper.hasTitle ? hasOwnTitle : 0) |
        (this.#isKeyOf(work, paper) ? isKeySource : 0) |
        (paper.category === null ? 0 : hasCategory),
    );
    memory.setWord(address, paperWord.version, paper.sourceVersion ?? noVersion);
    memory.setWord(address, paperWord.texts, number.length | (category.length << 8) | (authors.length << 20));
    memory.setWord(address, paperWord.submittedHigh, paper.submittedHigh);
    memory.setWord(address, paperWord.submittedLow, paper.submittedLow);
    memory.setWord(work, workWord.paper, address);
    if (this.#isComplete(work)) this.#workCount++;
  }

  #isKeyOf(work: number, { isFromArxiv, sourceId }: PaperFacts): boolean {
    const texts = this.memory.word(work, workWord.texts);
    if (!isFromArxiv || keyKindOf(texts) !== arxivKind) return false;
    return this.memory.slice(work, workBytes, keyBytesOf(texts)).equals(sourceId);
  }

  /** Of several DOIs, the least is kept. */
  #setDoi(workHigh: number, workLow: number, doi: Uint8Array, revision: number): void {
    const { memory } = this;
    const work = this.#open(workHigh, workLow, revision);
    if (work === 0) return;
    const known = memory.word(work, workWord.doi);
    if (known !== 0) {
      if (Buffer.compare(doi, memory.slice(known, 4, memory.word(known, 0))) >= 0) return;
      this.#replacedBytes += allocatedBytes(4 + memory.word(known, 0));
    }
    if (doi.length > maxKeyBytes || (revision === 0 && this.isFull)) {
      this.#omit(work);
      return;
    }
    const address = memory.allocate(4 + doi.length);
    memory.setWord(address, 0, doi.length);
    memory.slice(address, 4, doi.length).set(doi);
    memory.setWord(work, workWord.doi, address);
  }

  #sizeOf(work: number): number {
    const { memory } = this;
    const texts = memory.word(work, workWord.texts);
    const paper = memory.word(work, workWord.paper);
    const doi = memory.word(work, workWord.doi);
    let size = allocatedBytes(workBytes + keyBytesOf(texts) + titleBytesOf(texts));
    if (paper !== 0) {
      const lengths = memory.word(paper, paperWord.texts);
      size += allocatedBytes(paperBytes + (lengths & 0xff) + ((lengths >>> 8) & 0xfff) + (lengths >>> 20));
    }
    return doi !== 0 ? size + allocatedBytes(4 + memory.word(doi, 0)) : size;
  }
}

/** The id of a work or paper, as halves. */
export function halvesOf(id: bigint): [high: number, low: number] {
  return [highOf(id), lowOf(id)];
}

/** Whether the facts of a work fit into a record. What does not is read from the tables. */
function fits({ key, title, year, statedYear }: WorkFacts): boolean {
  return (
    key.length <= maxKeyBytes && (title?.length ?? 0) <= maxTitleBytes && isYear(year) && isYear(statedYear)
  );
}

function isYear(year: number | null): boolean {
  return year === null || (year > noYear && year < -noYear);
}

function paperFits(paper: PaperFacts): boolean {
  const { pithNumber, category, authors, authorCount, sourceVersion, submittedHigh } = paper;
  return (
    // A number of microseconds that a double expresses exactly: until 2285.
    Math.abs(submittedHigh | 0) < 1 << 21 &&
    startsWith(pithNumber, numberPrefixBytes) &&
    pithNumber.length <= maxNumberBytes &&
    (category?.length ?? 0) <= maxCategoryBytes &&
    authors.reduce((sum, author) => sum + author.length + 1, 0) <= maxAuthorsBytes &&
    authorCount <= maxAuthorCount &&
    (sourceVersion === null || sourceVersion >= 0)
  );
}

function joinAuthors(authors: readonly Uint8Array[]): Uint8Array {
  const separator = Buffer.from(authorSeparator);
  return Buffer.concat(authors.flatMap((author, index) => (index === 0 ? [author] : [separator, author])));
}

function startsWith(bytes: Uint8Array, prefix: Uint8Array): boolean {
  return bytes.length >= prefix.length && prefix.every((byte, index) => bytes[index] === byte);
}
