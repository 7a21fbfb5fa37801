import { type Purpose, unconfirmed } from "@keywhen/adapter-kit";
import type { S3OperationName } from "./s3-operations.js";
import { walkXml } from "./xml.js";

/** Any other answer may come from a proxy, a login page or a wrong host. */
interface ExpectedAnswer {
  readonly statuses: readonly number[];
  /** The outermost XML element, `nothing` without a body, or `object` for the object's body. */
  readonly body: string;
}

const document = (body: string): ExpectedAnswer => ({ statuses: [200], body });
/** Ceph may answer a put with 201. */
const STORED: ExpectedAnswer = { statuses: [200, 201], body: "nothing" };
const REMOVED: ExpectedAnswer = { statuses: [204], body: "nothing" };

const EXPECTED: Readonly<Record<S3OperationName, ExpectedAnswer>> = {
  PutObject: STORED,
  UploadPart: STORED,
  HeadObject: document("nothing"),
  GetObject: document("object"),
  GetObjectTagging: document("Tagging"),
  ListObjectsV2: document("ListBucketResult"),
  CopyObject: document("CopyObjectResult"),
  DeleteObject: REMOVED,
  DeleteObjects: document("DeleteResult"),
  CreateMultipartUpload: document("InitiateMultipartUploadResult"),
  UploadPartCopy: document("CopyPartResult"),
  CompleteMultipartUpload: document("CompleteMultipartUploadResult"),
  AbortMultipartUpload: REMOVED,
  GetBucketLifecycleConfiguration: document("LifecycleConfiguration"),
  GetBucketVersioning: document("VersioningConfiguration"),
  GetObjectLockConfiguration: document("ObjectLockConfiguration"),
};

export interface SuccessfulAnswer {
  readonly status: number;
  readonly text: string;
}

export function hasReadableBody(name: S3OperationName): boolean {
  return EXPECTED[name].body !== "object" && name !== "HeadObject";
}

/** Throws `unexpected` for a 2xx that is not S3's whole answer to this request. Accepts an `<Error>`, which the caller must look for. */
export function checkAnswer(
  name: S3OperationName,
  answer: SuccessfulAnswer,
  purpose: Purpose,
): void {
  const problem = problemOf(EXPECTED[name], answer);
  if (problem !== undefined) throw unconfirmed(purpose, problem);
}

/** Whether the outermost element of an answer is an `<Error>`: S3 can answer 200 and fail. */
export function isErrorDocument(text: string): boolean {
  return rootOf(text)?.name === "Error";
}

function problemOf(
  { statuses, body }: ExpectedAnswer,
  { status, text }: SuccessfulAnswer,
): string | undefined {
  const root = rootOf(text);
  if (root?.name === "Error") return undefined;
  if (!statuses.includes(status)) return `its status is ${status}, not ${statuses[0]}`;
  if (body === "object") return undefined;
  if (body === "nothing") return text.trim() === "" ? undefined : `it has a body, ${kindOf(text)}`;
  if (root?.name !== body) return `its body is ${kindOf(text)}, not a ${body}`;
  if (!root.isWhole) return `its ${body} is cut off`;
  return documentProblem(text, body);
}

function documentProblem(text: string, body: string): string | undefined {
  let problem: string | undefined;
  const isWellFormed = walkXml(text, (name, around, inner) => {
    if (name === "Error" && (body !== "DeleteResult" || around.length !== 1)) {
      problem ??= `it has an <Error> in its ${around.join("/")}`;
    } else if (
      name === "IsTruncated" &&
      around.length === 1 &&
      inner !== "true" &&
      inner !== "false"
    ) {
      problem ??= `its IsTruncated is "${inner ?? ""}", not true or false`;
    }
  });
  return isWellFormed ? problem : `its ${body} is not one whole XML document`;
}

const OPENING = /<([A-Za-z_][\w.:-]*)(?=[\s/>])/y;

/** One regular expression could take quadratic time on blanks. */
function rootOf(text: string): { readonly name: string; readonly isWhole: boolean } | undefined {
  OPENING.lastIndex = rootStart(text);
  const name = OPENING.exec(text)?.[1];
  const opened = text.indexOf(">", OPENING.lastIndex);
  if (name === undefined || opened === -1) return undefined;
  const isWhole = text[opened - 1] === "/" || text.trimEnd().endsWith(`</${name}>`);
  return { name: name.slice(name.indexOf(":") + 1), isWhole };
}

function rootStart(text: string): number {
  const start = text.length - text.trimStart().length;
  if (!text.startsWith("<?xml", start)) return start;
  const end = text.indexOf(">", start);
  if (text[end - 1] !== "?") return start;
  const rest = text.slice(end + 1);
  return text.length - rest.trimStart().length;
}

function kindOf(text: string): string {
  if (text.trim() === "") return "empty";
  if (/^<(?:!doctype html|html)/i.test(text.trimStart())) return "an HTML page";
  const root = rootOf(text);
  return root === undefined ? "no XML" : `<${root.name}>`;
}
