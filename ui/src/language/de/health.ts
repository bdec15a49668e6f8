export default {
  title: "Zustand",
};
