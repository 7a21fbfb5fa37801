export type { CostItem } from "./cost-item.js";
export type { MonthOfUse } from "./month-of-use.js";
export { type MonthlyCost, monthlyCost } from "./monthly-cost.js";
export { monthlyRequests, type RequestCounts } from "./monthly-requests.js";
export { PRICES, type Price, type Prices } from "./prices.js";
export { requestDollars } from "./request-dollars.js";
export type { RivalCost } from "./rivals.js";
