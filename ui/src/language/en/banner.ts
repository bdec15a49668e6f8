export default {
  overdue_one: "{{count}} refresh is overdue.",
  overdue_other: "{{count}} refreshes are overdue.",
  unlock: "Unlock {{keyring}}…",
  show: "Show them",
  oneByOne: "Sign in again, one by one…",
  checkAgain: "Check again",
  aWhile: "a while",
} as const;
