import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { azureError, onWire } from "./testing/on-wire.js";

const HEADERS = { "content-type": "multipart/mixed; boundary=answer" };

describe("deleteObjects()", () => {
  it("returns a result for each key, in the order of the keys", async () => {
    const { store, requests } = await onWire(() =>
      batch([
        [2, "403 Forbidden", "AuthorizationPermissionMismatch"],
        [0, "202 Accepted"],
        [3, "503 Busy", "ServerBusy"],
        [1, "404 Not Found", "BlobNotFound"],
        [4, "502 Bad Gateway"],
      ]),
    );
    const answers = await store.delete("bucket", ["a", "b", "dots.", "c", "d", "e"]);
    const said = answers.map((one) => (one.outcome === "gone" ? "gone" : one.error.code));
    expect(said).toEqual(["gone", "gone", "invalid-key", "denied", "throttled", "unavailable"]);
    expect(answers[3]).toMatchObject({ error: { bucket: "bucket", key: "c", undecided: false } });
    expect(requests).toHaveLength(1);
    expect(requests[0]?.body.toString().match(/^DELETE .*$/gm)).toHaveLength(5);
  });

  it("deletes a single key without a batch, its snapshots too", async () => {
    const { store, requests } = await onWire(() => ({ status: 202 }));
    expect(await store.delete("bucket", ["a"])).toEqual([{ outcome: "gone" }]);
    expect(requests[0]).toMatchObject({ method: "DELETE", url: "/account/bucket/a" });
    expect(requests[0]?.headers["x-ms-delete-snapshots"]).toBe("include");
  });

  it("throws if the container is missing, by the answer to the batch or to a key", async () => {
    const whole = await onWire(() => azureError(404, "ContainerNotFound"));
    expect((await storeErrorOf(whole.store.delete("b", ["a"]))).code).toBe("no-such-bucket");
    const inside = await onWire(() =>
      batch([
        [0, "404 Not Found", "ContainerNotFound"],
        [1, "404 Not Found", "ContainerNotFound"],
      ]),
    );
    expect((await storeErrorOf(inside.store.delete("b", ["a", "c"]))).code).toBe("no-such-bucket");
  });

  it("does not believe a batch with the results of fewer keys", async () => {
    const { store } = await onWire(() => batch([[0, "400 Bad Request", "InvalidInput"]]));
    const error = await storeErrorOf(store.delete("bucket", ["a", "b"]));
    expect(error).toMatchObject({ code: "unexpected", undecided: true });
  });

  it("refuses more keys than a batch takes", async () => {
    const { store, requests } = await onWire(() => "reset");
    const keys = Array.from({ length: 257 }, (_, index) => `${index}`);
    const error = await storeErrorOf(store.delete("bucket", keys));
    expect([error.code, requests.length]).toEqual(["not-supported", 0]);
  });
});

type Part = readonly [id: number, status: string, code?: string];

function batch(parts: readonly Part[]) {
  const said = parts.map(([id, status, code]) =>
    [
      "--answer",
      "Content-Type: application/http",
      `Content-ID: ${id}`,
      "",
      `HTTP/1.1 ${status}`,
      ...(code === undefined ? [] : [`x-ms-error-code: ${code}`]),
      "",
      "",
    ].join("\r\n"),
  );
  return { status: 202, headers: HEADERS, body: `${said.join("")}--answer--\r\n` };
}
