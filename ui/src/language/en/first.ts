export default {
  title: "Add your first credential",
  kept: "Kept in the {{place}}. No account, no server.",
  paste: "Paste a key, a token or an issuer URL",
  unknown: "That is neither a key nor an address that Fobwatch knows. Store it as an API key below.",
  signIn: "Sign in with a provider",
  signInUnder: "In your browser. Refreshed from then on.",
  signInWith: "Sign in with {{provider}}",
  all: "All…",
  store: "Store an API key",
  storeUnder: "With environment, header and a rotate-by date.",
  add: "Add…",
} as const;
