import { describe, expect, it } from "vitest";
import type { BucketPlace } from "./bucket-place.js";
import { knownPlaces } from "./known-places.js";

const place = (region: string): BucketPlace => ({
  protocol: "https:",
  hostname: "h",
  port: undefined,
  host: "h",
  pathPrefix: "",
  region,
  userAgent: "u",
  signedAgents: {},
  prototype: {},
});

describe("knownPlaces()", () => {
  it("lets one request learn a bucket's place, and others wait for its signature only", async () => {
    const places = knownPlaces(() => 0);
    expect(places.isDue("b")).toBe(true);
    let sign: (found: BucketPlace | undefined) => void = () => {};
    let answer: (text: string) => void = () => {};
    const learning = places.learnBy("b", (found) => {
      sign = found;
      return new Promise<string>((resolve) => {
        answer = resolve;
      });
    });
    expect(places.isDue("b")).toBe(false);
    const waiting = places.of("b");
    sign(place("r"));
    expect(await waiting).toEqual(place("r"));
    expect(places.of("b")).toEqual(place("r")); // without a promise from now on
    answer("done");
    expect(await learning).toBe("done");
    expect(places.isDue("other")).toBe(true);
  });

  it("learns again after five minutes, and uses the old place until then", async () => {
    let nowMs = 0;
    const places = knownPlaces(() => nowMs);
    await places.learnBy("b", async (found) => found(place("old")));
    nowMs = 299_999;
    expect(places.isDue("b")).toBe(false);
    nowMs = 300_000;
    expect(places.isDue("b")).toBe(true);
    await places.learnBy("b", async (found) => {
      expect(places.isDue("b")).toBe(false);
      expect(places.of("b")).toEqual(place("old"));
      found(place("new"));
    });
    expect(places.of("b")).toEqual(place("new"));
  });

  it("lets the next request learn if one failed before it was signed, and leaves no request waiting", async () => {
    const places = knownPlaces(() => 0);
    const failing = places.learnBy("b", async () => {
      throw new Error("no credentials");
    });
    const waiting = places.of("b");
    await expect(failing).rejects.toThrow("no credentials");
    expect(await waiting).toBeUndefined();
    expect(places.isDue("b")).toBe(true);
  });

  it("keeps for five minutes that a bucket has to go through the SDK", async () => {
    const places = knownPlaces(() => 0);
    await places.learnBy("b", async (found) => found(undefined));
    expect(places.isDue("b")).toBe(false);
    expect(places.of("b")).toBeUndefined();
    places.forget("b");
    expect(places.isDue("b")).toBe(true);
  });

  it("learns all places again after very many buckets, so that memory is bounded", async () => {
    const places = knownPlaces(() => 0);
    const learn = (bucket: string) => places.learnBy(bucket, async (found) => found(place("r")));
    await learn("first");
    expect(places.isDue("first")).toBe(false);
    for (let i = 0; i < 10_000; i++) await learn(`${i}`);
    expect(places.isDue("first")).toBe(true);
    expect(places.isDue("9999")).toBe(false);
  });
});
