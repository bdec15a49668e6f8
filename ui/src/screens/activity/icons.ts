// The glyph of what happened, and of who asked.
import Bot from "@lucide/svelte/icons/bot";
import CircleOff from "@lucide/svelte/icons/circle-off";
import CircleX from "@lucide/svelte/icons/circle-x";
import Clock from "@lucide/svelte/icons/clock";
import Copy from "@lucide/svelte/icons/copy";
import Download from "@lucide/svelte/icons/download";
import Eye from "@lucide/svelte/icons/eye";
import Lock from "@lucide/svelte/icons/lock";
import LockOpen from "@lucide/svelte/icons/lock-open";
import LogIn from "@lucide/svelte/icons/log-in";
import Plus from "@lucide/svelte/icons/plus";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import RotateCcwKey from "@lucide/svelte/icons/rotate-ccw-key";
import Scissors from "@lucide/svelte/icons/scissors";
import Settings from "@lucide/svelte/icons/settings";
import Terminal from "@lucide/svelte/icons/terminal";
import Trash from "@lucide/svelte/icons/trash-2";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Undo from "@lucide/svelte/icons/undo-2";
import User from "@lucide/svelte/icons/user";
import type { ActivityView } from "../../bindings";

const icons: Record<string, typeof Copy> = {
  added: Plus,
  copied: Copy,
  refreshed: RefreshCw,
  refresh_failed: TriangleAlert,
  expired: CircleX,
  signed_in: LogIn,
  revealed: Eye,
  revoked: CircleOff,
  removed: Trash,
  restored: Undo,
  settings_changed: Settings,
  exported: Download,
  pruned: Scissors,
  locked: Lock,
  unlocked: LockOpen,
};

export function whatIcon(entry: ActivityView): typeof Copy {
  if (entry.what === "rotated") return entry.kind === "api_key" ? RotateCcwKey : RefreshCw;
  if (entry.what === "handed_out") return entry.by === "command" ? Terminal : Bot;
  return icons[entry.what] ?? Copy;
}

export function byIcon(entry: ActivityView): typeof Copy {
  if (entry.by === "background") return Clock;
  return entry.by === "command" ? Terminal : User;
}
