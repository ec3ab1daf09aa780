import { isCollective, splitSpeaker } from "./author-name.ts";

const marks: readonly RegExp[] = [
  // Commands with data about an author beside the name.
  /\\(?:thanks|footnote\w*|inst|altaffil\w*|affil\w*|orcid\w*|email)(?:\[[^[\]]*\])?\{[^{}]*\}/g,
  /(?:https?:\/\/)?(?:www\.)?orcid\.org\/[\dX/-]*/gi,
  /(?:orcid(?: id)?:? ?)?\b\d{4}-\d{4}-\d{4}-\d{3}[\dX]\b/gi,
  /(?<![\w.+-])<?[\w.+-]+@[\w.-]+>?/g,
  /\^(?:\{[^{}]*\}|[\w*†‡§¶])(?:,(?:\{[^{}]*\}|\d))*/g,
  /[\u00b2\u00b3\u00b9\u2070-\u207f*†‡§¶∗⋆★✉]/g,
];

const markOfMathematics =
  /^(?:\s*(?:\{\s*\})?\s*\^|\s*(?:\\(?:dagger|ddagger|ast|star|S|P|sharp|natural|flat)\s*|[\d,*†‡])*$)/;

/** A list of authors without footnote marks, ORCIDs and email addresses. */
export function withoutMarks(list: string): string {
  const text = list.replace(/\$([^$]*)\$/g, (mathematics, content: string) =>
    markOfMathematics.test(content) ? "" : mathematics,
  );
  return marks.reduce((rest, mark) => rest.replace(mark, ""), text);
}

const accentsOfMathematics: Readonly<Record<string, string>> = {
  acute: "'",
  grave: "`",
  ddot: '"',
  hat: "^",
  tilde: "~",
  bar: "=",
  check: "v",
  breve: "u",
  dot: ".",
  mathring: "r",
};

const mathematicalAccent =
  /\$\s*\\(acute|grave|ddot|hat|tilde|bar|check|breve|dot|mathring)\s*(?:\{\s*)*(?:\\(?:rm|text|textrm|mathrm|it)\b\s*)?(?:\{\s*)?(\\[ij](?:math)?|[A-Za-z])[\s}]*\$/g;

/** Accented letters in mathematics, `Gonz$\acute{a}$lez`, as in text: `Gonz\'{a}lez`. */
export function withoutMathematicalAccents(names: string): string {
  return names.replace(mathematicalAccent, (_, accent: string, letter: string) => {
    return `\\${accentsOfMathematics[accent]}{${letter.replace("math", "")}}`;
  });
}

const pairs: Readonly<Record<string, string>> = { ")": "(", "]": "[" };

/**
 * A list of authors without bracketed text: affiliations, their numbers, other spellings. Names of collaborations in
 * brackets stay, as authors. A numbered list of affiliations at the end is dropped.
 */
export function withoutBrackets(list: string): string {
  const ends = bracketEnds(list);
  let names = "";
  let at = 0;
  while (at < list.length) {
    const character = list[at] as string;
    if (character === "(" || character === "[") {
      const end = ends.get(at);
      if (end === undefined) {
        // Never closed: the bracket ends with the name.
        const next = list.slice(at).search(/[,;]/);
        if (next < 0) break;
        at += next;
        continue;
      }
      const content = list.slice(at + 1, end);
      if (isListOfAffiliations(names, content, list.slice(end + 1, end + 3))) break;
      names += collectiveIn(content) || membersIn(names, content);
      at = end + 1;
    } else {
      names += character;
      at++;
    }
  }
  return names;
}

/** Maps the position of an outermost opening bracket to that of its closing bracket. */
function bracketEnds(list: string): ReadonlyMap<number, number> {
  const open: number[] = [];
  const ends = new Map<number, number>();
  for (const { 0: bracket, index } of list.matchAll(/[()[\]]/g)) {
    const opening = pairs[bracket];
    if (opening === undefined) open.push(index);
    else if (list[open.at(-1) ?? -1] === opening) ends.set(open.pop() as number, index);
  }
  return ends;
}

/** Whether this is a list of affiliations after the names: `(1) CERN, …`. */
function isListOfAffiliations(names: string, content: string, following: string): boolean {
  return (
    /\p{L}[^,;]*[,;.] ?$/u.test(names.slice(-80)) &&
    /^(?:\d+|[a-z])$/.test(content) &&
    /^ ?\p{L}/u.test(following)
  );
}

/** `ALICE Collaboration (A. Author, B. Author)`: members named after a collaboration are authors, too. */
function membersIn(names: string, content: string): string {
  const last = names.slice(-200).split(/[,;]/).at(-1)?.trim() ?? "";
  return isCollective(last) && /(?:^|[\s,;])\p{Lu}\. ?(?:\p{Lu}\. ?)*\p{Lu}\p{Ll}/u.test(content)
    ? `, ${content}`
    : "";
}

function collectiveIn(content: string): string {
  if (content.length > 200 || /[()[\]]/.test(content)) return "";
  if (/^(?:for|on behalf of|representing) /i.test(content)) {
    const group = splitSpeaker(content)?.group;
    return group === undefined ? "" : `, ${group}, `;
  }
  return /\b(?:collaborations?|consortium)$/i.test(content) && isCollective(content) ? `, ${content}, ` : "";
}
