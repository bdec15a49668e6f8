export default {
  label: "{{name}} widerrufen",
  title: "„{{name}}“ beim Anbieter widerrufen?",
  clientEnds: "Das Access-Token endet bei {{provider}}. Programme, die es haben, werden abgewiesen.",
  tokensEnd: "Access-Token und Refresh-Token enden bei {{provider}}. Programme, die sie haben, werden abgewiesen.",
  clientStays: "Der Client bleibt und holt bei Bedarf ein neues Token.",
  entryStays: "Der Eintrag bleibt. Eine neue Anmeldung bringt neue Tokens.",
  byHand: "Von Hand auf der Seite des Anbieters erledigen",
  revoking: "Widerruft",
  revoke: "Widerrufen",
};
