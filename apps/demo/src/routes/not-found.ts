import { ApiFailure } from "../api-failure.js";

export function notFound(what: string): ApiFailure {
  return new ApiFailure(404, "not-found", `There is no such ${what}; it may have left meanwhile.`);
}
