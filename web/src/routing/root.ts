/**
 * Where this mirror is, as the browser sees it: ends with `/`. The scripts lie in `assets/` below it, so it is known
 * also where a proxy serves the mirror below a path of its own.
 */
export const root: URL = import.meta.env.DEV
  ? new URL("/", location.href)
  : new URL(/* @vite-ignore */ "../", import.meta.url);
