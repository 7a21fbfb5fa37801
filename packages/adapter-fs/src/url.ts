import { KeywhenError } from "@keywhen/core";
import type { OpenHome } from "@keywhen/core/store";
import { fsStore } from "./fs-store.js";
import { bucketProblem } from "./place.js";

const FORM =
  'write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (?bucket and ?root may be left out)';
const PARAMETERS = ["bucket", "root"];

/**
 * Opens the folder that a `file:` URL names: absolute (`file:///var/data`, `file:/var/data`), or relative to
 * the working directory (`file:./data`, `file:data`). Parameters: `bucket`, where events wait (default
 * `schedule`), and `root`. Folders and buckets are made as they are needed.
 */
export const open: OpenHome = async (url) => {
  const { folder, parameters } = parseFileUrl(url);
  const bucket = parameters.get("bucket") ?? "schedule";
  const problem = bucketProblem(bucket);
  if (problem !== undefined) throw invalid(url, problem);
  const root = parameters.get("root");
  if (root === "") throw invalid(url, "root is empty");
  return {
    store: fsStore({ folder, createBuckets: true }),
    bucket,
    root,
    // Nothing stays open between calls.
    [Symbol.asyncDispose]: async () => {},
  };
};

interface FileUrl {
  readonly folder: string;
  readonly parameters: ReadonlyMap<string, string>;
}

// Not by `new URL()`, which makes every path absolute: `file:./data` would be `/data`.
function parseFileUrl(url: string): FileUrl {
  const parts =
    /^file:(?:\/\/(?<host>[^/?#]*)(?=[/?#]|$))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?$/i.exec(url);
  const { host = "", path = "", query = "" } = parts?.groups ?? {};
  if (parts === null) throw invalid(url, 'it isn\'t a "file:" URL (a # in a path is %23)');
  if (host !== "" && host !== "localhost") {
    throw invalid(
      url,
      `"${host}" stands where a host would be, and files are on this machine only`,
    );
  }
  if (path === "") throw invalid(url, "it names no folder");
  return { folder: decodePath(url, path), parameters: parseQuery(url, query) };
}

function decodePath(url: string, path: string): string {
  // On Windows `file:///C:/data` is `C:/data`.
  const local = process.platform === "win32" ? path.replace(/^\/(?=[a-z]:)/i, "") : path;
  try {
    return decodeURIComponent(local);
  } catch (cause) {
    throw invalid(url, "its path has a % without two hex digits (% itself is %25)", cause);
  }
}

function parseQuery(url: string, query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(query)) {
    if (!PARAMETERS.includes(name)) {
      throw invalid(url, `it has no parameter "${name}"; it takes ${PARAMETERS.join(" and ")}`);
    }
    if (parameters.has(name)) throw invalid(url, `${name} is given twice`);
    parameters.set(name, value);
  }
  return parameters;
}

function invalid(url: string, problem: string, cause?: unknown): KeywhenError {
  return new KeywhenError("invalid-option", `can't open ${url}: ${problem}; ${FORM}`, { cause });
}
