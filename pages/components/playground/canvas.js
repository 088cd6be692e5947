// What every picture needs: a canvas as sharp as the screen, in colours of the theme.

const COLORS = ["text", "faded", "line", "back", "high", "low", "people", "films"];

// A canvas knows no variables of CSS, so an element that nobody sees has each as its colour.
function readColors(probes) {
  if (!probes.childElementCount) {
    for (const name of COLORS) {
      const probe = document.createElement("span");
      probe.style.color = `var(--${name})`;
      probes.append(probe);
    }
  }
  const found = [...probes.children].map((probe) => getComputedStyle(probe).color);
  return Object.fromEntries(COLORS.map((name, n) => [name, found[n]]));
}

function begin(canvas, font) {
  const { clientWidth: width, clientHeight: height } = canvas;
  const sharp = window.devicePixelRatio || 1;
  if (canvas.width !== Math.round(width * sharp) || canvas.height !== Math.round(height * sharp)) {
    canvas.width = Math.round(width * sharp);
    canvas.height = Math.round(height * sharp);
  }
  const pen = canvas.getContext("2d");
  pen.setTransform(sharp, 0, 0, sharp, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = `11px ${font}`;
  pen.globalAlpha = 1;
  pen.lineWidth = 1;
  return { pen, width, height };
}

function stroke(pen, points, color, width = 1, alpha = 1) {
  if (points.length < 2) return;
  pen.globalAlpha = alpha;
  pen.strokeStyle = color;
  pen.lineWidth = width;
  pen.beginPath();
  points.forEach(([x, y], n) => (n ? pen.lineTo(x, y) : pen.moveTo(x, y)));
  pen.stroke();
  pen.globalAlpha = 1;
}

function write(pen, text, x, y, color, align = "left") {
  pen.fillStyle = color;
  pen.textAlign = align;
  pen.fillText(text, x, y);
}
