import {
  AccountSASPermissions,
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { startAzurite, type TestAzureServer } from "@keywhen/test-servers";
import { clientOf } from "./client-of.js";
import { withBlockCopies } from "./with-block-copies.js";

export interface AzuriteForTests {
  readonly server: TestAzureServer;
  /** Through the relay that can copy in blocks. */
  readonly client: BlobServiceClient;
  /** A client whose only right is a SAS of the whole account. */
  readonly sasClient: BlobServiceClient;
  readonly stop: () => Promise<void>;
}

/** Azurite, and before it a relay that adds the one request that copies in blocks need. */
export async function azuriteForTests(): Promise<AzuriteForTests> {
  const server = await startAzurite();
  const credential = new StorageSharedKeyCredential(server.account, server.accountKey);
  const relay = await withBlockCopies(server.endpoint, async (url) => {
    const [, , containerName = ""] = url.pathname.split("/");
    const sas = generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.parse("rcw"),
        expiresOn: new Date(Date.now() + 3_600_000),
      },
      credential,
    );
    return `${url}&${sas}`;
  });
  const client = clientOf({ ...server, endpoint: relay.endpoint });
  const inAnHour = new Date(Date.now() + 3_600_000);
  const rights = AccountSASPermissions.parse("rwdlct");
  const sas = client.generateAccountSasUrl(inAnHour, rights, "sco");
  return {
    server,
    client,
    sasClient: new BlobServiceClient(sas),
    stop: async () => {
      await relay.stop();
      await server.stop();
    },
  };
}
