// Draws the pictures and figures of a report. Data only: commands are replayed by name, text is set as text.
const METHODS = { viewer: ["addModel", "addLine", "addSphere"], model: ["addAtoms"] };

function front(viewer, centred) { // the whole scene, seen from a little above and aside
  viewer.rotate(-22, "y");
  viewer.rotate(16, "x");
  viewer.zoomTo();
  const canvas = viewer.getCanvas();
  viewer.zoom(1.15 * Math.min(1, canvas.clientWidth / canvas.clientHeight / 1.25));
  if (centred) viewer.setView([0, 0, 0, ...viewer.getView().slice(3)]); // turn round the origin
}

function drawPicture(box, picture) {
  const viewer = $3Dmol.createViewer(box.querySelector(".canvas"), { backgroundColor: "#ffffff", antialias: true });
  for (const [target, method, args] of picture.commands) {
    if (!METHODS[target]?.includes(method)) throw new Error(`a picture may not call ${method}`);
    (target === "model" ? viewer.getModel() : viewer)[method](...args);
  }
  const tip = box.querySelector(".tip");
  viewer.setHoverable({}, true, (atom) => {
    const value = atom.properties?.value;
    const known = value !== null && value !== undefined;
    tip.textContent = `${atom.elem} · atom ${atom.serial}`
      + (known ? ` · ${picture.title} ${value.toFixed(3)} ${picture.unit}` : "");
  }, () => { tip.textContent = ""; });
  front(viewer, picture.centred);
  viewer.render();
  box.dataset.drawn = "yes";
}

const data = JSON.parse(document.getElementById("data").textContent);
for (const [name, picture] of Object.entries(data.pictures)) {
  const box = document.getElementById(name);
  try {
    drawPicture(box, picture);
  } catch (error) {
    box.querySelector(".tip").textContent = `This browser cannot draw in 3D: ${error.message}`;
  }
}
for (const [name, figure] of Object.entries(data.figures)) {
  const layout = { ...figure.layout, autosize: true };
  Plotly.newPlot(name, figure.data, layout, { responsive: true, displaylogo: false })
    .then((box) => { box.dataset.drawn = "yes"; });
}
