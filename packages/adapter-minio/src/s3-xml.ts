import type { DeleteOutput, ListedEntry, ListOutput, S3Operations } from "@keywhen/s3-protocol";
import { elementsOf, escapeXml, textOf } from "./xml.js";

type Tagging = S3Operations["GetObjectTagging"]["output"]["TagSet"];
type Parts = S3Operations["CompleteMultipartUpload"]["input"]["MultipartUpload"]["Parts"];

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** What is asked of DeleteObjects: an answer that names every key. */
export function deletionXml(keys: readonly string[]): string {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`);
  return `<Delete xmlns="${NAMESPACE}"><Quiet>false</Quiet>${objects.join("")}</Delete>`;
}

/** The parts of an object, by rising number. */
export function completionXml(parts: Parts): string {
  const listed = parts.map(({ PartNumber, ETag }) => {
    const etag = escapeXml(ETag ?? "");
    return `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${etag}</ETag></Part>`;
  });
  return `<CompleteMultipartUpload xmlns="${NAMESPACE}">${listed.join("")}</CompleteMultipartUpload>`;
}

/** A page of ListObjectsV2. */
export function listIn(xml: string): ListOutput {
  // Beside the entries, whose keys may be many and whose names they share.
  const first = xml.indexOf("<Contents>");
  const last = xml.lastIndexOf("</Contents>");
  const around = first === -1 ? xml : xml.slice(0, first) + xml.slice(last);
  return {
    Name: textOf(around, "Name"),
    Prefix: textOf(around, "Prefix"),
    KeyCount: numberOf(textOf(around, "KeyCount")),
    Contents: Array.from(elementsOf(xml, "Contents"), entryIn),
    IsTruncated: booleanOf(textOf(around, "IsTruncated")),
    NextContinuationToken: textOf(around, "NextContinuationToken"),
    EncodingType: textOf(around, "EncodingType"),
  };
}

/** NaN for what is no whole number. */
function numberOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function booleanOf(text: string | undefined): boolean | undefined {
  return text === "true" || text === "false" ? text === "true" : undefined;
}

function entryIn(xml: string): ListedEntry {
  const lastModified = new Date(textOf(xml, "LastModified") ?? "");
  return {
    Key: textOf(xml, "Key"),
    Size: numberOf(textOf(xml, "Size")),
    LastModified: Number.isNaN(lastModified.getTime()) ? undefined : lastModified,
  };
}

/** What DeleteObjects did with each key. */
export function deletionsIn(xml: string): DeleteOutput {
  return {
    Deleted: Array.from(elementsOf(xml, "Deleted"), (deleted) => ({ Key: textOf(deleted, "Key") })),
    Errors: Array.from(elementsOf(xml, "Error"), (failure) => ({
      Key: textOf(failure, "Key"),
      Code: textOf(failure, "Code"),
      Message: textOf(failure, "Message"),
    })),
  };
}

export function tagsIn(xml: string): Tagging {
  return Array.from(elementsOf(xml, "Tag"), (tag) => ({
    Key: textOf(tag, "Key"),
    Value: textOf(tag, "Value"),
  }));
}
