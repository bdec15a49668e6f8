export default {
  label: "{{name}} wechseln",
  title: "„{{name}}“ wechseln",
  makeNew: "Einen neuen Schlüssel bei {{provider}} erzeugen",
  openPage: "Seite des Anbieters öffnen",
  newKey: "Neuer Schlüssel",
  pasteNew: "Den neuen Schlüssel einfügen",
  newKeyHint: "Bleibt verborgen. Kopieren liefert dann den neuen Schlüssel.",
  oldRevoked: "Der alte Schlüssel ist beim Anbieter widerrufen",
  leftOpen: "Sonst steht im Verlauf „nicht bestätigt“.",
  store: "Neuen Schlüssel speichern",
};
