export { azureStore } from "./azure-store.js";
export type { AzureStoreOptions } from "./options.js";
