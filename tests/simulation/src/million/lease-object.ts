import type { Body, OpenObject, PutCondition, PutResult } from "@keywhen/core/store";

/** The lease object of one shard. */
export class LeaseObject {
  #writes = 0;
  #written: { readonly bytes: Uint8Array; readonly version: string } | undefined;

  get(nowMs: number): OpenObject | undefined {
    if (this.#written === undefined) return undefined;
    const { bytes, version } = this.#written;
    return {
      body: new Response(Uint8Array.from(bytes)).body ?? new ReadableStream(),
      size: bytes.length,
      version,
      lastModified: new Date(nowMs),
      metadata: {},
      contentType: undefined,
      contentEncoding: undefined,
      cacheControl: undefined,
    };
  }

  put(body: Body, condition: PutCondition | undefined): PutResult {
    if (!(body instanceof Uint8Array)) throw new Error("A lease must be bytes (got a stream).");
    if (condition?.if === "absent" && this.#written !== undefined) return { outcome: "exists" };
    if (condition?.if === "version" && this.#written?.version !== condition.version) {
      return { outcome: "changed" };
    }
    this.#writes += 1;
    this.#written = { bytes: body, version: String(this.#writes) };
    return { outcome: "written", version: this.#written.version };
  }
}
