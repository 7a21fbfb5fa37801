export type { CostItem } from "./cost-item.js";
export type { MonthOfUse } from "./month-of-use.js";
export { type MonthlyCost, monthlyCost } from "./monthly-cost.js";
export { monthlyRequests } from "./monthly-requests.js";
export { PRICES, type Price, type Prices, requestDollars } from "./prices.js";
export type { RivalCost } from "./rivals.js";
