export default {
  label: "Environment",
  prod: "prod",
  staging: "staging",
  dev: "dev",
  production: "production",
  development: "development",
} as const;
