import {
  accents,
  letterCommands,
  otherAccents,
  signCommands,
  switchCommands,
  symbolCommands,
  wrapperCommands,
} from "./tex-commands.ts";
import { findRegions, type Region } from "./tex-regions.ts";

/** Text with deeper nested braces is left unchanged: no one writes it, and nesting must not cost time. */
const maxDepth = 32;
/** Removals may form a new command: `\^{\-}` becomes `\^{}`, and that `^`. Then the result is read again. */
const maxPasses = 8;

/** A group that is being read. */
type Frame = {
  text: string;
  /** The command before the opening brace: `\emph`, `\'`; empty for a plain group. */
  readonly command: string;
  readonly kind: "group" | "wrapper" | "accent" | "argument";
  /** The combining character of an accent. */
  readonly mark: string;
  /** Whether it contains an unknown command, for which its braces may matter. */
  isOpaque: boolean;
  /** Whether its text ends in a command of letters, which a following letter would extend. */
  endsInWord: boolean;
  /** The last character of its text. */
  last: string;
};

/**
 * Converts TeX to Unicode text (NFC): accents and special letters to letters, quotes, dashes and ties to characters;
 * fonts and grouping braces are dropped. Mathematics (`$…$`, `\(…\)`) stays byte for byte if both delimiters exist.
 * Unknown commands stay as written, as do a lone `$` or brace. `\$` becomes `$` if it cannot be taken for mathematics.
 * Never throws, takes linear time, and is idempotent.
 *
 * @example texToText(String.raw`M. F\"arber: {The} \emph{$\infty$-type} theories`) // "M. Färber: The $\infty$-type theories"
 */
export function texToText(source: string): string {
  let text = source;
  for (let pass = 0; pass < maxPasses; pass++) {
    const read = readOnce(text);
    if (read === text) break;
    text = read;
  }
  return text;
}

