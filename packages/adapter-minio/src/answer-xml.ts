import type {
  DeleteOutput,
  LifecycleRule,
  ListedEntry,
  ListOutput,
  S3Operations,
  XmlElement,
} from "@keywhen/s3-protocol";

// Each function reads one of S3's documents. A document that could not be read is `undefined`: nothing is read from it.

type Document = XmlElement | undefined;
type Tagging = S3Operations["GetObjectTagging"]["output"]["TagSet"];
type ObjectLock = S3Operations["GetObjectLockConfiguration"]["output"]["ObjectLockConfiguration"];

/** The text of the first child element of this name. */
export function textIn(element: Document, name: string): string | undefined {
  return childIn(element, name)?.text;
}

function childIn(element: Document, name: string): Document {
  return element?.children.find((child) => child.name === name);
}

function childrenIn(element: Document, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** A page of ListObjectsV2. */
export function listIn(page: Document): ListOutput {
  return {
    Name: textIn(page, "Name"),
    Prefix: textIn(page, "Prefix"),
    KeyCount: numberIn(page, "KeyCount"),
    Contents: childrenIn(page, "Contents").map(entryIn),
    IsTruncated: booleanIn(page, "IsTruncated"),
    NextContinuationToken: textIn(page, "NextContinuationToken"),
    EncodingType: textIn(page, "EncodingType"),
  };
}

function entryIn(entry: XmlElement): ListedEntry {
  const lastModified = dateIn(entry, "LastModified");
  const isTime = lastModified !== undefined && !Number.isNaN(lastModified.getTime());
  return {
    Key: textIn(entry, "Key"),
    Size: numberIn(entry, "Size"),
    LastModified: isTime ? lastModified : undefined,
  };
}

/** NaN for a text that is not a whole number. */
function numberIn(element: Document, name: string): number | undefined {
  const text = textIn(element, name);
  if (text === undefined) return undefined;
  return /^\d+$/.test(text) ? Number(text) : Number.NaN;
}

function booleanIn(element: Document, name: string): boolean | undefined {
  const text = textIn(element, name);
  return text === "true" || text === "false" ? text === "true" : undefined;
}

function dateIn(element: Document, name: string): Date | undefined {
  const text = textIn(element, name);
  return text === undefined ? undefined : new Date(text);
}

/** The result of DeleteObjects for each key. */
export function deletionsIn(result: Document): DeleteOutput {
  return {
    Deleted: childrenIn(result, "Deleted").map((deleted) => ({ Key: textIn(deleted, "Key") })),
    Errors: childrenIn(result, "Error").map((failure) => ({
      Key: textIn(failure, "Key"),
      Code: textIn(failure, "Code"),
      Message: textIn(failure, "Message"),
    })),
  };
}

export function tagsIn(tagging: Document): Tagging {
  return childrenIn(childIn(tagging, "TagSet"), "Tag").map((tag) => ({
    Key: textIn(tag, "Key"),
    Value: textIn(tag, "Value"),
  }));
}

/** The rules of a bucket's lifecycle, as far as they can hurt or help a schedule. */
export function lifecycleRulesIn(configuration: Document): LifecycleRule[] {
  return childrenIn(configuration, "Rule").map((rule) => {
    const filter = childIn(rule, "Filter");
    const and = childIn(filter, "And");
    const expiration = childIn(rule, "Expiration");
    return {
      ID: textIn(rule, "ID"),
      Status: textIn(rule, "Status"),
      Prefix: textIn(rule, "Prefix"),
      Filter: filter && {
        Prefix: textIn(filter, "Prefix"),
        Tag: childIn(filter, "Tag"),
        And: and && { Prefix: textIn(and, "Prefix"), Tags: [...childrenIn(and, "Tag")] },
      },
      Expiration: expiration && {
        Days: numberIn(expiration, "Days"),
        Date: dateIn(expiration, "Date"),
        ExpiredObjectDeleteMarker: booleanIn(expiration, "ExpiredObjectDeleteMarker"),
      },
      Transitions: [...childrenIn(rule, "Transition")],
      NoncurrentVersionExpiration: childIn(rule, "NoncurrentVersionExpiration"),
    };
  });
}

export function objectLockIn(configuration: Document): ObjectLock {
  const rule = childIn(configuration, "Rule");
  return {
    ObjectLockEnabled: textIn(configuration, "ObjectLockEnabled"),
    Rule: rule && { DefaultRetention: childIn(rule, "DefaultRetention") },
  };
}
