export default {
  label: "Kind",
  apiKey: "API key",
  oauth: "OAuth login",
  client: "Client credentials",
  jwt: "JWT",
} as const;
