import { BlobServiceClient, ContainerSASPermissions } from "@azure/storage-blob";
import { azureStore } from "@keywhen/adapter-azure";
import { startAzurite } from "@keywhen/test-servers";
import { SCHEDULE, TARGET } from "../ceph-home.mjs";
import { batches, targetOf } from "./loop.mjs";

const HOUR_MS = 3_600_000;

/** `@azure/storage-blob` on Azurite. */
export async function openOnAzurite() {
  const { connectionString, stop } = await startAzurite();
  const service = BlobServiceClient.fromConnectionString(connectionString);
  const [schedule, target] = [SCHEDULE, TARGET].map((name) => service.getContainerClient(name));
  for (const container of [schedule, target]) await container.create();
  const sas = new URL(
    await schedule.generateSasUrl({
      permissions: ContainerSASPermissions.parse("r"),
      expiresOn: new Date(Date.now() + HOUR_MS),
    }),
  ).search;
  const batch = schedule.getBlobBatchClient();
  const system = {
    name: "@azure/storage-blob (Azurite)",
    store: azureStore({ client: service }),
    copy: (key) =>
      target.getBlobClient(targetOf(key)).syncCopyFromURL(schedule.getBlobClient(key).url + sas),
    async deleteAll(all) {
      for (const keys of batches(all, 256)) {
        await batch.deleteBlobs(keys.map((key) => schedule.getBlobClient(key)));
      }
    },
  };
  return { systems: [system], close: stop };
}
