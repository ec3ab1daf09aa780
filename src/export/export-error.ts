/** An export cannot be made or continued; the message says what to do. */
export class ExportError extends Error {
  override readonly name = "ExportError";
  readonly code: "SET_CHANGED" | "FOLDER_IN_USE" | "NOTHING_TO_RESUME";

  constructor(code: ExportError["code"], message: string) {
    super(message);
    this.code = code;
  }
}
