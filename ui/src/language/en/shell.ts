export default {
  all: "All credentials",
  attention: "Needs attention",
  views: "Views",
  lockNow: "Lock now",
  settings: "Settings",
} as const;
