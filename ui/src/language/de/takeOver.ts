export default {
  label: "{{name}} übernehmen",
  title: "„{{name}}“ auf diesem Computer erneuern?",
  same:
    "Der Computer, von dem der Tresor kopiert wurde, hat dasselbe Refresh-Token. Wird es hier erneuert, muss dort neu angemeldet werden.",
  both: "Um mit beiden weiterzuarbeiten, hier neu anmelden: Dann hat jeder Computer seine eigene Anmeldung.",
  take: "Übernehmen",
};
