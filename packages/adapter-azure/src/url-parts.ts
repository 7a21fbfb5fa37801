import { bucketAndRoot, parseStoreUrl, type StoreUrlForm } from "@keywhen/adapter-kit";
import { containerProblem } from "./name-problem.js";

const FORM: StoreUrlForm = {
  scheme: "azure",
  example: "azure://account/container/root?endpoint=…",
  parameters: ["endpoint"],
};
const CONTAINER = {
  word: "container",
  missing: "it has no container",
  problemOf: containerProblem,
};

export interface UrlParts {
  readonly account: string;
  readonly container: string;
  readonly root: string | undefined;
  /** Without the account, and without `/` at its end. */
  readonly endpoint: string | undefined;
}

/** Throws `invalid-option` for what is no `azure://account/container/root?endpoint=…`. */
export function partsOf(text: string): UrlParts {
  const url = parseStoreUrl(text, FORM);
  const { host: account, path, invalid } = url;
  if (account === "") throw invalid("it has no account");
  if (!/^[a-z0-9]+$/.test(account)) {
    throw invalid(
      `the account "${account}" is impossible: an account has only lowercase letters and digits`,
    );
  }
  const { bucket: container, root } = bucketAndRoot(path, CONTAINER, invalid);
  return { account, container, root, endpoint: url.endpoint("endpoint") };
}
