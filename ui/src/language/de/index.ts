// Deutsch. Anrede ohne „Sie“ und „du“: kurz, im Infinitiv oder unpersönlich.
import type { Words } from "../index.svelte";
import activity from "./activity";
import add from "./add";
import banner from "./banner";
import clipboard from "./clipboard";
import commands from "./commands";
import common from "./common";
import copy from "./copy";
import credential from "./credential";
import detail from "./detail";
import environment from "./environment";
import expiries from "./expiries";
import first from "./first";
import happened from "./happened";
import health from "./health";
import history from "./history";
import kind from "./kind";
import leave from "./leave";
import list from "./list";
import lock from "./lock";
import narrower from "./narrower";
import reason from "./reason";
import remove from "./remove";
import renewal from "./renewal";
import revoke from "./revoke";
import revoked from "./revoked";
import rotate from "./rotate";
import settings from "./settings";
import shell from "./shell";
import signIn from "./signIn";
import status from "./status";
import takeOver from "./takeOver";
import time from "./time";
import toast from "./toast";
import token from "./token";
import window from "./window";
import words from "./words";
import workbench from "./workbench";

const de: Words = {
  activity,
  add,
  banner,
  clipboard,
  commands,
  common,
  copy,
  credential,
  detail,
  environment,
  expiries,
  first,
  happened,
  health,
  history,
  kind,
  leave,
  list,
  lock,
  narrower,
  reason,
  remove,
  renewal,
  revoke,
  revoked,
  rotate,
  settings,
  shell,
  signIn,
  status,
  takeOver,
  time,
  toast,
  token,
  window,
  words,
  workbench,
};
export default de;
