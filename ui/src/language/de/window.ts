export default {
  list: "Liste",
  listWidth: "Breite der Liste",
  credential: "Zugang",
  sidebar: "Seitenleiste",
  sidebarWidth: "Breite der Seitenleiste",
};
