import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  S3Client,
} from "@aws-sdk/client-s3";
import { checkAnswer, type S3OperationName, type S3Operations } from "@keywhen/s3-protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { COPY_OBJECT } from "./copy-object.js";
import { DELETE_OBJECTS } from "./delete-objects.js";
import type { FastOperation } from "./fast-operation.js";
import { LIST_OBJECTS } from "./list-objects.js";

/** Set `KEYWHEN_SPOILT_ANSWERS=100000` to search further. */
const RUNS = Number(process.env["KEYWHEN_SPOILT_ANSWERS"] ?? 1_000);
const HEAD = '<?xml version="1.0" encoding="UTF-8"?>';
const NS = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"';
const AT = "2026-11-24T08:00:00.000Z";

const COPIES = [
  `${HEAD}\n<CopyObjectResult ${NS}><LastModified>${AT}</LastModified><ETag>&quot;9b2c&quot;</ETag></CopyObjectResult>`,
  // S3 keeps a long copy's connection alive with blanks.
  `${HEAD}\n   \n  <CopyObjectResult ${NS}><ETag>"9b2c"</ETag><ChecksumType>FULL_OBJECT</ChecksumType></CopyObjectResult>`,
  `${HEAD}<CopyObjectResult ${NS}><LastModified>${AT}</LastModified><ETag>9b2c</ETag></CopyObjectResult>\n`,
];
const LISTS = [
  `${HEAD}\n<ListBucketResult ${NS}><Name>b</Name><Prefix>a%7C</Prefix><StartAfter>a</StartAfter><KeyCount>2</KeyCount><MaxKeys>1000</MaxKeys><EncodingType>url</EncodingType><IsTruncated>true</IsTruncated><NextContinuationToken>1/+=&amp;</NextContinuationToken><Contents><Key>a%7C1</Key><LastModified>${AT}</LastModified><ETag>&quot;e&quot;</ETag><ChecksumAlgorithm>CRC32</ChecksumAlgorithm><Size>7</Size><StorageClass>STANDARD</StorageClass></Contents><Contents><Key>a%7C2+3</Key><LastModified>2026-11-24T08:00:01.000Z</LastModified><Size>0</Size></Contents></ListBucketResult>`,
  // Ceph: flags in another order, owners.
  `${HEAD}<ListBucketResult ${NS}><Name>b</Name><Prefix></Prefix><MaxKeys>1000</MaxKeys><IsTruncated>false</IsTruncated><Contents><Key>k</Key><LastModified>${AT}</LastModified><ETag>&quot;e&quot;</ETag><Size>1</Size><StorageClass>STANDARD</StorageClass><Owner><ID>o</ID><DisplayName>Key</DisplayName></Owner><Type>Normal</Type></Contents><EncodingType>url</EncodingType><KeyCount>1</KeyCount></ListBucketResult>`,
  `${HEAD}<ListBucketResult ${NS}><Name>b</Name><Prefix/><KeyCount>0</KeyCount><IsTruncated>false</IsTruncated></ListBucketResult>`,
];
/** Times that no calendar has, or that are not written as S3 writes them. */
const NO_TIMES = ["2026-11-24", `\t${AT}`, "2026-13-24T08:00:00.000Z", "2026-11-24T25:00:00Z", ""];
const DELETES = [
  `${HEAD}\n<DeleteResult ${NS}></DeleteResult>`,
  `${HEAD}<DeleteResult ${NS}/>`,
  `${HEAD}<DeleteResult ${NS}><Error><Key>a&amp;b</Key><Code>AccessDenied</Code><Message>no &lt;right&gt;</Message></Error><Error><Key>c</Key><VersionId>1</VersionId><Code>InternalError</Code><Message>words</Message></Error></DeleteResult>`,
  `${HEAD}<DeleteResult ${NS}><Error><Key>c</Key><Code></Code></Error></DeleteResult>`,
  `${HEAD}<DeleteResult ${NS}><Deleted><Key>a b/ü</Key></Deleted><Deleted><Key>c&amp;d</Key></Deleted></DeleteResult>`,
  `${HEAD}<DeleteResult ${NS}><Deleted><DeleteMarker>true</DeleteMarker><DeleteMarkerVersionId>v</DeleteMarkerVersionId><Key>a</Key></Deleted><Error><Key>b</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>`,
];
const FOREIGN = [
  "",
  " ",
  "well done",
  `${HEAD}<Error><Code>InternalError</Code><Message>again</Message></Error>`,
  "<html><body>proxy</body></html>",
  `${HEAD}<CopyObjectResult ${NS}></CopyObjectResult>`,
  `${HEAD}<CopyObjectResult><ETag><b>9b2c</b></ETag></CopyObjectResult>`,
  `${HEAD}<ListBucketResult/><ListBucketResult/>`,
  `${HEAD}<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>&bogus;</Key></Contents></ListBucketResult>`,
  `${HEAD}<DeleteResult><Deleted><Key>&bogus;</Key></Deleted></DeleteResult>`,
];

