import { PutObjectCommand } from "@aws-sdk/client-s3";
import { createDeadLetters, createScheduler, createSweeper } from "@keywhen/core";
import { withCeph } from "@keywhen/test-servers";
import { describe, expect, it } from "vitest";
import { s3Store } from "./s3-store.js";
import { cephForTests } from "./testing/ceph-for-tests.js";

const NAME = "Müller";
/** Node shows the bytes of a header as Latin-1. */
const RAW = Buffer.from(NAME).toString("latin1");

withCeph(describe)("an event with raw UTF-8 metadata on a Ceph gateway", () => {
  const ceph = cephForTests("schedule", "target");
  const home = () => ({
    store: s3Store({ client: ceph().client, service: "ceph" }),
    bucket: "schedule",
  });
  const nameAt = async (bucket: string, key: string) =>
    (await home().store.head({ bucket, key }))?.metadata["name"];

  /** Writes it like a client that sends headers as UTF-8: the SDK would refuse to sign it. */
  async function writeRaw(id: string): Promise<void> {
    const put = new PutObjectCommand({
      Bucket: "schedule",
      Key: `keywhen/pending/${id}`,
      Body: new TextEncoder().encode("body"),
    });
    put.middlewareStack.add(
      (next) => (args) => {
        const headers: unknown = Reflect.get(Object(args.request), "headers");
        Reflect.set(Object(headers), "x-amz-meta-name", RAW);
        return next(args);
      },
      { step: "deserialize", priority: "low" },
    );
    await ceph().client.send(put);
  }

  it("is rescheduled, and keeps its metadata", async () => {
    const id = `${new Date(Date.now() + 3_600_000).toISOString()}|target|a|raw1`;
    await writeRaw(id);
    const moved = await createScheduler(home()).reschedule(id, { in: "2h" });
    expect(moved.outcome).toBe("rescheduled");
    const { objects } = await home().store.list({ bucket: "schedule", prefix: "keywhen/pending/" });
    expect(objects).toHaveLength(1);
    expect(await nameAt("schedule", objects[0]?.key ?? "")).toBe(RAW);
  });

  it("is delivered, and becomes a dead letter where its target is not allowed", async () => {
    const at = new Date(Date.now() - 60_000).toISOString();
    await writeRaw(`${at}|target|ok|raw2`);
    await writeRaw(`${at}|forbidden|b|raw3`);
    const sweeper = createSweeper({ ...home(), allowTargets: ["target/*"] });
    expect(await sweeper.sweep()).toMatchObject({ delivered: 1, dead: 1, retrying: 0 });
    expect(await nameAt("target", "ok")).toBe(RAW);
    expect(await nameAt("schedule", `keywhen/dead/${at}|forbidden|b|raw3`)).toBe(RAW);
    const redriven = await createDeadLetters(home()).redrive(`${at}|forbidden|b|raw3`, {
      in: "1h",
    });
    expect(redriven.outcome).toBe("redriven");
  });
});
