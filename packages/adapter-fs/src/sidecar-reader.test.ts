import { linkSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { bytes, filesIn, temporaryStore } from "../fixtures/temporary-store.js";
import { watchCalls } from "../fixtures/watch-calls.js";
import { newSidecar, printSidecars } from "./sidecar.js";
import { SidecarReader } from "./sidecar-reader.js";
import { blockingCalls, type SystemCalls } from "./system-calls.js";

const KEYS = ["1", "2", "3"];
const at = (key: string) => ({ bucket: "in", key });
const META = ".keywhen/meta/in";
const LONG_AGO_S = 1_700_000_000.5;

/** A store with three objects that share one sidecar file, which was changed at this time, in seconds. */
async function sharedSidecar(changedAtS: number, options?: { networkFolder: boolean }) {
  const reads: string[] = [];
  const watch = (calls: SystemCalls) =>
    watchCalls(calls, (name, [file]) => {
      if (name === "readText") reads.push(String(file));
    });
  const temporary = await temporaryStore(watch, options);
  const { folder, store } = temporary;
  for (const key of KEYS) await store.put(at(key), bytes(key));
  const names = (await filesIn(join(folder, META))).map((name) => join(folder, META, name));
  const [file = ""] = names;
  const sidecars = names.map((name) => {
    const stamp = name.slice(name.indexOf("%meta-") + "%meta-".length);
    return [stamp, newSidecar({ metadata: { color: "red" } })] as const;
  });
  for (const name of names) rmSync(name);
  writeFileSync(file, printSidecars(new Map(sidecars)));
  for (const name of names.slice(1)) linkSync(file, name);
  utimesSync(file, changedAtS, changedAtS);
  reads.length = 0; // opening the store reads its owner file
  const colorOf = async (key: string) => {
    const { color } = (await store.head(at(key)))?.metadata ?? {};
    return color;
  };
  /** Edits the file in place, as an editor does. */
  const write = (text: string, changedS: number) => {
    writeFileSync(file, text);
    utimesSync(file, changedS, changedS);
  };
  return { ...temporary, reads, file, write, colorOf };
}

describe("a sidecar file that several objects share", () => {
  it("is read once for all of them", async () => {
    const { reads, colorOf } = await sharedSidecar(LONG_AGO_S);
    for (const key of KEYS) expect(await colorOf(key)).toBe("red");
    expect(reads).toHaveLength(1);
  });

  it("is read again if it was changed, even to the same length", async () => {
    const { file, write, colorOf } = await sharedSidecar(LONG_AGO_S);
    expect(await colorOf("1")).toBe("red");
    write(readFileSync(file, "utf8").replaceAll("red", "tan"), LONG_AGO_S + 1);
    expect(await colorOf("1")).toBe("tan");
    write(readFileSync(file, "utf8").replaceAll("tan", "blue"), LONG_AGO_S + 1);
    expect(await colorOf("1")).toBe("blue");
  });

  it("is read each time while a change may get the same modification time", async () => {
    const nowS = Math.ceil(Date.now() / 1000);
    const { file, write, colorOf } = await sharedSidecar(nowS);
    expect(await colorOf("1")).toBe("red");
    write(readFileSync(file, "utf8").replaceAll("red", "tan"), nowS);
    expect(await colorOf("1")).toBe("tan");
  });

  it("is not found any more for an object whose sidecar is gone", async () => {
    const { store, colorOf } = await sharedSidecar(LONG_AGO_S);
    expect(await colorOf("1")).toBe("red");
    await store.put(at("1"), bytes("other"));
    expect(await colorOf("1")).toBeUndefined();
    await store.delete("in", ["2"]);
    expect(await store.head(at("2"))).toBeUndefined();
    expect(await colorOf("3")).toBe("red");
  });

  it("is read each time in a network folder, where others may change it by another clock", async () => {
    const { reads, colorOf } = await sharedSidecar(LONG_AGO_S, { networkFolder: true });
    for (const key of KEYS) expect(await colorOf(key)).toBe("red");
    expect(reads).toHaveLength(KEYS.length);
  });
});

describe("SidecarReader", () => {
  /** Reads the sidecars of two stores in turns, and returns how often a file was read. */
  async function readsOf(mostBytes: number) {
    const stores = [await sharedSidecar(LONG_AGO_S), await sharedSidecar(LONG_AGO_S)];
    let reads = 0;
    const calls = watchCalls(blockingCalls, (name) => {
      if (name === "readText") reads += 1;
    });
    const reader = new SidecarReader(calls, { isLocal: true, mostBytes });
    for (const key of KEYS) {
      for (const { opened, file } of stores) {
        const place = await opened.turns.run(opened.place(at(key)));
        const name = (await filesIn(join(file, ".."))).find((one) =>
          one.startsWith(`${key}%meta-`),
        );
        const stamp = name?.slice(`${key}%meta-`.length) ?? "";
        const sidecar = await opened.turns.run(reader.read(place, stamp));
        expect(sidecar?.metadata).toEqual({ color: "red" });
      }
    }
    const bytesOfOne = readFileSync(stores[0]?.file ?? "").length;
    return { reads, bytesOfOne };
  }

  it("keeps only as many bytes as it may", async () => {
    const { reads, bytesOfOne } = await readsOf(10_000);
    expect(reads).toBe(2);
    expect((await readsOf(bytesOfOne)).reads).toBe(2 * KEYS.length);
    expect((await readsOf(bytesOfOne - 1)).reads).toBe(2 * KEYS.length);
  });
});
