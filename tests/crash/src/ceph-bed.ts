import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";
import { parseNotification } from "@keywhen/consumer";
import {
  openCephAccount,
  pushCreated,
  startAnsweringServer,
  startCephGateway,
  type TestS3Account,
  type TestS3Server,
} from "@keywhen/test-servers";
import { createLedger } from "./ledger.js";
import { type CephPlace, clientConfig, openStore, SCHEDULE, TARGET } from "./store-place.js";
import { consume, createTaskQueue, type TestBed, type TestBedOptions } from "./test-bed.js";

export interface CephBed<Gateway = TestS3Account> extends TestBed {
  readonly place: CephPlace;
  readonly gateway: Gateway;
}

/** Ceph repeats the headers of the request in its notification. */
const MAKER = /"x-amz-user-agent","val":"[^"]* ([^" ]+)"/;

type CephBedOptions = TestBedOptions & Pick<CephPlace, "fastLane">;

/** Opens an account on a Ceph gateway, which pushes a notification for each copy before it answers it. */
export async function openCephBed(options: CephBedOptions = {}): Promise<CephBed> {
  return await bedOn(await openCephAccount(), options);
}

/** Opens a bed on a separate gateway, which can go down and come back. */
export async function openRestartableBed(
  options: CephBedOptions = {},
): Promise<CephBed<TestS3Server>> {
  return await bedOn(await startCephGateway(), options);
}

async function bedOn<Gateway extends TestS3Account>(
  gateway: Gateway,
  options: CephBedOptions,
): Promise<CephBed<Gateway>> {
  const { endpoint, accessKeyId, secretAccessKey } = gateway;
  const { fastLane } = options;
  const place = { kind: "ceph", endpoint, accessKeyId, secretAccessKey, fastLane } as const;
  const { store, close } = await openStore(place, "test-bed");
  const ledger = createLedger();
  const tasks = createTaskQueue(16);
  const listener = await startAnsweringServer(({ body }) => {
    const text = body.toString();
    const maker = MAKER.exec(text)?.[1];
    for (const { key } of parseNotification(text)) {
      const record = ledger.at(key);
      record?.arrivals.push({ atMs: performance.now(), maker });
      if (record !== undefined) tasks.add(() => consume(store, record, options));
    }
    return { status: 200 };
  });
  await createBuckets(place);
  await pushCreated(gateway, { bucket: TARGET, url: `${listener.endpoint}/due` });
  return {
    name: "Ceph",
    place,
    store,
    ledger,
    gateway,
    lookedAt: tasks.idle,
    [Symbol.asyncDispose]: async () => {
      close();
      await listener.stop();
      await gateway.stop();
    },
  };
}

async function createBuckets(place: CephPlace): Promise<void> {
  const client = new S3Client(clientConfig(place));
  for (const Bucket of [SCHEDULE, TARGET]) await client.send(new CreateBucketCommand({ Bucket }));
  client.destroy();
}
