import { crc32 } from "node:zlib";
import { type DeleteFailure, escapeXml } from "@keywhen/s3-protocol";
import type { FastOperation } from "./fast-operation.js";
import { eachElement, fieldsIn, insideOf, rootElement, textsIn } from "./flat-xml.js";

const START =
  '<?xml version="1.0" encoding="UTF-8"?><Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/">';
const END = "<Quiet>false</Quiet></Delete>";

const RESULT = rootElement("DeleteResult");

/** The form of most elements, read in one step. */
const USUAL = /^<Key>([^<>&]+)<\/Key>$/;

/** DeleteObjects, whose answer names every key. */
export const DELETE_OBJECTS: FastOperation<"DeleteObjects"> = {
  ask({ Delete: { Objects } }) {
    const keys = Objects.map(({ Key }) => `<Object><Key>${escapeXml(Key)}</Key></Object>`);
    const body = Buffer.from(START + keys.join("") + END);
    return { method: "POST", query: { delete: "" }, headers: headersOf(body), body };
  },
  read(text) {
    const inside = insideOf(text, RESULT);
    if (inside === undefined) return undefined;
    const Deleted: { Key: string }[] = [];
    const Errors: DeleteFailure[] = [];
    const isRead = eachElement(inside, (name, inner) => {
      if (name === "Deleted") return isAdded(Deleted, deletedIn(inner));
      return name === "Error" && isAdded(Errors, failureIn(inner));
    });
    return isRead ? { Deleted, Errors } : undefined;
  },
};

/** The same checksum as the SDK's: S3 requires one for each such request. */
function headersOf(body: Buffer): Readonly<Record<string, string>> {
  const checksum = Buffer.alloc(4);
  checksum.writeUInt32BE(crc32(body));
  return {
    "content-type": "application/xml",
    "content-length": `${body.length}`,
    "x-amz-sdk-checksum-algorithm": "CRC32",
    "x-amz-checksum-crc32": checksum.toString("base64"),
  };
}

function isAdded<T>(list: T[], item: T | undefined): boolean {
  if (item !== undefined) list.push(item);
  return item !== undefined;
}

function deletedIn(xml: string): { Key: string } | undefined {
  const usual = USUAL.exec(xml)?.[1];
  if (usual !== undefined) return { Key: usual };
  const { Key } = textsIn(fieldsIn(xml), ["Key"]) ?? {};
  return Key === undefined ? undefined : { Key };
}

function failureIn(xml: string): DeleteFailure | undefined {
  const { Key, Code, Message } = textsIn(fieldsIn(xml), ["Key", "Code", "Message"]) ?? {};
  return Key === undefined || Code === undefined ? undefined : { Key, Code, Message };
}
