import { DeliveredPanel } from "../arriving/delivered-panel.js";
import { FailedPanel } from "../failed/failed-panel.js";
import { Notices } from "../parts/notices.js";
import { RecurringPanel } from "../recurring/recurring-panel.js";
import { SchedulePanel } from "../schedule/schedule-panel.js";
import { SweeperPanel } from "../sweeper/sweeper-panel.js";
import { WaitingPanel } from "../waiting/waiting-panel.js";
import { Dialogs } from "./dialogs.js";
import { Figures } from "./figures.js";
import { PageHead } from "./page-head.js";
import { Troubles } from "./troubles.js";

export function App() {
  return (
    <>
      <a class="skip-link" href="#waiting-title">
        To the waiting events
      </a>
      <PageHead />
      <main>
        <Troubles />
        <Figures />
        <div class="columns">
          <div class="column-aside">
            <SchedulePanel />
            <SweeperPanel />
          </div>
          <div class="column-main">
            <WaitingPanel />
            <RecurringPanel />
            <div class="ends">
              <DeliveredPanel />
              <FailedPanel />
            </div>
          </div>
        </div>
      </main>
      <Notices />
      <Dialogs />
    </>
  );
}
