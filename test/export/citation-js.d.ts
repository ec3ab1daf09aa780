declare module "@citation-js/core" {
  /** Reads bibliographies into CSL-JSON. */
  export class Cite {
    constructor(text: string, options?: { forceType?: string });
    readonly data: unknown[];
  }
  export const plugins: { config: { get(name: string): { parse: Record<string, unknown> } } };
}
declare module "@citation-js/plugin-bibtex";
declare module "@citation-js/plugin-ris";
