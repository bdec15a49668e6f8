// English, the language that everything is written in first.

import activity from "./activity";
import detail from "./detail";
import expiries from "./expiries";
import health from "./health";
import lock from "./lock";
import settings from "./settings";
import shell from "./shell";
import workbench from "./workbench";

export default { activity, detail, expiries, health, lock, settings, shell, workbench } as const;
