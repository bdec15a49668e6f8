export default {
  status: {
    paused: "Angehalten",
    pausedWord: "Erneuerung angehalten",
  },
};
