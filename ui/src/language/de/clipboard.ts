export default {
  clearsIn: "Zwischenablage leer in {{span}}",
  clearNow: "Zwischenablage jetzt leeren",
  clear: "Jetzt leeren",
  textAndClear: "{{text}}. Jetzt leeren",
  cleared: "Zwischenablage geleert",
};
