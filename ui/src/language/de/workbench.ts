export default {
  title: "Werkbank",
};
