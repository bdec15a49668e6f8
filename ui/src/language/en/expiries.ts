export default {
  title: "Expiries",
} as const;
