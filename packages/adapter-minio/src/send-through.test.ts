import { MEBIBYTE, mebibytes, s3Error, storeErrorOf } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { onWire, xml } from "./testing/on-wire.js";

const ref = { bucket: "here", key: "k" };
const away = { bucket: "away", key: "k" };
const bytes = new TextEncoder().encode("body");

describe("a call of the store", () => {
  it("does not change the user's client", async () => {
    const { store, client, requests } = await onWire(() => ({ headers: { etag: '"e"' } }));
    const before = { ...client };
    await store.put(ref, bytes);
    await store.put(ref, mebibytes(9), { size: 9 * MEBIBYTE });
    expect({ ...client }).toEqual(before);
    await client.statObject("here", "k");
    // The client itself asks for the region first.
    expect(requests).toHaveLength(4);
  });

  it("is signed for the client's region, without asking for one", async () => {
    const answer = () => ({ headers: { etag: '"e"' } });
    const usual = await onWire(answer);
    await usual.store.put(ref, bytes);
    expect(usual.requests[0]?.headers["authorization"]).toContain("/us-east-1/s3/");
    const own = await onWire(answer, { region: "eu-west-3" });
    await own.store.put(ref, bytes);
    expect(own.requests[0]?.headers["authorization"]).toContain("/eu-west-3/s3/");
    expect([...usual.asked(), ...own.asked()]).toEqual(["PUT /here/k", "PUT /here/k"]);
  });

  it("signs the hash of a body, and no payload of a stream", async () => {
    const { store, requests } = await onWire(() => ({ headers: { etag: '"e"' } }));
    await store.put(ref, bytes);
    await store.put(ref, mebibytes(9), { size: 9 * MEBIBYTE });
    const [body, stream] = requests.map(({ headers }) => headers["x-amz-content-sha256"]);
    expect(body).toMatch(/^[0-9a-f]{64}$/);
    expect(stream).toBe("UNSIGNED-PAYLOAD");
    expect(requests[1]?.headers["content-length"]).toBe(`${9 * MEBIBYTE}`);
  });

  it("goes through the client's own transport", async () => {
    const http = await import("node:http");
    let seen = 0;
    const request = (...args: unknown[]) => {
      seen += 1;
      return Reflect.apply(http.request, undefined, args);
    };
    const { store } = await onWire(() => ({ headers: { etag: '"e"' } }), {
      transport: { request },
    });
    await store.put(ref, bytes);
    expect(seen).toBe(1);
  });
});

describe("an answer", () => {
  it("is a failure if it is an <Error> with status 200", async () => {
    const failure = xml("<Error><Code>InternalError</Code><Message>words</Message></Error>");
    const { store } = await onWire(() => failure);
    expect({ ...(await storeErrorOf(store.copy(ref, away))) }).toMatchObject({
      code: "unavailable",
      undecided: true,
    });
    expect((await storeErrorOf(store.delete("here", ["k"]))).code).toBe("unavailable");
  });

  it("fails the call if it breaks off", async () => {
    const { store } = await onWire(() => ({
      body: `<ListBucketResult>${" ".repeat(100_000)}</ListBucketResult>`,
      cutAfterBytes: 50_000,
    }));
    expect((await storeErrorOf(store.list({ bucket: "here" }))).code).toBe("unavailable");
  });

  it("has the result of each deleted key, in the order of the keys", async () => {
    const { store, requests } = await onWire(() =>
      xml(
        "<DeleteResult><Deleted><Key>a</Key></Deleted><Deleted><Key>c</Key></Deleted><Error><Key>b&lt;&#38;</Key><Code>AccessDenied</Code><Message>no</Message></Error></DeleteResult>",
      ),
    );
    const results = await store.delete("here", ["a", "b<&", "c"]);
    expect(results.map(({ outcome }) => outcome)).toEqual(["gone", "failed", "gone"]);
    expect(results[1]).toMatchObject({ error: { code: "denied", key: "b<&" } });
    expect(requests[0]?.body.toString()).toContain("<Key>b&lt;&amp;</Key>");
    expect(requests[0]?.headers["content-md5"]).toMatch(/^[\w+/]{22}==$/);
  });

  it("leaves the connection free for the next call", async () => {
    const http = await import("node:http");
    const transportAgent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const { store, connections } = await onWire(() => s3Error(503, "SlowDown"), { transportAgent });
    for (let call = 0; call < 5; call += 1) await storeErrorOf(store.put(ref, bytes));
    expect(await connections()).toBe(1);
    transportAgent.destroy();
  });
});
