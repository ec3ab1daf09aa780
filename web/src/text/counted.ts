/** `1 work`, `1,234 works`. */
export function counted(count: number, what: string): string {
  return `${count.toLocaleString("en")} ${what}${count === 1 ? "" : "s"}`;
}

/** `once`, `12 times`. */
export function timesText(count: number): string {
  return count === 1 ? "once" : `${count.toLocaleString("en")} times`;
}
