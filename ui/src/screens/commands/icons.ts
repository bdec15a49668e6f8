// The glyph of a command: the one that its button or its view has.
import ArrowLeft from "@lucide/svelte/icons/arrow-left";
import CalendarClock from "@lucide/svelte/icons/calendar-clock";
import ChevronsLeft from "@lucide/svelte/icons/chevrons-left";
import ChevronsRight from "@lucide/svelte/icons/chevrons-right";
import Copy from "@lucide/svelte/icons/copy";
import Ellipsis from "@lucide/svelte/icons/ellipsis";
import FlaskConical from "@lucide/svelte/icons/flask-conical";
import HeartPulse from "@lucide/svelte/icons/heart-pulse";
import History from "@lucide/svelte/icons/history";
import Layers from "@lucide/svelte/icons/layers";
import Lock from "@lucide/svelte/icons/lock";
import LogIn from "@lucide/svelte/icons/log-in";
import Plus from "@lucide/svelte/icons/plus";
import Power from "@lucide/svelte/icons/power";
import RefreshCw from "@lucide/svelte/icons/refresh-cw";
import Search from "@lucide/svelte/icons/search";
import Settings from "@lucide/svelte/icons/settings";
import SquareChevronLeft from "@lucide/svelte/icons/square-chevron-left";
import SquareChevronRight from "@lucide/svelte/icons/square-chevron-right";
import Terminal from "@lucide/svelte/icons/square-terminal";
import TriangleAlert from "@lucide/svelte/icons/triangle-alert";
import Trash from "@lucide/svelte/icons/trash-2";
import Undo from "@lucide/svelte/icons/undo-2";
import type { Offer } from "../../state/offers";

const icons: Partial<Record<Offer["command"], typeof Copy>> = {
  "copy-menu": Ellipsis,
  "copy-format": Copy,
  copy: Copy,
  refresh: RefreshCw,
  "sign-in": LogIn,
  delete: Trash,
  "next-tab": ChevronsRight,
  "previous-tab": ChevronsLeft,
  "view-1": Layers,
  "view-2": TriangleAlert,
  "view-3": CalendarClock,
  "view-4": HeartPulse,
  "view-5": History,
  "view-6": FlaskConical,
  settings: Settings,
  "next-pane": SquareChevronRight,
  "previous-pane": SquareChevronLeft,
  back: ArrowLeft,
  search: Search,
  add: Plus,
  undo: Undo,
  lock: Lock,
  quit: Power,
};
export const iconOf = (offer: Offer) => icons[offer.command] ?? Terminal;
