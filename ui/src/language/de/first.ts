export default {
  title: "Den ersten Zugang hinzufügen",
  kept: "Liegt im {{place}}. Kein Konto, kein Server.",
  paste: "Schlüssel, Token oder Aussteller-URL einfügen",
  unknown: "Das ist weder ein Schlüssel noch eine Adresse, die Fobwatch kennt. Unten lässt es sich als API-Schlüssel speichern.",
  signIn: "Bei einem Anbieter anmelden",
  signInUnder: "Im Browser. Wird von da an erneuert.",
  signInWith: "Mit {{provider}} anmelden",
  all: "Alle…",
  store: "Einen API-Schlüssel speichern",
  storeUnder: "Mit Umgebung, Header und Datum für den Wechsel.",
  add: "Hinzufügen…",
};
