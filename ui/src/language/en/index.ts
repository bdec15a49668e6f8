// English, the language that everything is written in first.

import activity from "./activity";
import expiries from "./expiries";
import health from "./health";
import lock from "./lock";
import settings from "./settings";
import shell from "./shell";
import token from "./token";
import workbench from "./workbench";

export default { activity, expiries, health, lock, settings, shell, token, workbench } as const;
