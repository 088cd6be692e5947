// Closes the sidebar once another page is chosen, where it lies over the page: Streamlit does so for
// its own list of pages only.
const WIDE = 768;

export default function ({ data }) {
  const before = window.pmfPage;
  window.pmfPage = data.page;
  // Who is quick has chosen a page before this was there for the first time.
  const changed = before === undefined ? location.pathname !== loaded() : before !== data.page;
  if (!changed || window.innerWidth >= WIDE) return;
  const button = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (button?.getAttribute("aria-expanded") === "true") button.click();
}

function loaded() {
  const [navigation] = performance.getEntriesByType("navigation");
  return navigation ? new URL(navigation.name).pathname : location.pathname;
}
