export default {
  overdue_one: "{{count}} Erneuerung ist überfällig.",
  overdue_other: "{{count}} Erneuerungen sind überfällig.",
  unlock: "{{keyring}} entsperren…",
  show: "Zeigen",
  oneByOne: "Einzeln neu anmelden…",
  checkAgain: "Erneut prüfen",
  aWhile: "längerer Zeit",
};
