import { KeywhenError } from "@keywhen/core";
import type { OpenHome } from "@keywhen/core/store";
import { storeOn } from "./fs-store.js";
import { inspectFolder } from "./inspect-folder.js";
import { bucketProblem } from "./place.js";
import { openFolder } from "./store-folder.js";

const PARAMETERS = ["bucket", "root", "shared-between-machines"];
const FORM =
  'Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out)';

/**
 * Opens the folder that a `file:` URL names: absolute (`file:///var/data`, `file:/var/data`), or relative to
 * the working directory (`file:./data`, `file:data`). Parameters: `bucket`, where events wait (default
 * `schedule`), `root`, and `shared-between-machines` (`true` for a network folder). Folders and buckets are made by the
 * first write.
 */
export const open: OpenHome = async (url) => {
  const { folder, parameters } = parseFileUrl(url);
  const bucket = parameters.get("bucket") ?? "schedule";
  const problem = bucketProblem(bucket);
  if (problem !== undefined) throw invalid(url, problem);
  const shared = parameters.get("shared-between-machines") ?? "false";
  if (shared !== "true" && shared !== "false") {
    throw invalid(url, `shared-between-machines must be true or false (got "${shared}")`);
  }
  const options = { folder, createBuckets: true, sharedBetweenMachines: shared === "true" };
  const opened = openFolder(options);
  return {
    store: storeOn(opened),
    bucket,
    inspect: async () => [await inspectFolder(opened, bucket)],
    root: parameters.get("root"),
    // Nothing stays open between calls.
    [Symbol.asyncDispose]: async () => {},
  };
};

interface FileUrl {
  readonly folder: string;
  readonly parameters: ReadonlyMap<string, string>;
}

// Not by `new URL()`, which makes every path absolute (`file:./data` would be `/data`) and drops line ends in silence.
function parseFileUrl(url: string): FileUrl {
  if (/[\r\n]/.test(url)) throw invalid(url, "it contains a line break; remove it");
  const parts =
    /^file:(?:\/\/(?<host>[^/?#]*)(?=[/?#]|$))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?$/i.exec(url);
  const { host = "", path = "", query = "" } = parts?.groups ?? {};
  if (parts === null) throw invalid(url, problemOf(url));
  if (host !== "" && host !== "localhost") {
    throw invalid(url, `"${host}" is a host, and files are on this machine only`);
  }
  return { folder: folderIn(url, path), parameters: parametersIn(url, query) };
}

function problemOf(url: string): string {
  const isFile = /^file:/i.test(url);
  return isFile ? "it contains a # (write it as %23)" : "it must start with file:";
}

function folderIn(url: string, path: string): string {
  if (path === "") throw invalid(url, "it names no folder");
  if (/^\s|\s$/.test(path)) {
    throw invalid(url, "its path begins or ends with a space; remove it, or write it as %20");
  }
  if (path.startsWith("~")) {
    const problem =
      '"~" is not replaced by the home folder here; write the whole path, or ./~ for a folder ~';
    throw invalid(url, problem);
  }
  // On Windows `file:///C:/data` is `C:/data`.
  const local = process.platform === "win32" ? path.replace(/^\/(?=[a-z]:)/i, "") : path;
  return decoded(url, local);
}

function parametersIn(url: string, query: string): ReadonlyMap<string, string> {
  const parameters = new Map<string, string>();
  for (const pair of query === "" ? [] : query.split("&")) {
    const [name = "", ...rest] = pair.split("=");
    const value = decoded(url, rest.join("="));
    if (!PARAMETERS.includes(name)) {
      throw invalid(url, `unknown parameter "${name}"; known: ${PARAMETERS.join(", ")}`);
    }
    if (parameters.has(name)) throw invalid(url, `parameter ${name} is given twice`);
    if (value === "") {
      throw invalid(url, `parameter ${name} is empty; give it a value or leave it out`);
    }
    if (value.trim() !== value) {
      throw invalid(url, `parameter ${name} begins or ends with a space; remove it`);
    }
    parameters.set(name, value);
  }
  return parameters;
}

/** Without its escapes; whatever a terminal or a shell added by accident is refused. */
function decoded(url: string, text: string): string {
  let plain: string;
  try {
    plain = decodeURIComponent(text);
  } catch (cause) {
    throw invalid(url, "it has a % without two hex digits (% itself is %25)", cause);
  }
  if (/\p{Cc}/u.test(plain)) throw invalid(url, "it contains a control character; remove it");
  return plain;
}

function invalid(url: string, problem: string, cause?: unknown): KeywhenError {
  const message = `Invalid store URL ${JSON.stringify(url)}: ${problem}. ${FORM}.`;
  return new KeywhenError("invalid-option", message, { cause });
}
