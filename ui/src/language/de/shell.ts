export default {
  all: "Alle Zugänge",
  attention: "Handlungsbedarf",
  views: "Ansichten",
  lockNow: "Jetzt sperren",
  settings: "Einstellungen",
};
