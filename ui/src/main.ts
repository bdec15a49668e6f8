// Starts the window, in the language that it spoke last.
import { mount } from "svelte";
import App from "./App.svelte";
import { remembered, setLanguage } from "./language/index.svelte";
import { paintRemembered } from "./state/settings.svelte";
import "./styles.css";

const target = document.getElementById("app");
if (target === null) throw new Error("index.html has no #app");
paintRemembered();
// Words that can't be loaded are no reason for an empty window: then it is English.
void setLanguage(remembered())
  .catch(() => undefined)
  .then(() => mount(App, { target }));
