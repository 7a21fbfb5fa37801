import type { ListedEntry, ListOutput } from "@keywhen/s3-protocol";
import type { FastOperation } from "./fast-operation.js";
import {
  eachElement,
  fieldsIn,
  insideOf,
  isInstant,
  rootElement,
  takeField,
  textsIn,
} from "./flat-xml.js";

const RESULT = rootElement("ListBucketResult");

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
    const page = insideOf(text, RESULT);
    if (page === undefined) return undefined;
    const Contents: ListedEntry[] = [];
    const flags = new Map<string, string>();
    const isRead = eachElement(page, (name, inner) => {
      if (name !== "Contents") return takeField(flags, name, inner);
      const entry = entryIn(inner);
      if (entry !== undefined) Contents.push(entry);
      return entry !== undefined;
    });
    return isRead ? pageOf(Contents, flags) : undefined;
  },
};

function pageOf(
  Contents: ListedEntry[],
  flags: ReadonlyMap<string, string>,
): ListOutput | undefined {
  const truncated = flags.get("IsTruncated");
  if (truncated !== "true" && truncated !== "false") return undefined;
  if (Number(flags.get("KeyCount") ?? Contents.length) !== Contents.length) return undefined;
  const texts = textsIn(flags, ["Name", "Prefix", "NextContinuationToken", "EncodingType"]);
  return texts && { Contents, IsTruncated: truncated === "true", ...texts };
}

function entryIn(xml: string): ListedEntry | undefined {
  const fields = fieldsIn(xml);
  const {
    Key,
    Size = "",
    LastModified = "",
  } = textsIn(fields, ["Key", "Size", "LastModified"]) ?? {};
  if (!Key || !/^\d+$/.test(Size) || !isInstant(LastModified)) return undefined;
  return { Key, Size: Number(Size), LastModified: new Date(LastModified) };
}
