import type { DeleteFailure, ListedEntry, ListOutput, S3Operations } from "@keywhen/s3-protocol";
import { elementsOf, escapeXml, rootOf, textOf } from "./xml.js";

type Tagging = S3Operations["GetObjectTagging"]["output"]["TagSet"];
type Parts = S3Operations["CompleteMultipartUpload"]["input"]["MultipartUpload"]["Parts"];

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

/** What is asked of DeleteObjects: to tell only of what failed. */
export function deletionXml(keys: readonly string[]): string {
  const objects = keys.map((key) => `<Object><Key>${escapeXml(key)}</Key></Object>`);
  return `<Delete xmlns="${NAMESPACE}"><Quiet>true</Quiet>${objects.join("")}</Delete>`;
}

/** The parts of an object, by rising number. */
export function completionXml(parts: Parts): string {
  const listed = parts.map(({ PartNumber, ETag }) => {
    const etag = escapeXml(ETag ?? "");
    return `<Part><PartNumber>${PartNumber}</PartNumber><ETag>${etag}</ETag></Part>`;
  });
  return `<CompleteMultipartUpload xmlns="${NAMESPACE}">${listed.join("")}</CompleteMultipartUpload>`;
}

/** A page of ListObjectsV2. An answer that is none is a `SyntaxError`: it must not look like an empty page. */
export function listIn(xml: string): ListOutput {
  expectRoot(xml, "ListBucketResult");
  // Beside the entries, whose keys may be many and whose names they share.
  const first = xml.indexOf("<Contents>");
  const last = xml.lastIndexOf("</Contents>");
  const around = first === -1 ? xml : xml.slice(0, first) + xml.slice(last);
  return {
    Contents: Array.from(elementsOf(xml, "Contents"), entryIn),
    IsTruncated: textOf(around, "IsTruncated") === "true",
    NextContinuationToken: textOf(around, "NextContinuationToken"),
    EncodingType: textOf(around, "EncodingType"),
  };
}

function entryIn(xml: string): ListedEntry {
  const lastModified = new Date(textOf(xml, "LastModified") ?? "");
  return {
    Key: textOf(xml, "Key"),
    Size: Number(textOf(xml, "Size") ?? 0),
    LastModified: Number.isNaN(lastModified.getTime()) ? undefined : lastModified,
  };
}

/** The keys that DeleteObjects did not delete. */
export function failuresIn(xml: string): DeleteFailure[] {
  expectRoot(xml, "DeleteResult");
  return Array.from(elementsOf(xml, "Error"), (failure) => ({
    Key: textOf(failure, "Key"),
    Code: textOf(failure, "Code"),
    Message: textOf(failure, "Message"),
  }));
}

export function tagsIn(xml: string): Tagging {
  expectRoot(xml, "Tagging");
  return Array.from(elementsOf(xml, "Tag"), (tag) => ({
    Key: textOf(tag, "Key"),
    Value: textOf(tag, "Value"),
  }));
}

function expectRoot(xml: string, name: string): void {
  const root = rootOf(xml);
  const isWhole = root === name && (xml.includes(`</${name}>`) || xml.includes("/>"));
  if (!isWhole) throw new SyntaxError(`the answer is no ${name} but ${root ?? "no XML"}`);
}
