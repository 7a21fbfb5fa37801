import {
  BlobServiceClient,
  ContainerSASPermissions,
  generateBlobSASQueryParameters,
  StorageSharedKeyCredential,
} from "@azure/storage-blob";
import { openAzuriteAccount, type TestAzureServer } from "@keywhen/test-servers";
import { clientOf } from "./client-of.js";
import { withBlockCopies } from "./with-block-copies.js";

export interface AzuriteForTests {
  readonly server: TestAzureServer;
  /** Through the relay that can copy in blocks. */
  readonly client: BlobServiceClient;
  /** A client whose only right is a SAS of one container. */
  readonly clientWithSas: (containerName: string) => BlobServiceClient;
  readonly stop: () => Promise<void>;
}

/** Azurite, and before it a relay that adds the one request that copies in blocks need. */
export async function azuriteForTests(): Promise<AzuriteForTests> {
  const server = await openAzuriteAccount();
  const credential = new StorageSharedKeyCredential(server.account, server.accountKey);
  const sasOf = (containerName: string, rights: string) =>
    generateBlobSASQueryParameters(
      {
        containerName,
        permissions: ContainerSASPermissions.parse(rights),
        expiresOn: new Date(Date.now() + 3_600_000),
      },
      credential,
    );
  const relay = await withBlockCopies(server.endpoint, async (url) => {
    const [, , containerName = ""] = url.pathname.split("/");
    return `${url}&${sasOf(containerName, "cw")}`;
  });
  const client = clientOf({ ...server, endpoint: relay.endpoint });
  return {
    server,
    client,
    clientWithSas: (containerName) => {
      const sas = sasOf(containerName, "rcwdlt");
      return new BlobServiceClient(`${relay.endpoint}/${server.account}?${sas}`);
    },
    stop: async () => {
      await relay.stop();
      await server.stop();
    },
  };
}
