export default {
  clearsIn: "Zwischenablage leer in {{span}}",
  clearNow: "Zwischenablage jetzt leeren",
  clear: "Jetzt leeren",
  textAndClear: "{{text}}. Jetzt leeren",
  once: "Für einmal Einfügen",
  onceClearsIn: "Einmal einfügen, leer in {{span}}",
  pasted: "Einmal eingefügt, weg",
  pastedBy: "Einmal eingefügt von {{program}}, weg",
  replaced: "Nicht eingefügt: ersetzt",
  dismiss: "Ausblenden",
  cleared: "Zwischenablage geleert",
};
