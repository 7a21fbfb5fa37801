import { s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { LANES, onWireBy, xml } from "./testing/on-wire.js";

const failed = (key: string, code: string) =>
  `<Error><Key>${key}</Key><Code>${code}</Code><Message>words</Message></Error>`;

const deleted = (key: string) => `<Deleted><Key>${key}</Key></Deleted>`;

const DELETED = `<DeleteResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${deleted("a")}</DeleteResult>`;

describe.each(LANES)("delete() by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it("returns a result for each key, in the order of the keys", async () => {
    const { store, asked, requests } = await onWire(() =>
      xml(
        `<DeleteResult>${deleted("a")}${failed("d", "SlowDown")}${failed("b", "AccessDenied")}${failed("c", "NoSuchKey")}${failed("e", "InternalError")}</DeleteResult>`,
      ),
    );
    const answers = await store.delete("here", ["a", "b", "c", "d", "e"]);
    const results = answers.map((one) => (one.outcome === "gone" ? "gone" : one.error.code));
    expect(results).toEqual(["gone", "denied", "gone", "throttled", "unavailable"]);
    expect(answers[1]).toMatchObject({ error: { key: "b", bucket: "here", undecided: false } });
    expect(asked()).toEqual(["POST /here/?delete="]);
    expect(requests[0]?.body.toString()).toContain("<Quiet>false</Quiet>");
  });

  it("reports a delete that met another write as a conflict", async () => {
    const { store } = await onWire(() => xml(`<DeleteResult>${failed("a", "")}</DeleteResult>`));
    expect(await store.delete("here", ["a"])).toMatchObject([
      { outcome: "failed", error: { code: "conflict", retryable: true } },
    ]);
  });

  it("throws what stops the whole request", async () => {
    const { store } = await onWire(() => s3Error(404, "NoSuchBucket"));
    expect((await storeErrorOf(store.delete("here", ["a"]))).code).toBe("no-such-bucket");
  });

  it("does not believe an answer that names other keys", async () => {
    const { store } = await onWire(() =>
      xml(`<DeleteResult>${failed("x", "AccessDenied")}</DeleteResult>`),
    );
    expect((await storeErrorOf(store.delete("here", ["a"]))).code).toBe("unexpected");
  });

  it("deletes one by one what XML can't carry", async () => {
    const { store, asked } = await onWire(({ method, url }) => {
      if (method === "POST") return xml(DELETED);
      return url.includes("%02") ? s3Error(403, "AccessDenied") : { status: 204 };
    });
    const answers = await store.delete("here", ["\u0001", "a", "\u0002", "b\r"]);
    expect(answers.map(({ outcome }) => outcome)).toEqual(["gone", "gone", "failed", "gone"]);
    expect(asked()).toEqual([
      "POST /here/?delete=",
      "DELETE /here/%01",
      "DELETE /here/%02",
      "DELETE /here/b%0D",
    ]);
  });

  it("refuses more keys than one request takes, and sends nothing", async () => {
    const { store, requests } = await onWire(() => xml(DELETED));
    const keys = Array.from({ length: 1_001 }, (_, index) => `${index}`);
    expect((await storeErrorOf(store.delete("here", keys))).code).toBe("not-supported");
    expect(await store.delete("here", [])).toEqual([]);
    expect(requests).toHaveLength(0);
  });
});
