export default {
  gained: "hinzugekommen",
  lost: "weggefallen",
  since: "Seit",
  why: "Grund",
  current: "aktuell",
  activity: "Aktivität",
  nothing: "Bisher ist nichts geschehen.",
};
