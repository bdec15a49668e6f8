export default {
  label: "Revoke {{name}}",
  title: "Revoke “{{name}}” at the provider?",
  clientEnds: "The access token ends at {{provider}}. Programs that have it will be refused.",
  tokensEnd: "The access token and the refresh token end at {{provider}}. Programs that have them will be refused.",
  clientStays: "The client stays, and asks for a new token when one is needed.",
  entryStays: "The entry stays. Sign in again to get new tokens.",
  byHand: "Do it by hand at the provider’s page",
  revoking: "Revoking",
  revoke: "Revoke",
} as const;
