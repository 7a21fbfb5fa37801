import { KeywhenError } from "@keywhen/core";

/** How the store URLs of one scheme look. */
export interface StoreUrlForm {
  /** Without `:`. */
  readonly scheme: string;
  /** What a correct one looks like, for messages. */
  readonly example: string;
  /** The names of the parameters that it may have. */
  readonly parameters: readonly string[];
  /** Whether a port may follow the host. */
  readonly hasPort?: boolean | undefined;
}

/** A store URL in its parts. Nothing is rewritten: what was escaped is decoded once, everything else is unchanged. */
export interface StoreUrl {
  /** The text between `//` and the first `/`, without the port. */
  readonly host: string;
  readonly port: number | undefined;
  /** The parts of the path, none of them empty. */
  readonly path: readonly string[];
  /** None of them empty. */
  readonly parameters: ReadonlyMap<string, string>;
  /** The parameter that is `true` or `false`. */
  boolean(name: string): boolean | undefined;
  /** The parameter that is an address: `http://…` or `https://…`, without credentials, and without a `/` at its end. */
  endpoint(name: string): string | undefined;
  /** The error for what else is wrong: the URL without its secrets, the problem, and an example. */
  invalid(problem: string): KeywhenError;
}

const URL_PARTS = /^([a-z][a-z0-9+.-]*):(?:\/\/([^/?#]*))?([^?#]*)(?:\?([^#]*))?(#.*)?$/i;
const AUTHORITY = /^(\[[0-9a-f:.]+\]|[^:[\]]*)(?::(.*))?$/i;

/** Reads a store URL; throws `invalid-option` with the value, the problem and an example. Secrets in it are never shown. */
export function parseStoreUrl(text: string, form: StoreUrlForm): StoreUrl {
  const invalid = invalidBy(text, form);
  const unprintable = unprintableIn(text);
  if (unprintable !== undefined) throw invalid(`it contains ${unprintable}`);
  const [, scheme = "", authority, path = "", query = "", fragment] = URL_PARTS.exec(text) ?? [];
  const isAddress = authority !== undefined || path === "";
  if (scheme.toLowerCase() !== form.scheme || !isAddress)
    throw invalid(`it must start with ${form.scheme}://`);
  if (authority?.startsWith("arn:")) throw invalid("it must have the bucket's name, not its ARN");
  if (authority?.includes("@")) {
    throw invalid("it must not contain credentials; set them in the environment");
  }
  if (fragment !== undefined) throw invalid("it must not contain a fragment (write a # as %23)");
  const { host, port } = placeIn(authority ?? "", form, invalid);
  const { parameters, boolean } = urlParameters(query, form.parameters, invalid);
  return {
    host,
    port,
    path: partsIn(path, invalid),
    parameters,
    boolean,
    endpoint: (name) => endpointIn(name, parameters.get(name), invalid),
    invalid,
  };
}

/** How a scheme calls its buckets, and which of them it can have. */
interface BucketForm {
  /** @default "bucket" */
  readonly word?: string | undefined;
  /** What to say if the URL names no bucket. */
  readonly missing: string;
  /** Why a store can't have a bucket, as one clause, or undefined. */
  readonly problemOf: (bucket: string) => string | undefined;
}

/** The bucket and the root by the parts of a store URL that name them. */
export function bucketAndRoot(
  [bucket = "", ...root]: readonly string[],
  { word = "bucket", missing, problemOf }: BucketForm,
  invalid: Invalid,
): { readonly bucket: string; readonly root: string | undefined } {
  if (bucket === "") throw invalid(missing);
  const problem = problemOf(bucket);
  if (problem !== undefined) throw invalid(`the ${word} "${bucket}" is not allowed: ${problem}`);
  return { bucket, root: root.join("/") || undefined };
}

type Invalid = StoreUrl["invalid"];

function invalidBy(text: string, { example, parameters }: StoreUrlForm): Invalid {
  return (problem) => {
    const shown = JSON.stringify(withoutSecrets(text, parameters));
    return new KeywhenError(
      "invalid-option",
      `Invalid store URL ${shown}: ${problem}. Write ${example}`,
    );
  };
}

/** All before an `@` may be a password, and so may be the value of an unknown parameter. */
function withoutSecrets(text: string, known: readonly string[]): string {
  const question = text.indexOf("?");
  const place = question === -1 ? text : text.slice(0, question);
  const shownPlace = place.replace(/^([a-z0-9+.-]*:(?:\/\/)?)?.*@/is, "$1***@");
  if (question === -1) return shownPlace;
  const pairs = text.slice(question + 1).split("&");
  const shown = pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    const isSecret = !known.includes(name) || /[@?]|%40|%3f/i.test(pair);
    return value.length > 0 && isSecret ? `${name}=***` : pair;
  });
  return `${shownPlace}?${shown.join("&")}`;
}

/** What URL libraries drop in silence, and settings files add. */
function unprintableIn(text: string): string | undefined {
  if (/[\r\n]/.test(text)) return "a line break; remove it";
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(text)) return "a control character; remove it";
  return /\s/.test(text) ? "a space; remove it, or write it as %20" : undefined;
}

