// The first script: colours the shell of index.html, and draws the window in its place once that has been painted.
import { painted } from "./frame";
import { colourShell } from "./shell";
import "./styles.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
colourShell();
// One after the other: the same thread does both, and what is seen first comes first.
void painted()
  .then(() => import("./start"))
  .then(({ start }) => start(target));