function readOnce(source: string): string {
  const text = outsideMathematics(source, (part) => part.normalize("NFC"));
  if (!/[\\{}$~`]|--/.test(text)) return text;
  const { depth } = findRegions(text);
  if (depth > maxDepth) return text;
  return outsideMathematics(readCommands(text), (part) => readLigatures(part.normalize("NFC")));
}

function outsideMathematics(text: string, change: (part: string) => string): string {
  let result = "";
  let from = 0;
  for (const { start, end } of findRegions(text).mathematics) {
    result += change(text.slice(from, start)) + text.slice(start, end);
    from = end;
  }
  return result + change(text.slice(from));
}

const word = /[A-Za-z]+/y;
const space = /\s*/y;

function matchAt(pattern: RegExp, text: string, index: number): string {
  pattern.lastIndex = index;
  return pattern.exec(text)?.[0] ?? "";
}

function readCommands(text: string): string {
  const { mathematics, braces } = findRegions(text);
  const closing = new Set(braces.values());
  const mathematicsAt = new Map(mathematics.map((region): [number, Region] => [region.start, region]));
  const hasDollar = /(?:^|[^\\])(?:\\\\)*\$/.test(text);
  const frames: Frame[] = [frameOf("group")];
  let top = frames[0] as Frame;
  let at = 0;

  const emit = (more: string, endsInWord = false) => {
    // A command must not end up before text that was not its argument.
    if (top.endsInWord && (more === "" || /^[A-Za-z]/.test(more))) top.text += " ";
    else if (more === "") return;
    top.text += more;
    top.endsInWord = endsInWord;
    top.last = more.at(-1) ?? " ";
  };
  const open = (brace: number, frame: Frame) => {
    frames.push(frame);
    top = frame;
    at = brace + 1;
  };
  /** Keeps a command as written. */
  const keep = (command: string, endsInWord: boolean) => {
    emit(command, endsInWord);
    top.isOpaque = true;
  };
  const isGroup = (index: number) => text[index] === "{" && braces.has(index);

  const readAccent = (name: string, mark: string) => {
    const command = `\\${name}`;
    const isLetter = /[a-z]/i.test(name);
    const base = isLetter ? at + matchAt(space, text, at).length : at;
    if (isGroup(base)) return open(base, frameOf("accent", command, mark));
    const first = String.fromCodePoint(text.codePointAt(base) ?? 0x20);
    if (/\p{L}/u.test(first)) {
      at = base + first.length;
      return emit(accented(first, mark));
    }
    if (first !== "\\" || mathematicsAt.has(base)) return keep(command, isLetter);
    const next = matchAt(word, text, base + 1);
    const letter = letterCommands.get(next);
    if (letter !== undefined) {
      at = base + 1 + next.length;
      at += matchAt(space, text, at).length;
      return emit(accented(letter, mark));
    }
    // Together with the command after it, which must not be separated from it.
    const following = next === "" ? String.fromCodePoint(text.codePointAt(base + 1) ?? 0x20) : next;
    keep(text.slice(at - command.length, base) + text.slice(base, base + 1 + following.length), next !== "");
    at = base + 1 + following.length;
  };

  const readWord = (name: string) => {
    const mark = otherAccents.get(name) ?? (name.length === 1 ? accents.get(name) : undefined);
    if (mark !== undefined) return readAccent(name, mark);
    const replacement = letterCommands.get(name) ?? symbolCommands.get(name);
    if (replacement !== undefined || (switchCommands.has(name) && !isGroup(at))) {
      at += matchAt(space, text, at).length;
      return emit(replacement ?? "");
    }
    if (wrapperCommands.has(name) && isGroup(at)) return open(at, frameOf("wrapper", `\\${name}`));
    keep(`\\${name}`, true);
  };

  const readSign = (sign: string) => {
    const mark = accents.get(sign);
    if (mark !== undefined) {
      // \~{} and \^{} are the characters themselves.
      if (text.startsWith("{}", at) && (sign === "^" || (sign === "~" && top.last === "/"))) {
        at += 2;
        return emit(sign);
      }
      return readAccent(sign, mark);
    }
    if (/\s/.test(sign)) return emit(" ");
    if (sign === "$" && !hasDollar) return emit("$");
    const replacement = signCommands.get(sign);
    if (replacement === undefined) return keep(`\\${sign}`, false);
    emit(replacement);
  };

  while (at < text.length) {
    const region = mathematicsAt.get(at);
    if (region !== undefined) {
      emit(text.slice(region.start, region.end));
      at = region.end;
      continue;
    }
    const character = text[at] as string;
    if (character === "\\" && at + 1 < text.length) {
      const name = matchAt(word, text, at + 1);
      if (name !== "") {
        at += 1 + name.length;
        readWord(name);
      } else {
        const sign = String.fromCodePoint(text.codePointAt(at + 1) as number);
        at += 1 + sign.length;
        readSign(sign);
      }
    } else if (isGroup(at)) {
      // A group directly after an unknown command is its argument.
      open(at, frameOf(top.endsInWord ? "argument" : "group"));
    } else if (character === "}" && closing.has(at)) {
      const ended = frames.pop() as Frame;
      top = frames.at(-1) as Frame;
      at++;
      const closed = closedText(ended);
      emit(closed.text);
      top.isOpaque ||= closed.isOpaque;
      if (ended.kind === "argument") top.endsInWord = isGroup(at);
    } else {
      const plain = matchAt(/[^\\{}$]+|[\s\S]/y, text, at);
      emit(plain);
      at += plain.length;
    }
  }
  return (frames[0] as Frame).text;
}

function frameOf(kind: Frame["kind"], command = "", mark = ""): Frame {
  return { text: "", command, kind, mark, isOpaque: false, endsInWord: false, last: "" };
}

/** The text of a closed group in its parent, and whether that is still TeX. */
function closedText({ kind, text, command, mark, isOpaque }: Frame): { text: string; isOpaque: boolean } {
  if (kind === "accent" && !isOpaque && /^ ?\p{L}/u.test(text)) {
    return { text: accented(text.trimStart(), mark), isOpaque: false };
  }
  const isKept = isOpaque || kind === "accent" || kind === "argument";
  return { text: isKept ? `${command}{${text}}` : text, isOpaque: isKept };
}

/** A text with an accent on its first letter, or a tie over its first two. */
function accented(text: string, mark: string): string {
  const [letter = ""] = text.match(/^\p{L}\p{M}*/u) ?? [];
  const isBelow = /[\u0323\u0327\u0328\u0331]/.test(mark);
  const base = isBelow ? letter : letter.replace("ı", "i").replace("ȷ", "j");
  return base + mark + text.slice(letter.length);
}

/**
 * Converts TeX's ligatures to characters: quotes in pairs, dashes, and ties (`~` between two things, but not in
 * addresses) to spaces.
 */
function readLigatures(text: string): string {
  return readQuotes(text)
    .replace(/---?/g, (dashes) => (dashes.length === 3 ? "—" : "–"))
    .replace(/(?<![\s/~\\]|^|\\[A-Za-z]+)~(?=[^\s~])/g, " ");
}

/** Excludes those that belong to a preserved command. */
const quoteMarks = /(?<!\\)(?:``|''|")/g;

function readQuotes(text: string): string {
  const open: number[] = [];
  const quotes = new Map<number, string>();
  for (const { 0: mark, index } of text.matchAll(quoteMarks)) {
    if (mark === "``") open.push(index);
    else {
      const opening = open.pop();
      if (opening === undefined) continue;
      quotes.set(opening, "“").set(index, "”");
    }
  }
  if (quotes.size === 0) return text;
  return text.replace(quoteMarks, (mark, index: number) => quotes.get(index) ?? mark);
}
