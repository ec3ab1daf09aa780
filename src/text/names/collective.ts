const kinds =
  "collaborations?|collab\\.?|consorti(?:um|a)|working groups?|study group|research group|group|team|task force|" +
  "committee|experiment|network|project|initiative|institut(?:e|ion)|university|association|society|council|" +
  "foundation|laborator(?:y|ies)|observatory|agency|organi[sz]ation|partnership|panel";
const collective = new RegExp(`(?:^|[\\s-])(?:${kinds})$|(?:^|\\s)(?:collaborations?|consortium)\\s`, "i");

/** Whether a name is a group's: `ATLAS Collaboration`, `The Event Horizon Telescope`. */
export function isCollective(name: string): boolean {
  return collective.test(name) || /^the \p{L}/iu.test(name);
}

const named = new RegExp(`(?:^|[\\s-])(?:${kinds}|authors)(?=\\s|$)`, "i");

/** Whether the text before a colon names a group: `Gemini Team Google`, `BIG-bench authors`. */
export function namesCollective(lead: string): boolean {
  return named.test(lead.trim());
}

const spokenFor =
  /^(.*?)[\s(]*(?:\bfor|\bon behalf of|\brepresenting) (the .*|[^()]*\b(?:collaborations?|consortium|group|team))$/i;

/** The speaker and the group that they speak for: `J. Doe for the X Collaboration`. Null if there is no group. */
export function splitSpeaker(name: string): { readonly speaker: string; readonly group: string } | null {
  const [, speaker = "", group = ""] = spokenFor.exec(name) ?? [];
  return group !== "" && isCollective(group)
    ? { speaker: speaker.trim(), group: group.replace(/^the /i, "") }
    : null;
}
