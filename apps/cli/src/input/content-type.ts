import { extname } from "node:path";

/** The usual types of payloads. `--type` sets any other one. */
const BY_EXTENSION: Readonly<Record<string, string>> = {
  ".csv": "text/csv",
  ".gz": "application/gzip",
  ".html": "text/html",
  ".jpeg": "image/jpeg",
  ".jpg": "image/jpeg",
  ".json": "application/json",
  ".jsonl": "application/x-ndjson",
  ".md": "text/markdown",
  ".ndjson": "application/x-ndjson",
  ".pdf": "application/pdf",
  ".png": "image/png",
  ".txt": "text/plain",
  ".xml": "application/xml",
  ".yaml": "application/yaml",
  ".yml": "application/yaml",
  ".zip": "application/zip",
};

/** Returns the content type for a file's name; `undefined` for an unusual extension. */
export function typeOfFile(name: string): string | undefined {
  return BY_EXTENSION[extname(name).toLowerCase()];
}

/** Returns JSON for an object or an array, plain text for other text, `undefined` for an empty text. */
export function typeOfText(text: string): string | undefined {
  if (text === "") return undefined;
  return isJsonContainer(text) ? "application/json" : "text/plain; charset=utf-8";
}

function isJsonContainer(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
