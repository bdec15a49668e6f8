export default {
  added: "Hinzugefügt",
  copied: "Kopiert",
  handedOut: "Herausgegeben",
  refreshed: "Erneuert",
  rotated: "Gewechselt",
  refreshRotated: "Erneuert, Refresh-Token gewechselt",
  refreshFailed: "Erneuern gescheitert",
  signedIn: "Angemeldet",
  revealed: "Angezeigt",
  revoked: "Beim Anbieter widerrufen",
};
