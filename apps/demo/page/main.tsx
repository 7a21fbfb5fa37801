import { render } from "preact";

const place = document.getElementById("app");
if (place !== null) render(<p>keywhen</p>, place);
