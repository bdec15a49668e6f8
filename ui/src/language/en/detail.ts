export default {
  status: {
    paused: "Paused",
    pausedWord: "Refreshing paused",
  },
} as const;
