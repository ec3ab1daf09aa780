/** What a command's exit status says. The table in docs/cli.md is printed from `exitStatusTexts`. */
export const exitStatus = {
  done: 0,
  /** What was looked at is not as it should be, or not there. */
  foundWrong: 1,
  /** The command was given wrongly, or without the keys that it needs. */
  misused: 2,
  /** The command was right, and could not be carried out, or not completely. */
  impossible: 3,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];

export const exitStatusTexts: readonly (readonly [status: number, text: string])[] = [
  [exitStatus.done, "Done, and nothing wrong was found."],
  [
    exitStatus.foundWrong,
    "Something wrong was found, or nothing: a document or event is refused, a check failed, tables differ, an installation has a fault, a paper is not held. What could be done was done.",
  ],
  [
    exitStatus.misused,
    "The command was given wrongly: an unknown command or option, a value or a setting that cannot be used, a file that is not there, or that cannot have that name; nothing was begun then. Or `ingest` or `sync` accepted no event of a document: it needs other keys (`--keyring`) or another `--minimum-proof`.",
  ],
  [
    exitStatus.impossible,
    "It could not be carried out, or not completely: no database, no server, papers that a mirror does not deliver yet, no room on the disk, a port in use, a defect of this program. What was committed before is stored.",
  ],
  [130, "Interrupted by Ctrl-C (SIGINT). What was committed before is stored."],
  [143, "Ended by SIGTERM. What was committed before is stored."],
];
