import { parseStoreUrl, type StoreUrlForm } from "@keywhen/adapter-kit";
import { containerProblem } from "./check-name.js";

const FORM: StoreUrlForm = {
  scheme: "azure",
  example: "azure://account/container/root?endpoint=…",
  parameters: ["endpoint"],
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
  const [container, ...root] = path;
  if (container === undefined) throw invalid("it has no container");
  const problem = containerProblem(container);
  if (problem !== undefined) {
    throw invalid(`the container "${container}" is impossible: ${problem}`);
  }
  const endpoint = url.endpoint("endpoint");
  return { account, container, root: root.join("/") || undefined, endpoint };
}
