export default {
  label: "Art",
  apiKey: "API-Schlüssel",
  oauth: "OAuth-Anmeldung",
  client: "Client-Zugang",
  jwt: "JWT",
};
