// Deutsch. Anrede ohne „Sie“ und „du“: kurz, im Infinitiv oder unpersönlich.
import type { Words } from "../index.svelte";
import activity from "./activity";
import expiries from "./expiries";
import health from "./health";
import lock from "./lock";
import settings from "./settings";
import shell from "./shell";
import token from "./token";
import workbench from "./workbench";

const de: Words = { activity, expiries, health, lock, settings, shell, token, workbench };
export default de;
