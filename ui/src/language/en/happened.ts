export default {
  added: "Added",
  copied: "Copied",
  handedOut: "Handed out",
  refreshed: "Refreshed",
  rotated: "Rotated",
  refreshRotated: "Refreshed, refresh token rotated",
  refreshFailed: "Refresh failed",
  signedIn: "Signed in",
  revealed: "Revealed",
  revoked: "Revoked at the provider",
} as const;
