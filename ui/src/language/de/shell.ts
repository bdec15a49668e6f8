export default {
  all: "Alle Zugänge",
  attention: "Handlungsbedarf",
  views: "Ansichten",
  lockNow: "Jetzt sperren",
  locksIn: "Sperrt in {{time}}",
  clipboardStays: "Ein kopierter Wert ist in der Zwischenablage",
  settings: "Einstellungen",
};
