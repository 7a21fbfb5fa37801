import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { openCephAccount, type TestS3Account, withCeph } from "@keywhen/test-servers";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { inAddress, startDemo, type TestDemo } from "./testing/start-demo.js";

withCeph(describe)("the demo on a real bucket", () => {
  let server: TestS3Account;
  let demo: TestDemo;

  beforeAll(async () => {
    server = await openCephAccount();
    const { endpoint, region, accessKeyId, secretAccessKey } = server;
    const credentials = { accessKeyId, secretAccessKey };
    const client = new S3Client({ endpoint, region, credentials, forcePathStyle: true });
    for (const Bucket of ["schedule", "inbox"])
      await client.send(new CreateBucketCommand({ Bucket }));
    client.destroy();
    vi.stubEnv("AWS_ACCESS_KEY_ID", accessKeyId);
    vi.stubEnv("AWS_SECRET_ACCESS_KEY", secretAccessKey);
    demo = await startDemo({
      storeUrl: `s3://schedule/jobs?endpoint=${endpoint}&region=${region}&service=ceph`,
      allow: ["inbox/*"],
      sweeps: true,
      poll: "1s",
    });
  }, 60_000);
  afterAll(async () => {
    await demo?.[Symbol.asyncDispose]();
    await server?.stop();
    vi.unstubAllEnvs();
  });

  it("schedules, shows and delivers on time", async () => {
    await using page = demo.listen();
    const { state } = await page.until("state");
    expect(state).toMatchObject({
      guardMs: 4_000,
      store: { kind: "s3", bucket: "schedule", root: "jobs" },
    });
    const { id, at } = await demo.schedule({ bucket: "inbox", key: "<é>.txt", in: "5s" }, "hello");
    expect(await demo.call(`/api/events/${inAddress(id)}`)).toMatchObject({
      contentType: "text/plain",
    });
    await page.until("delivered", ({ delivery }) => delivery.id === id);
    expect(Date.now() - Date.parse(at)).toBeLessThan(300);
    const address = `/api/delivered/${inAddress(id)}`;
    expect(await demo.call(address)).toMatchObject({ object: "there", size: 5 });
    expect(await (await demo.fetch(`${address}/body`)).text()).toBe("hello");
    expect(await demo.call("/api/events")).toEqual({ events: [] }); // even if its delete is still to come
  });

  it("says that the schedule's bucket is not there", async () => {
    const storeUrl = `s3://nowhere?endpoint=${server.endpoint}&region=${server.region}&service=ceph`;
    await using lost = await startDemo({ storeUrl });
    const answer = await lost.fetch("/api/events");
    expect(answer.status).toBe(502);
    expect(await answer.json()).toMatchObject({ error: { code: "no-such-bucket" } });
    expect(await lost.call("/api/state")).toMatchObject({ trouble: { code: "no-such-bucket" } });
  });
});
