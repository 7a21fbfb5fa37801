import type { FastOperation } from "./fast-operation.js";
import { fieldsIn, insideOf, rootElement, textOf } from "./flat-xml.js";

const RESULT = rootElement("CopyObjectResult");

/** CopyObject with all that the source carries. */
export const COPY_OBJECT: FastOperation<"CopyObject"> = {
  ask({ Key, CopySource, MetadataDirective }) {
    if (MetadataDirective !== "COPY") return undefined;
    const headers = { "x-amz-copy-source": CopySource, "x-amz-metadata-directive": "COPY" };
    return { method: "PUT", key: Key, headers };
  },
  read(text) {
    const ETag = textOf(fieldsIn(insideOf(text, RESULT) ?? "")?.get("ETag"));
    return ETag ? { CopyObjectResult: { ETag } } : undefined;
  },
};
