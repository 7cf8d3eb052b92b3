// The review desk's images: larger and smaller, turning, dragging, full width. Without this script they are plain images.
"use strict";

const ZOOM_MIN = 1;
const ZOOM_MAX = 8;
const ZOOM_STEP = 1.4;

function prepare(stage) {
  const image = stage.querySelector("img");
  const view = { zoom: 1, turn: 0, x: 0, y: 0 };
  const draw = () => {
    image.style.transform = `translate(${view.x}px, ${view.y}px) rotate(${view.turn}deg) scale(${view.zoom})`;
  };
  const zoom = (factor) => {
    view.zoom = Math.min(ZOOM_MAX, Math.max(ZOOM_MIN, view.zoom * factor));
    if (view.zoom === ZOOM_MIN) { view.x = 0; view.y = 0; }
    draw();
  };
  const acts = {
    in: () => zoom(ZOOM_STEP),
    out: () => zoom(1 / ZOOM_STEP),
    left: () => { view.turn -= 90; draw(); },
    right: () => { view.turn += 90; draw(); },
  };
  stage.addEventListener("wheel", (event) => {
    if (!event.ctrlKey && view.zoom === ZOOM_MIN) { return; }
    event.preventDefault();
    zoom(event.deltaY < 0 ? ZOOM_STEP : 1 / ZOOM_STEP);
  }, { passive: false });
  stage.addEventListener("dblclick", () => zoom(view.zoom > ZOOM_MIN ? 0 : 3));
  stage.addEventListener("pointerdown", (event) => { stage.setPointerCapture(event.pointerId); });
  stage.addEventListener("pointermove", (event) => {
    if (!stage.hasPointerCapture(event.pointerId) || view.zoom === ZOOM_MIN) { return; }
    view.x += event.movementX;
    view.y += event.movementY;
    draw();
  });
  stage.addEventListener("keydown", (event) => {
    const act = { "+": "in", "-": "out", l: "left", r: "right" }[event.key];
    if (act) { acts[act](); }
  });
  return acts;
}

for (const figure of document.querySelectorAll(".desk-document")) {
  const stages = [...figure.querySelectorAll(".desk-stage")].map(prepare);
  const tools = figure.querySelector(".desk-tools");
  tools.hidden = false;
  tools.addEventListener("click", (event) => {
    const act = event.target.dataset.act;
    if (act === "wide") { figure.classList.toggle("desk-wide"); }
    else if (act) { stages.forEach((acts) => acts[act]()); }
  });
}

const sendBack = document.getElementById("send-back-choice");
document.addEventListener("change", (event) => {
  if (sendBack && event.target.name === "refused" && event.target.checked) { sendBack.open = true; }
});

const desk = document.querySelector(".desk");
setTimeout(() => { document.querySelector(".desk-stale").hidden = false; }, Number(desk.dataset.linkSeconds) * 1000);
