// Draws every chart of a page in its place, and anew where the screen turns light or dark.
"use strict";
(() => {
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const colour = (name) =>
    getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  const config = () => {
    const ink = colour("ink"), line = colour("line"), font = "system-ui, sans-serif";
    const text = { labelColor: ink, titleColor: ink, labelLimit: 0, titleFontWeight: 400 };
    return {
      background: colour("paper"),
      font,
      padding: { left: 2, right: 10, top: 6, bottom: 6 },
      view: { stroke: null },
      axis: { ...text, labelFontSize: 11, titleFontSize: 12, labelFlush: false, gridColor: line,
              domainColor: line, tickColor: line },
      legend: { ...text, labelFontSize: 12, titleFontSize: 12, labelOffset: 6, rowPadding: 4 },
      text: { color: ink },
      range: { category: colour("categories").split(" "), heatmap: colour("sequence").split(" "),
               ramp: colour("sequence").split(" ") },
      mark: { color: colour("categories").split(" ")[0] },
    };
  };
  // A legend has more rows once the labels of an axis have taken their width.
  const settle = async (place, view) => {
    const height = () => place.querySelector("svg.marks").getAttribute("height");
    for (let before = "", turns = 0; before !== height() && turns < 5; turns++) {
      before = height();
      await view.resize().runAsync();
    }
  };
  const draw = async () => {
    for (const place of document.querySelectorAll(".chart")) {
      const spec = JSON.parse(place.nextElementSibling.textContent);
      try {
        const { view } = await vegaEmbed(place, spec, {
          config: config(),
          renderer: "svg",
          tooltip: { theme: dark.matches ? "dark" : "light" },
          // Not its source or its editor, which is on another host.
          actions: { export: { png: true, svg: true }, source: false, compiled: false,
                     editor: false },
          downloadFileName: place.dataset.name,
          scaleFactor: 2,
        });
        place.querySelector("summary").setAttribute("aria-label", "Save this chart");
        await settle(place, view);
      } catch (error) {
        place.textContent = `This chart could not be drawn: ${error.message}`;
      }
    }
    document.documentElement.dataset.drawn = dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", draw);
  draw();
})();
