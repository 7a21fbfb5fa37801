export { KeywhenSweeper, type KeywhenSweeperProps } from "./keywhen-sweeper.js";
export type { Target } from "./statements.js";
export type { Webhook } from "./webhooks.js";
