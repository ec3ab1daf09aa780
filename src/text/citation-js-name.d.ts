declare module "@citation-js/name" {
  /** Splits a name in natural order into CSL's parts; `literal` if it cannot. */
  export function parse(name: string): {
    readonly given?: string;
    readonly family?: string;
    readonly suffix?: string;
    readonly "dropping-particle"?: string;
    readonly "non-dropping-particle"?: string;
    readonly literal?: string;
  };
}
