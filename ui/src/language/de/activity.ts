export default {
  title: "Aktivität",
};
