import { decodedUrl, urlParameters } from "@keywhen/adapter-kit";
import { KeywhenError } from "@keywhen/core";
import type { OpenSchedule } from "@keywhen/core/store";
import { storeOn } from "./fs-store.js";
import { inspectFolder } from "./inspect-folder.js";
import { bucketProblem } from "./place.js";
import { openFolder } from "./store-folder.js";

const PARAMETERS = ["bucket", "root", "shared-between-machines", "network-folder"];
const FORM =
  'Write "file:./data?bucket=schedule&root=keywhen" or "file:///var/data" (what follows the ? may be left out)';

/**
 * Opens the folder that a `file:` URL names: absolute (`file:///var/data`, `file:/var/data`), or relative to
 * the working directory (`file:./data`, `file:data`). Parameters: `bucket`, where events wait (default
 * `schedule`), `root`, `shared-between-machines` and `network-folder` (`true` for a network folder). The first write creates
 * folders and buckets.
 */
export const open: OpenSchedule = async (url) => {
  const { folder, parameters, boolean } = parseFileUrl(url);
  const bucket = parameters.get("bucket") ?? "schedule";
  const problem = bucketProblem(bucket);
  if (problem !== undefined) throw invalid(url, problem);
  const sharedBetweenMachines = boolean("shared-between-machines") ?? false;
  const networkFolder = boolean("network-folder") ?? sharedBetweenMachines;
  const opened = openFolder({ folder, createBuckets: true, sharedBetweenMachines, networkFolder });
  return {
    store: storeOn(opened),
    bucket,
    inspect: async () => [await inspectFolder(opened, bucket)],
    root: parameters.get("root"),
    // Nothing stays open between calls.
    [Symbol.asyncDispose]: async () => {},
  };
};

// Not by `new URL()`, which makes every path absolute (`file:./data` would be `/data`) and drops line ends in silence.
function parseFileUrl(url: string) {
  if (/[\r\n]/.test(url)) throw invalid(url, "it contains a line break; remove it");
  const parts =
    /^file:(?:\/\/(?<host>[^/?#]*)(?=[/?#]|$))?(?<path>[^?#]*)(?:\?(?<query>[^#]*))?$/i.exec(url);
  const { host = "", path = "", query = "" } = parts?.groups ?? {};
  if (parts === null) throw invalid(url, problemOf(url));
  if (host !== "" && host !== "localhost") {
    throw invalid(url, `"${host}" is a host; name a folder on this machine`);
  }
  const refuse = (problem: string) => invalid(url, problem);
  return { folder: folderIn(url, path), ...urlParameters(query, PARAMETERS, refuse, valueProblem) };
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
  const folder = decodedUrl(local, (problem) => invalid(url, problem));
  if (/\p{Cc}/u.test(folder)) throw invalid(url, "it contains a control character; remove it");
  return folder;
}

/** Finds characters that a terminal or a shell adds by accident. A space inside belongs to the name. */
function valueProblem(value: string): string | undefined {
  if (/\p{Cc}/u.test(value)) return "contains a control character; remove it";
  return value.trim() === value ? undefined : "begins or ends with a space; remove it";
}

function invalid(url: string, problem: string): KeywhenError {
  const message = `Invalid store URL ${JSON.stringify(url)}: ${problem}. ${FORM}.`;
  return new KeywhenError("invalid-option", message);
}
