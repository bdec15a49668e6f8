export default {
  list: "List",
  listWidth: "Width of the list",
  credential: "Credential",
  sidebar: "Sidebar",
  sidebarWidth: "Width of the sidebar",
} as const;
