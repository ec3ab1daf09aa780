export { describeError, ErrorNotice, plainMessage } from "./error-notice.tsx";
export { LoadMore } from "./load-more.tsx";
export { QueryLink } from "./query-link.tsx";
export { Section } from "./section.tsx";
