export { fastLane, type SendBySdk, type SendBySdkOptions } from "./fast-lane.js";
