// Measures every chart of a page as it was drawn: Vega leaves its scene on the nodes of the SVG.
(boxes) => {
  const edges = ({ left, top, right, bottom }) => ({ left, top, right, bottom });
  const corners = (node) => {
    // The box of a line is higher than its letters: a fifth of it is room above and below.
    const box = node.getBBox(), to = node.getScreenCTM(), room = box.height / 5;
    const [left, right] = [box.x, box.x + box.width];
    const [top, bottom] = [box.y + room, box.y + box.height - room];
    return [[left, top], [right, top], [right, bottom], [left, bottom]].map(([x, y]) => {
      const point = new DOMPoint(x, y).matrixTransform(to);
      return [point.x, point.y];
    });
  };
  const measured = (box) => {
    const svg = box.querySelector("svg.marks");
    if (!svg) return { name: box.textContent, drawn: false };
    const axes = [...svg.querySelectorAll("g.role-axis[aria-label]")];
    const page = getComputedStyle(svg).backgroundColor;
    const plot = svg.querySelector("g.role-frame.root path.background").getBoundingClientRect();
    const painted = [...svg.querySelectorAll("g.mark-rect > path")]
      .map((node) => {
        const { fill, opacity } = getComputedStyle(node);
        return { ...edges(node.getBoundingClientRect()), fill, opacity };
      })
      .filter(({ fill, opacity }) => fill.startsWith("rgb(") && Number(opacity) === 1);
    const behind = (x, y) =>
      painted.filter((r) => r.left <= x && x <= r.right && r.top <= y && y <= r.bottom).at(-1);
    const text = (node) => {
      const item = node.__data__, quad = corners(node), axis = node.closest("g.role-axis");
      const middle = [0, 1].map((at) => (quad[0][at] + quad[2][at]) / 2);
      return {
        text: node.textContent,
        whole: String([item.text].flat().join("")),
        quad,
        align: item.align || "left",
        angle: item.angle || 0,
        axis: axes.indexOf(axis),
        within: !node.closest("g.role-axis, g.role-legend"),
        label: node.closest("g.mark-text").classList.contains("role-axis-label"),
        fill: getComputedStyle(node).fill,
        opacity: (item.opacity ?? 1) * (item.fillOpacity ?? 1),
        behind: behind(...middle)?.fill ?? page,
      };
    };
    // Points along each line of the plot, two pixels apart.
    const lines = [...svg.querySelectorAll("g.mark-line > path, g.mark-rule > line")]
      .filter((node) => !node.closest("g.role-axis, g.role-legend") && node.getTotalLength())
      .map((node) => {
        const to = node.getScreenCTM(), length = node.getTotalLength();
        return Array.from({ length: Math.min(4000, Math.ceil(length / 2)) + 1 }, (_, k) => {
          const at = node.getPointAtLength(Math.min(length, 2 * k));
          const point = new DOMPoint(at.x, at.y).matrixTransform(to);
          return [point.x, point.y];
        });
      });
    const legends = [...svg.querySelectorAll("g.role-legend")];
    return {
      name: (box.querySelector("[role=graphics-document]") ?? box).getAttribute("aria-label"),
      drawn: true,
      page,
      svg: edges(svg.getBoundingClientRect()),
      box: edges(box.getBoundingClientRect()),
      plot: edges(plot),
      legend: Math.max(0, ...legends.map((node) => node.getBoundingClientRect().height)),
      axes: axes.map((node) => node.getAttribute("aria-label")),
      lines,
      texts: [...svg.querySelectorAll("text")]
        .filter((node) => node.textContent && (node.__data__.opacity ?? 1) > 0)
        .map(text),
    };
  };
  return [...document.querySelectorAll(boxes)].map(measured);
}
