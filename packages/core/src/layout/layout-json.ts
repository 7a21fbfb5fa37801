import { isShardNumber } from "../codec/shard.js";
import { isJsonObject, parseJson } from "../json-shape.js";
import { formatInstant, parseWholeInstant } from "../time/instant.js";
import type { Layout, NumberInUse } from "./layout.js";

const VERSION = 1;

/** Writes the layout object, with a nonce, because on S3 the version of an object is a hash of its content. */
export function writeLayoutJson({ numbers }: Layout, nonce: string): string {
  return JSON.stringify({
    version: VERSION,
    numbers: numbers.map(({ shards, fromMs }) => ({ shards, from: formatInstant(fromMs) })),
    nonce,
  });
}

/**
 * Reads a layout object; `undefined` if that isn't one, or is one of a later version. Fields that it doesn't know are
 * passed over.
 */
export function parseLayoutJson(text: string): Layout | undefined {
  const json = parseJson(text);
  if (!isJsonObject(json) || json["version"] !== VERSION) return undefined;
  if (!Array.isArray(json["numbers"])) return undefined;
  const numbers: NumberInUse[] = [];
  for (const each of json["numbers"]) {
    const number = parseNumber(each);
    if (number === undefined) return undefined; // events may lie where it says
    numbers.push(number);
  }
  return { numbers: numbers.sort((one, other) => one.fromMs - other.fromMs) };
}

function parseNumber(json: unknown): NumberInUse | undefined {
  if (!isJsonObject(json)) return undefined;
  const { shards } = json;
  const fromMs = parseWholeInstant(json["from"]);
  if (fromMs === undefined || !isShardNumber(shards)) return undefined;
  return { shards, fromMs };
}