/** What the SDK reads in an answer 200 with this body, if the answer confirms the request. */
async function bySdk<N extends S3OperationName>(
  { name, ask }: Case<N>,
  text: string,
): Promise<S3Operations[N]["output"] | "failed"> {
  const handle = async () => ({
    response: { statusCode: 200, headers: {}, body: Readable.from([Buffer.from(text)]) },
  });
  const credentials = { accessKeyId: "a", secretAccessKey: "b" };
  const settings = { region: "us-east-1", credentials, maxAttempts: 1 };
  const client = new S3Client({ ...settings, requestHandler: { handle } });
  try {
    checkAnswer(name, { status: 200, text }, { operation: "list", bucket: "b" });
    return await ask(client);
  } catch {
    return "failed";
  }
}

interface Case<N extends S3OperationName> {
  readonly name: N;
  readonly operation: FastOperation<N>;
  readonly ask: (client: S3Client) => Promise<S3Operations[N]["output"]>;
  readonly plain: readonly string[];
  readonly seen: (output: S3Operations[N]["output"]) => unknown;
}

function describeReading<N extends S3OperationName>(one: Case<N>): void {
  const { name, operation, plain, seen } = one;
  describe(`reading the answer of ${name}`, () => {
    it.each(plain)("reads what stores answer, as the SDK does: %s", async (text) => {
      const ours = operation.read(text);
      const theirs = await bySdk(one, text);
      expect(ours).toBeDefined();
      if (ours !== undefined && theirs !== "failed") expect(seen(ours)).toEqual(seen(theirs));
      expect(theirs).not.toBe("failed");
    });

    it.each(FOREIGN)("leaves the rest to the SDK: %j", (text) => {
      expect(operation.read(text)).toBeUndefined();
    });

    it.each(NO_TIMES)("leaves an answer with the time %j to the SDK", (time) => {
      for (const text of plain.filter((answer) => answer.includes(AT))) {
        expect(operation.read(text.replace(AT, time))).toBeUndefined();
      }
    });

    it.each([
      ["", " ", ""],
      [HEAD, "\n ", ""],
      [HEAD, " ", "<"],
      ["<?xml", "?", ""],
      ["", "<?xml ", ""],
      [HEAD, "<", ""],
      ["<CopyObjectResult", " ", ">"],
      ["<CopyObjectResult><ETag>", "&", ""],
      ["<ListBucketResult>", " ", "</ListBucketResult>"],
      ["<DeleteResult>", " <Deleted>", "</DeleteResult>"],
    ])("leaves 1 MB of blanks or brackets to the SDK: %j, %j, %j", (start, unit, end) => {
      expect(operation.read(start + unit.repeat(1_000_000 / unit.length) + end)).toBeUndefined();
    });

    it("leaves elements that nest without an end to the SDK", () => {
      const levels = Array.from({ length: 20_000 }, (_, level) => `e${level}`);
      const nested = levels.map((level) => `<${level}>`).join("");
      const ends = levels
        .map((level) => `</${level}>`)
        .toReversed()
        .join("");
      for (const text of plain.filter((answer) => answer.includes("Result>"))) {
        expect(operation.read(text.replace(/(?=<\/\w+Result>)/, nested + ends))).toBeUndefined();
      }
    });

    it("leaves every answer that is cut off to the SDK", () => {
      for (const text of plain) {
        for (let length = 0; length < text.trimEnd().length; length++) {
          expect(operation.read(text.slice(0, length))).toBeUndefined();
        }
      }
    });

    it("reads a spoilt answer as the SDK does, or leaves it to the SDK", async () => {
      await fc.assert(
        fc.asyncProperty(spoilt(plain), async (text) => {
          const ours = operation.read(text);
          if (ours === undefined) return;
          const theirs = await bySdk(one, text);
          expect(theirs).not.toBe("failed");
          if (theirs !== "failed") expect(seen(ours)).toEqual(seen(theirs));
        }),
        { numRuns: RUNS, examples: plain.flatMap(foundBefore) },
      );
    });
  });
}

