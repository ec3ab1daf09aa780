/** By the character of a TeX accent command, the combining character that follows its base letter in Unicode. */
export const accents: ReadonlyMap<string, string> = new Map([
  ["`", "\u0300"],
  ["'", "\u0301"],
  ["^", "\u0302"],
  ["~", "\u0303"],
  ["=", "\u0304"],
  ["u", "\u0306"],
  [".", "\u0307"],
  ['"', "\u0308"],
  ["r", "\u030a"],
  ["H", "\u030b"],
  ["v", "\u030c"],
  ["d", "\u0323"],
  ["c", "\u0327"],
  ["k", "\u0328"],
  ["b", "\u0331"],
  ["t", "\u0361"],
]);

/** Accents without a command in LaTeX's first encodings: they are read, but letters with them are written unchanged. */
export const otherAccents: ReadonlyMap<string, string> = new Map([
  ["h", "\u0309"],
  ["G", "\u030f"],
  ["f", "\u0311"],
  ["ring", "\u030a"],
  ["cb", "\u0326"],
  ["textcommabelow", "\u0326"],
  ["textogonekcentered", "\u0328"],
]);

/** Commands for letters, which can be accented. */
export const letterCommands: ReadonlyMap<string, string> = new Map([
  ["aa", "å"],
  ["AA", "Å"],
  ["ae", "æ"],
  ["AE", "Æ"],
  ["dh", "ð"],
  ["DH", "Ð"],
  ["dj", "đ"],
  ["DJ", "Đ"],
  ["i", "ı"],
  ["j", "ȷ"],
  ["l", "ł"],
  ["L", "Ł"],
  ["ng", "ŋ"],
  ["NG", "Ŋ"],
  ["o", "ø"],
  ["O", "Ø"],
  ["oe", "œ"],
  ["OE", "Œ"],
  ["ss", "ß"],
  ["SS", "ẞ"],
  ["ohorn", "ơ"],
  ["OHORN", "Ơ"],
  ["th", "þ"],
  ["TH", "Þ"],
  ["uhorn", "ư"],
  ["UHORN", "Ư"],
]);

/** Commands for other text. `~` and `\` have none: they would become TeX themselves. */
export const symbolCommands: ReadonlyMap<string, string> = new Map([
  ["copyright", "©"],
  ["dag", "†"],
  ["ddag", "‡"],
  ["dots", "…"],
  ["guillemotleft", "«"],
  ["guillemotright", "»"],
  ["LaTeX", "LaTeX"],
  ["cprime", "ʹ"],
  ["Cprime", "ʹ"],
  ["ldots", "…"],
  ["lq", "‘"],
  ["rq", "’"],
  ["P", "¶"],
  ["pounds", "£"],
  ["qquad", " "],
  ["quad", " "],
  ["S", "§"],
  ["TeX", "TeX"],
  ["textasciicircum", "^"],
  ["textbar", "|"],
  ["textbullet", "•"],
  ["textdagger", "†"],
  ["textdegree", "°"],
  ["textellipsis", "…"],
  ["textemdash", "—"],
  ["textendash", "–"],
  ["textexclamdown", "¡"],
  ["textgreater", ">"],
  ["textless", "<"],
  ["textquestiondown", "¿"],
  ["textquotedblleft", "“"],
  ["textquotedblright", "”"],
  ["quotedblbase", "„"],
  ["quotesinglbase", "‚"],
  ["guilsinglleft", "‹"],
  ["guilsinglright", "›"],
  ["textquotesingle", "'"],
  ["textquoteleft", "‘"],
  ["textquoteright", "’"],
  ["textregistered", "®"],
  ["textsection", "§"],
  ["texttrademark", "™"],
  ["textunderscore", "_"],
]);

/** Control symbols: a backslash and a character that is not a letter. */
export const signCommands: ReadonlyMap<string, string> = new Map([
  ["&", "&"],
  ["%", "%"],
  ["_", "_"],
  ["#", "#"],
  ["\\", " "],
  [",", " "],
  [":", " "],
  [";", " "],
  [">", " "],
  ["!", ""],
  ["/", ""],
  ["@", ""],
  ["-", ""],
]);

/** Commands whose argument is plain text in some font. */
export const wrapperCommands: ReadonlySet<string> = new Set(
  (
    "emph text textbf textit textmd textnormal textrm textsc textsf textsl textsubscript textsuperscript texttt " +
    "textup mbox hbox uline underline enquote protect"
  ).split(" "),
);

/** Commands that only change the font or the layout of the text after them. */
export const switchCommands: ReadonlySet<string> = new Set(
  (
    "bf bfseries boldmath em it itshape large Large LARGE huge Huge md mdseries noindent normalfont normalsize " +
    "protect relax rm rmfamily sc scriptsize scshape sf sffamily sl slshape small smallskip tiny tt ttfamily up upshape"
  ).split(" "),
);
