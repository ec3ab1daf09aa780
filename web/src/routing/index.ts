export { navigate, startNavigation, useCurrentUrl, useTitle } from "./navigation.ts";
export {
  graphUrl,
  graphUrlWith,
  homeUrl,
  matchRoute,
  overviewUrl,
  paperUrl,
  type Route,
  searchUrl,
  serverUrl,
} from "./urls.ts";
