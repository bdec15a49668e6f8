export default {
  title: "Einstellungen",
};
