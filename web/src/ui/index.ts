export { ErrorNotice, errorWords, plainMessage } from "./error-notice.tsx";
export { More } from "./load-more.tsx";
export { QueryBehind } from "./query-link.tsx";
export { Section } from "./section.tsx";
