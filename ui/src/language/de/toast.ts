export default {
  label: "Meldung",
  deleted: "„{{name}}“ gelöscht",
  undo: "Rückgängig",
};
