// Writes the experiment into the address of the browser. Streamlit itself would make each move of a
// slider a step of Back; here a step is what `is_step` says, and the rest replaces the address.
export default function ({ data }) {
  const { page, pages, query, is_step: isStep } = data;
  const last = window.location.pathname.replace(/\/+$/, "").split("/").pop();
  if ((pages.includes(last) ? last : "") !== page) return; // the visitor has gone on already
  const url = new URL(window.location.href);
  url.search = query;
  if (url.search === window.location.search) return;
  const before = new URLSearchParams(window.location.search).get("run");
  const opens = isStep && before !== url.searchParams.get("run"); // once, however often it is said
  window.history[opens ? "pushState" : "replaceState"](window.history.state, "", url);
}
