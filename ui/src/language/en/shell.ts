export default {
  all: "All credentials",
  attention: "Needs attention",
  views: "Views",
  lockNow: "Lock now",
  locksIn: "Locks in {{time}}",
  clipboardStays: "A copied value is on the clipboard",
  settings: "Settings",
} as const;
