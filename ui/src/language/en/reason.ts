export default {
  signedIn: "Signed in",
  due: "In the background",
  wanted: "A longer one was asked for",
  asked: "By you",
  takenOver: "Taken over from another computer",
  recovered: "After it had been cut off",
} as const;
