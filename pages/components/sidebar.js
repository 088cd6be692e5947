// Closes the sidebar once another page is chosen, where it lies over the page: Streamlit does so for
// its own list of pages only.
const WIDE = 768;

export default function ({ data }) {
  const before = window.pmfPage;
  window.pmfPage = data.page;
  if (before === undefined || before === data.page || window.innerWidth >= WIDE) return;
  const button = document.querySelector("[data-testid=stSidebarCollapseButton] button");
  if (button?.getAttribute("aria-expanded") === "true") button.click();
}
