// What a reviewer would otherwise have to look for: raw HTML, a second door to Tauri, unhandled promises.
import js from "@eslint/js";
import svelte from "eslint-plugin-svelte";
import globals from "globals";
import ts from "typescript-eslint";
import svelteConfig from "./svelte.config.js";

const noRawHtml = ["innerHTML", "outerHTML", "insertAdjacentHTML", "write"].map((name) => ({
  selector: `MemberExpression[property.name='${name}'][object.name!='process']`,
  message: "Raw HTML can carry script: build nodes with Svelte.",
}));

export default ts.config(
  { ignores: ["dist/", "dev/dist/", "dev/shots/", "node_modules/", "src/bindings.ts"] },
  js.configs.recommended,
  ...ts.configs.strict,
  ...svelte.configs.recommended,
  {
    languageOptions: { globals: { ...globals.browser } },
    rules: {
      "no-restricted-syntax": ["error", ...noRawHtml],
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["@tauri-apps/*"], message: "Only ipc.ts talks to Tauri." }] },
      ],
      "max-lines": ["error", 400],
      "svelte/no-at-html-tags": "error",
      "no-console": "error",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
    },
  },
  {
    files: ["**/*.svelte", "**/*.svelte.ts"],
    languageOptions: { parserOptions: { parser: ts.parser, svelteConfig } },
  },
  { files: ["src/ipc.ts"], rules: { "no-restricted-imports": "off" } },
  { files: ["dev/**", "*.js", "*.ts"], languageOptions: { globals: { ...globals.node } }, rules: { "no-console": "off" } },
);
