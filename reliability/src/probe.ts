import { openCephBed } from "./ceph-bed.js";
import { fourSweepers } from "./four-sweepers.js";

const bed = await openCephBed();
setInterval(
  async () =>
    process.stdout.write(
      `${bed.ledger.events.length} out ${bed.ledger.outstanding("four")} arr ${bed.ledger.events.filter((e) => e.arrivals.length > 0).length} unasked ${bed.ledger.events.filter((e) => e.scheduled === undefined).length} not ${bed.ledger.events.filter((e) => e.scheduled !== "scheduled").length}\n`,
    ),
  2000,
);
process.stdout.write(JSON.stringify(await fourSweepers(bed, { events: 300 })));
process.exit(0);
