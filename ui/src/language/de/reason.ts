export default {
  signedIn: "Angemeldet",
  due: "Im Hintergrund",
  wanted: "Ein längeres wurde verlangt",
  asked: "Von Hand",
  takenOver: "Von einem anderen Computer übernommen",
  recovered: "Nach einer Unterbrechung",
};
