declare module "@citation-js/name" {
  /** Splits a name in the order of speech into the parts that CSL has; `literal` where it cannot. */
  export function parse(name: string): {
    readonly given?: string;
    readonly family?: string;
    readonly suffix?: string;
    readonly "dropping-particle"?: string;
    readonly "non-dropping-particle"?: string;
    readonly literal?: string;
  };
}
