export default {
  all: "Alle Zugänge",
  attention: "Braucht Aufmerksamkeit",
  views: "Ansichten",
  lockNow: "Jetzt sperren",
  settings: "Einstellungen",
};
