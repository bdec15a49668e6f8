export default {
  title: "Abläufe",
};
