// Deutsch. Anrede ohne „Sie“ und „du“: kurz, im Infinitiv oder unpersönlich.
import type { Words } from "../index.svelte";
import activity from "./activity";
import detail from "./detail";
import expiries from "./expiries";
import health from "./health";
import lock from "./lock";
import settings from "./settings";
import shell from "./shell";
import workbench from "./workbench";

const de: Words = { activity, detail, expiries, health, lock, settings, shell, workbench };
export default de;
