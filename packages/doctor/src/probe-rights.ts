import { deleteOne } from "@keywhen/core/internal";
import type { Finding, ObjectInfo, ObjectRef } from "@keywhen/core/store";
import { type Examination, finding } from "./examination.js";

const BODY = new TextEncoder().encode("keywhen doctor --probe");
const HEADERS = { contentType: "text/x-keywhen-probe", cacheControl: "no-store" };
const KEPT = { "keywhen-probe": "kept" };
const REPLACED = { "keywhen-probe": "replaced" };

/** Writes, reads, copies and deletes an object, to check each permission. Returns whether it may write. */
export async function* probeRights(examination: Examination): AsyncGenerator<Finding, boolean> {
  const source = examination.probe("source");
  const put = await finding("put", () => probePut(examination, source));
  yield put;
  if (put.status === "fail") return false;
  yield await finding("get", () => probeGet(examination, source));
  yield await finding("copy", () => probeCopy(examination, source));
  yield await finding("delete", () => probeDelete(examination, examination.probe("to-delete")));
  return true;
}

async function probePut({ store, timed }: Examination, ref: ObjectRef): Promise<Finding> {
  const options = { ...HEADERS, metadata: KEPT };
  const { result, tookMs } = await timed((call) => store.put(ref, BODY, { ...options, ...call }));
  if (result.outcome !== "written")
    return wrong("put", `a put without a condition answers "${result.outcome}"`);
  return { name: "put", status: "ok", detail: `${Math.round(tookMs)} ms` };
}

async function probeGet({ store, call }: Examination, ref: ObjectRef): Promise<Finding> {
  const opened = await store.get(ref, call);
  if (opened === undefined) return wrong("get", "the object just written is missing");
  const read = new Uint8Array(await new Response(opened.body).arrayBuffer());
  const isSame = read.length === BODY.length && read.every((byte, index) => byte === BODY[index]);
  if (!isSame)
    return wrong(
      "get",
      `${BODY.length} bytes were written, ${read.length} different bytes were read`,
    );
  return { name: "get", status: "ok", detail: "returns the written bytes" };
}

async function probeCopy(examination: Examination, source: ObjectRef): Promise<Finding> {
  const { store, call } = examination;
  const plain = examination.probe("copy");
  const relabelled = examination.probe("copy-with-metadata");
  const { outcome } = await store.copy(source, plain, call);
  await store.copy(source, relabelled, { ...call, metadata: REPLACED });
  if (outcome !== "copied")
    return wrong("copy", `a copy of an existing object answers "${outcome}"`);
  const lost =
    lostIn("a copy", await store.head(plain, call), KEPT) ??
    lostIn("a copy with new metadata", await store.head(relabelled, call), REPLACED);
  if (lost !== undefined) return wrong("copy", lost);
  return { name: "copy", status: "ok", detail: "keeps headers, keeps or replaces metadata" };
}

function lostIn(
  what: string,
  copy: ObjectInfo | undefined,
  metadata: Readonly<Record<string, string>>,
): string | undefined {
  if (copy === undefined) return `${what} was confirmed but is missing`;
  if (copy.size !== BODY.length) return `${what} has ${copy.size} bytes, not ${BODY.length}`;
  const found = copy.metadata["keywhen-probe"];
  if (found !== metadata["keywhen-probe"])
    return `${what} has the metadata of ${found ?? "another object"}`;
  const isKept =
    copy.contentType === HEADERS.contentType && copy.cacheControl === HEADERS.cacheControl;
  return isKept ? undefined : `${what} loses its content type or cache control`;
}

async function probeDelete({ store, call }: Examination, ref: ObjectRef): Promise<Finding> {
  await store.put(ref, BODY, call);
  await deleteOne(store, ref, call);
  if ((await store.head(ref, call)) !== undefined) {
    return wrong("delete", "the delete was confirmed, but the object still exists");
  }
  return { name: "delete", status: "ok", detail: "effective immediately" };
}

function wrong(name: string, detail: string): Finding {
  return { name, status: "fail", detail, hint: "keep the schedule in another store" };
}
