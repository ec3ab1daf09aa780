export { followLinks, goTo, useAddress, useTitle } from "./navigation.ts";
export {
  graphAddress,
  graphAddressOf,
  homeAddress,
  overviewAddress,
  type Place,
  paperAddress,
  placeOf,
  searchAddress,
  serverAddress,
} from "./urls.ts";
