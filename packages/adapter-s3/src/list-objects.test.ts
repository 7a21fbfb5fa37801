import { storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { LANES, LAST, listPage, onWireBy } from "./testing/on-wire.js";

describe.each(LANES)("list() by the $lane", ({ fastLane }) => {
  const onWire = onWireBy(fastLane);

  it("decodes keys once, and only if the store says that they are encoded", async () => {
    const keys = ["a%2Fb", "c+d", "e%2Bf", "%25", "%0A"];
    const encoded = await onWire(() => listPage(keys));
    const { objects } = await encoded.store.list({ bucket: "here" });
    expect(objects.map(({ key }) => key)).toEqual(["a/b", "c d", "e+f", "%", "\n"]);
    const plain = await onWire(() => listPage(keys, LAST, ""));
    const { objects: asTheyAre } = await plain.store.list({ bucket: "here" });
    expect(asTheyAre.map(({ key }) => key)).toEqual(keys);
  });

  it("sends prefix, start and limit", async () => {
    const { store, asked } = await onWire(() => listPage([]));
    await store.list({ bucket: "here", prefix: "p|/", startAfter: "p|/a", limit: 5_000 });
    expect(asked()).toEqual([
      "GET /here/?encoding-type=url&list-type=2&max-keys=1000&prefix=p%7C%2F&start-after=p%7C%2Fa",
    ]);
  });

  it("continues when the store answers that there is more and lists nothing yet", async () => {
    const more = "<IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>";
    const { store, asked } = await onWire((_, index) =>
      index === 0 ? listPage([], more) : listPage(["a"]),
    );
    const kinds: string[] = [];
    const listed = await store.list({ bucket: "here" }, { onRequest: (kind) => kinds.push(kind) });
    expect(listed.objects).toHaveLength(1);
    expect(asked()[1]).toContain("continuation-token=t");
    expect(kinds).toEqual(["list", "list"]);
  });

  it("refuses a directory bucket, which lists in no order", async () => {
    const { store, requests } = await onWire(() => listPage([]));
    const error = await storeErrorOf(store.list({ bucket: "jobs--use1-az4--x-s3" }));
    expect({ ...error }).toMatchObject({ code: "not-supported", undecided: false });
    expect(error.message).toContain("keys in order");
    expect(requests).toHaveLength(0);
  });
});
