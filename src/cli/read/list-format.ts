import { type Command, Option } from "commander";
import { foldWhiteSpace, spreadsheetText } from "../../text/index.ts";
import { counted } from "../output/layout.ts";
import { jsonLine } from "../output/sanitize.ts";
import { printStatus, terminalText } from "../output/terminal.ts";
import { addReadOptions, type ReadOptions } from "./read-command.ts";

export type ListOptions = ReadOptions & { readonly format: "table" | "tsv" | "csv" | "json" };

/** Adds the options of every command that reads and prints a list. */
export function addListOptions(command: Command): Command {
  // As a default, it does not conflict with the format.
  command.on("option:format", (format) => {
    if (format === "json") command.setOptionValueWithSource("json", true, "default");
  });
  return addReadOptions(command).addOption(
    new Option("--format <format>", "how rows are printed; json is the same as --json")
      .choices(["table", "tsv", "csv", "json"])
      .default("table")
      .conflicts("json"),
  );
}

/** The paragraph of their help. */
export const listFormatHelp = `CSV and TSV begin with the column names. A value that a spreadsheet would run as a formula gets an apostrophe in front.
In TSV, white space within a value is one space.`;

type Value = string | number | boolean | null;

/** The columns of CSV and TSV by name, in order. */
export type Columns<Row> = Readonly<Record<string, (row: Row) => Value>>;

type List<Row> = {
  /** The data of the answer, for JSON. */
  readonly answer: unknown;
  /** The lines for people. */
  readonly lines: () => readonly string[];
  readonly columns: Columns<Row>;
  /** `totalCount` is the number of rows that exist, also of those that `--limit` leaves out. */
  readonly rows: { readonly nodes: readonly Row[]; readonly totalCount: number };
};

/** Prints a list in the format that the options name. */
export function printList<Row>(
  { format, json }: ListOptions,
  { answer, lines, columns, rows }: List<Row>,
): void {
  const { stdout } = process;
  if (json === true) stdout.write(`${jsonLine(answer)}\n`);
  else if (format === "table") stdout.write(`${lines().join("\n")}\n`);
  else {
    const line = (values: readonly Value[]) =>
      format === "csv" ? values.map(csvCell).join(",") : values.map(tsvCell).join("\t");
    const cells = rows.nodes.map((row) => Object.values(columns).map((cellOf) => cellOf(row)));
    const text = [Object.keys(columns), ...cells].map((values) => `${line(values)}\n`).join("");
    stdout.write(stdout.isTTY ? terminalText(text) : text);
    const { nodes, totalCount } = rows;
    if (nodes.length < totalCount)
      printStatus(`${nodes.length} of ${counted(totalCount, "row")}: --limit prints more.`);
  }
}

/** As in exported tables: nothing for null, `""` for the empty text. */
function csvCell(value: Value): string {
  if (value === null) return "";
  const text = safeText(value);
  return /^$|[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function tsvCell(value: Value): string {
  return value === null ? "" : foldWhiteSpace(safeText(value));
}

/** Another server may answer with any type. */
function safeText(value: string | number | boolean): string {
  return typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : spreadsheetText(String(value));
}
