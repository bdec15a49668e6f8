export default {
  title: "Activity",
} as const;
