export default {
  confirmed: "Bei {{provider}} widerrufen",
  butLives: "Bei {{provider}} widerrufen; das Access-Token gilt vielleicht noch eine Weile",
  butUntil: "Bei {{provider}} widerrufen; das Access-Token gilt bis {{clock}}",
  notConfirmed: "{{provider}} hat es nicht bestätigt ({{why}}); die Tokens gelten vielleicht noch.",
  notOffered: "{{provider}} bietet keinen Widerruf an; die Tokens gelten, bis sie ablaufen.",
};
