import { render } from "preact";
import "maplibre-gl/dist/maplibre-gl.css";
import "./style/base.css";
import { App } from "./shell/App";
import { handInKey } from "./shell/session";

const root = document.getElementById("app");
if (root) {
  void handInKey().then(() => render(<App />, root));
}
