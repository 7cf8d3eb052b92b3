// The link's token stands behind the # of the address. Read it, take it out of the address and the history, and ask what
// the link would do. Nothing is done before a button is pressed.
"use strict";

document.documentElement.classList.add("scripted");

function readLink() {
  const token = location.hash.slice(1);
  const form = document.querySelector("form.paste");
  if (!token || !form) { return; }
  history.replaceState(null, "", location.pathname);
  form.elements.token.value = token;
  document.body.classList.add("busy");
  form.submit();
}

function pressOnce() {
  for (const form of document.querySelectorAll("form")) {
    form.addEventListener("submit", () => {
      for (const button of form.querySelectorAll("button")) { button.disabled = true; }
    });
  }
}

document.addEventListener("DOMContentLoaded", () => {
  pressOnce();
  readLink();
});
// Who pastes a link into the address bar of this very page changes the # alone, and nothing is loaded anew.
addEventListener("hashchange", readLink);
// A page that the browser kept from before has its buttons back.
addEventListener("pageshow", (event) => {
  if (!event.persisted) { return; }
  document.body.classList.remove("busy");
  for (const button of document.querySelectorAll("button")) { button.disabled = false; }
});
