import { render } from "preact";
import { startLiveConnection } from "./live/live-connection.js";
import { startPageClock } from "./live/page-clock.js";
import { makeTextsVisible } from "./parts/visible-nodes.js";
import { App } from "./shell/app.js";
import "./styles/tokens.css";
import "./styles/base.css";
import "./styles/controls.css";
import "./styles/layout.css";
import "./styles/lists.css";
import "./styles/details.css";

makeTextsVisible();
const place = document.getElementById("app");
if (place !== null) render(<App />, place);
startPageClock();
startLiveConnection();
