import type { ListedEntry } from "@keywhen/s3-protocol";
import type { FastOperation } from "./fast-operation.js";
import { insideOf, textOf } from "./flat-xml.js";

const OPENING = "<Contents>";
const CLOSING = "</Contents>";

/** ListObjectsV2 of keys that come percent-encoded. */
export const LIST_OBJECTS: FastOperation<"ListObjectsV2"> = {
  ask({ Prefix, StartAfter, MaxKeys, EncodingType, ContinuationToken }) {
    const query = {
      "list-type": "2",
      "encoding-type": EncodingType,
      "max-keys": `${MaxKeys}`,
      ...(Prefix === undefined ? {} : { prefix: Prefix }),
      ...(StartAfter === undefined ? {} : { "start-after": StartAfter }),
      ...(ContinuationToken === undefined ? {} : { "continuation-token": ContinuationToken }),
    };
    return { method: "GET", query };
  },
  read(text) {
    const page = insideOf(text, "ListBucketResult");
    if (page === undefined) return undefined;
    const first = page.indexOf(OPENING);
    const last = page.lastIndexOf(CLOSING);
    const entries = first === -1 ? "" : page.slice(first, last + CLOSING.length);
    const Contents = entriesIn(entries);
    // The flags stand before the entries, behind them, or both.
    const around = first === -1 ? page : page.slice(0, first) + page.slice(last + CLOSING.length);
    const flags = flagsIn(around);
    if (Contents === undefined || flags === undefined) return undefined;
    const { count = Contents.length, ...rest } = flags;
    return count === Contents.length ? { Contents, ...rest } : undefined;
  },
};

function flagsIn(around: string) {
  const truncated = textOf(around, "IsTruncated");
  if (truncated !== "true" && truncated !== "false") return undefined;
  if (around.includes("<CommonPrefixes") || around.includes("Contents")) return undefined;
  const token = textOf(around, "NextContinuationToken");
  const encoding = textOf(around, "EncodingType");
  // There, but not to be read.
  if (token === undefined && around.includes("<NextContinuationToken")) return undefined;
  if (encoding === undefined && around.includes("<EncodingType")) return undefined;
  const count = around.includes("<KeyCount") ? Number(textOf(around, "KeyCount")) : undefined;
  return {
    IsTruncated: truncated === "true",
    NextContinuationToken: token,
    EncodingType: encoding,
    count,
  };
}

/** One entry behind the other, and nothing between them. */
function entriesIn(xml: string): ListedEntry[] | undefined {
  const entries: ListedEntry[] = [];
  let at = 0;
  while (at < xml.length) {
    const end = xml.indexOf(CLOSING, at);
    if (!xml.startsWith(OPENING, at) || end === -1) return undefined;
    const entry = entryIn(xml.slice(at + OPENING.length, end));
    if (entry === undefined) return undefined;
    entries.push(entry);
    at = end + CLOSING.length;
  }
  return entries;
}

function entryIn(xml: string): ListedEntry | undefined {
  const Key = textOf(xml, "Key");
  const size = textOf(xml, "Size");
  const time = Date.parse(textOf(xml, "LastModified") ?? "");
  if (!Key || size === undefined || !/^\d+$/.test(size) || Number.isNaN(time)) return undefined;
  return { Key, Size: Number(size), LastModified: new Date(time) };
}