function placeIn(
  authority: string,
  { hasPort = false }: StoreUrlForm,
  invalid: Invalid,
): Pick<StoreUrl, "host" | "port"> {
  const [, host, digits] = AUTHORITY.exec(authority) ?? [];
  if (host === undefined) throw invalid(`"${authority}" is not a valid host`);
  if (digits === undefined) return { host: decodedUrl(host, invalid), port: undefined };
  if (!hasPort) throw invalid("it must not contain a port");
  const port = Number(digits);
  const isPort = /^\d+$/.test(digits) && port >= 1 && port <= 65_535;
  if (!isPort) throw invalid(`port "${digits}" is not a number from 1 to 65535`);
  return { host: decodedUrl(host, invalid), port };
}

function partsIn(path: string, invalid: Invalid): readonly string[] {
  const trimmed = path.replace(/^\/|\/$/g, "");
  if (trimmed === "") return [];
  return trimmed.split("/").map((part) => {
    if (part === "") throw invalid("its path has an empty part (//)");
    if (part === "." || part === "..") throw invalid(`its path has the part "${part}"`);
    return decodedUrl(part, invalid);
  });
}

/**
 * Reads the query of a store URL. Throws `invalid-option` for an unknown name, one that is given twice, and a value that is
 * empty or that `problemOf` refuses.
 */
export function urlParameters(
  query: string,
  known: readonly string[],
  invalid: Invalid,
  problemOf: (value: string) => string | undefined = unprintableProblem,
): Pick<StoreUrl, "parameters" | "boolean"> {
  const parameters = new Map<string, string>();
  for (const pair of query === "" ? [] : query.split("&")) {
    const equals = pair.indexOf("=");
    const name = equals === -1 ? pair : pair.slice(0, equals);
    const value = equals === -1 ? "" : decodedUrl(pair.slice(equals + 1), invalid);
    if (!known.includes(name)) {
      throw invalid(`unknown parameter "${name}"; use one of these: ${known.join(", ")}`);
    }
    if (parameters.has(name)) throw invalid(`parameter ${name} is given twice; remove one`);
    if (value === "") throw invalid(`parameter ${name} is empty; give it a value or leave it out`);
    const problem = problemOf(value);
    if (problem !== undefined) throw invalid(`parameter ${name} ${problem}`);
    parameters.set(name, value);
  }
  return { parameters, boolean: (name) => booleanIn(name, parameters.get(name), invalid) };
}

function unprintableProblem(value: string): string | undefined {
  const unprintable = unprintableIn(value);
  return unprintable && `contains ${unprintable}`;
}

/** A part of a store URL without its escapes. */
export function decodedUrl(text: string, invalid: Invalid): string {
  try {
    return decodeURIComponent(text);
  } catch {
    const [invalidEscape = text] = /%(?![0-9a-f]{2}).{0,2}/i.exec(text) ?? [];
    throw invalid(`"${invalidEscape}" is not a valid escape; write a literal % as %25`);
  }
}

function booleanIn(name: string, value: string | undefined, invalid: Invalid): boolean | undefined {
  if (value === undefined) return undefined;
  if (value === "true" || value === "false") return value === "true";
  throw invalid(`${name} must be true or false (got "${value}")`);
}

function endpointIn(name: string, value: string | undefined, invalid: Invalid): string | undefined {
  if (value === undefined) return undefined;
  const problem = endpointProblem(value);
  if (problem !== undefined) throw invalid(`${name} ${problem}`);
  return value.replace(/\/+$/, "");
}

/** Returns why a text is not the address of a store's endpoint, as a clause that follows its name, or undefined. Never repeats a password. */
export function endpointProblem(text: string): string | undefined {
  if (text.includes("@")) return "must not contain credentials";
  if (!/^https?:\/\//i.test(text)) {
    return `must begin with http:// or https:// (got ${JSON.stringify(text)})`;
  }
  if (!URL.canParse(text)) return `${JSON.stringify(text)} is not a valid URL`;
  const { search, hash, port } = new URL(text);
  if (search || hash) return "must not contain a query or a fragment";
  return port === "0" ? `${JSON.stringify(text)} has port 0, which no server can have` : undefined;
}
