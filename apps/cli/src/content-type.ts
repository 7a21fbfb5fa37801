import { extname } from "node:path";

/** The types that events are made of in practice; for anything else there is `--type`. */
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

/** The content type that a file's name tells; `undefined` for an unusual one. */
export function typeOfFile(name: string): string | undefined {
  return BY_EXTENSION[extname(name).toLowerCase()];
}

/** JSON for an object or an array written as such, plain text for other text, nothing for nothing. */
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
