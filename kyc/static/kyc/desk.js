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
  return acts;
}

const KEYS = { "+": "in", "=": "in", "-": "out", l: "left", r: "right", w: "wide", c: "compare" };
const gallery = document.querySelector(".desk-images");
const figures = [...document.querySelectorAll(".desk-document")];
const acting = new Map();

function compare(figure) {
  figure.classList.toggle("desk-compared");
  const chosen = figures.filter((other) => other.classList.contains("desk-compared"));
  if (chosen.length > 2) { chosen.find((other) => other !== figure).classList.remove("desk-compared"); }
  gallery.classList.toggle("desk-comparing", chosen.length >= 2);
}

function endComparing() {
  gallery.classList.remove("desk-comparing");
  for (const figure of figures) { figure.classList.remove("desk-compared"); }
}

for (const figure of figures) {
  const stages = [...figure.querySelectorAll(".desk-stage")].map(prepare);
  const act = (name) => {
    if (name === "wide") { figure.classList.toggle("desk-wide"); }
    else if (name === "compare") { compare(figure); }
    else if (name) { stages.forEach((acts) => acts[name]()); }
  };
  acting.set(figure, act);
  const tools = figure.querySelector(".desk-tools");
  tools.hidden = !stages.length;
  tools.addEventListener("click", (event) => { act(event.target.dataset.act); });
}

// A picture of another customer that was just opened stands beside the one that it is like.
const opened = location.hash.startsWith("#picture-") ? document.getElementById(location.hash.slice(1)) : null;
const twin = opened?.dataset.beside ? document.getElementById(opened.dataset.beside) : null;
if (twin) { compare(twin); compare(opened); }

// What is to come again is chosen beside it; the panel that sends it back opens by itself and repeats what was chosen.
const sendBack = document.getElementById("send-back-choice");
document.addEventListener("change", (event) => {
  if (!sendBack || !event.target.name.startsWith("refuse-")) { return; }
  const chosen = [...document.querySelectorAll("input[name^='refuse-']:checked")].filter((input) => input.value);
  sendBack.open = chosen.length > 0;
  sendBack.querySelector(".desk-chosen").replaceChildren(...chosen.map((input) => {
    const line = document.createElement("li");
    line.textContent = `${input.dataset.what}: ${input.parentElement.textContent.trim()}`;
    return line;
  }));
});

const keys = document.querySelector(".desk-keys");
if (keys) { keys.hidden = false; }
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input:not([type='radio'], [type='checkbox']), select, textarea, video")) { return; }
  const figure = document.activeElement.closest(".desk-document") || figures[0];
  const choice = document.querySelector(`summary[data-key="${CSS.escape(event.key)}"]`);
  if (event.key === "?" && keys) { keys.open = !keys.open; }
  else if (event.key === "Escape") { endComparing(); }
  else if (/^[1-9]$/.test(event.key)) { figures[Number(event.key) - 1]?.querySelector(".desk-stage")?.focus(); }
  else if (KEYS[event.key] && figure) { acting.get(figure)(KEYS[event.key]); }
  else if (choice) {
    choice.parentElement.open = true;
    const first = choice.parentElement.querySelector("input:not([type='hidden']), button:not(.desk-ends)");
    (first || choice).focus(); // what ends a case is reached by Tab, never by one careless Enter
  }
  else { return; }
  event.preventDefault();
});

const desk = document.querySelector(".desk");
setTimeout(() => { document.querySelector(".desk-stale").hidden = false; }, Number(desk.dataset.linkSeconds) * 1000);
