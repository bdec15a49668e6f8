export default {
  gained: "gained",
  lost: "lost",
  since: "Since",
  why: "Why",
  current: "current",
  activity: "Activity",
  nothing: "Nothing has happened yet.",
} as const;
