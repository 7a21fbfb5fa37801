import type { FastOperation } from "./fast-operation.js";
import { fieldsIn, insideOf, textOf } from "./flat-xml.js";

/** CopyObject with all that the source carries. */
export const COPY_OBJECT: FastOperation<"CopyObject"> = {
  ask({ Key, CopySource, MetadataDirective }) {
    if (MetadataDirective !== "COPY") return undefined;
    const headers = { "x-amz-copy-source": CopySource, "x-amz-metadata-directive": "COPY" };
    return { method: "PUT", key: Key, headers };
  },
  read(text) {
    const ETag = textOf(fieldsIn(insideOf(text, "CopyObjectResult") ?? "")?.get("ETag"));
    return ETag ? { CopyObjectResult: { ETag } } : undefined;
  },
};
