export default {
  title: "Eingegebenes verwerfen?",
  text: "Es ist noch nirgends gespeichert.",
  lostTitle: "Beenden und eine erneuerte Anmeldung verlieren?",
  lostText: "Weder Platte noch Schlüsselbund haben ein erneuertes Token angenommen. Beim Beenden geht es verloren, und eine neue Anmeldung ist nötig.",
  stay: "Zurück",
  close: "Verwerfen und schließen",
  quit: "Verwerfen und beenden",
  quitAnyway: "Trotzdem beenden",
};