const SPOILERS = [
  ..."<>&;/ \n\t\"'0a",
  "&amp;",
  "&#65;",
  "&bogus;",
  "<!-- x -->",
  "<![CDATA[x]]>",
  "<Key>k</Key>",
  "<Contents>",
  "</Contents>",
  "<Error><Key>x</Key><Code>y</Code></Error>",
  "<IsTruncated>false</IsTruncated>",
  "<ETag>x</ETag>",
  "<New>x</New>",
  "<New/>",
];

/** An answer with an insertion, an omission, or both. */
function spoilt(plain: readonly string[]): fc.Arbitrary<string> {
  const place = fc.double({ min: 0, max: 1, noNaN: true });
  return fc
    .tuple(
      fc.constantFrom(...plain),
      place,
      fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 })),
      fc.constantFrom("", ...SPOILERS),
    )
    .map(([text, where, length, put]) => {
      const at = Math.floor(where * text.length);
      return text.slice(0, at) + put + text.slice(at + length);
    });
}

/** What the search found once, and finds once in some 100,000 answers. */
function foundBefore(text: string): [string][] {
  return [
    [text.replace(AT, `\t${AT}`)],
    [text.replace("</LastModified><", "</LastModified> <")],
    [text.replace("<Message>", "<Message>&#65;")],
  ];
}

describeReading({
  name: "CopyObject",
  operation: COPY_OBJECT,
  ask: (client) => client.send(new CopyObjectCommand({ Bucket: "b", Key: "k", CopySource: "b/s" })),
  plain: COPIES,
  seen: ({ CopyObjectResult }) => CopyObjectResult?.ETag,
});
describeReading({
  name: "ListObjectsV2",
  operation: LIST_OBJECTS,
  ask: (client) => client.send(new ListObjectsV2Command({ Bucket: "b", EncodingType: "url" })),
  plain: LISTS,
  seen: ({ Contents = [], IsTruncated, NextContinuationToken, EncodingType }) => ({
    Contents: Contents.map(({ Key, Size, LastModified }) => ({ Key, Size, LastModified })),
    IsTruncated,
    NextContinuationToken,
    EncodingType,
  }),
});
describeReading({
  name: "DeleteObjects",
  operation: DELETE_OBJECTS,
  ask: (client) =>
    client.send(new DeleteObjectsCommand({ Bucket: "b", Delete: { Objects: [{ Key: "k" }] } })),
  plain: DELETES,
  seen: ({ Deleted = [], Errors = [] }) => ({
    deleted: Deleted.map(({ Key }) => Key),
    failed: Errors.map(({ Key, Code, Message }) => ({ Key, Code: Code || undefined, Message })),
  }),
});
