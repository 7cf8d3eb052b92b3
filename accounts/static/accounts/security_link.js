// The link's token stands behind the # of the address. Read it, take it out of the address and the history, and ask what
// the link would do. Nothing is done before a button is pressed. Answers are put into this page, so that neither going
// back nor loading anew sends anything again. Where this script does not run, the page's forms do the same.
"use strict";

document.documentElement.classList.add("scripted");

async function send(path, token, otherwise) {
  document.body.classList.add("busy");
  let answer;
  try {
    answer = await fetch(path, { method: "POST", body: new URLSearchParams({ token }), credentials: "omit", cache: "no-store" });
  } catch {
    if (otherwise) { otherwise(); }  // the browser's own page says what is wrong with the network
    return;
  }
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const main = page.querySelector("main");
  if (main) {
    document.querySelector("main").replaceWith(document.adoptNode(main));
    document.title = page.title;
  }
  document.body.classList.remove("busy");
  document.querySelector("h1")?.focus();
}

function readLink() {
  const token = location.hash.slice(1);
  if (!token) { return; }
  history.replaceState(null, "", location.pathname);
  const form = document.querySelector("form.paste");
  if (form) { form.elements.token.value = token; }
  send(document.body.dataset.look, token, form && (() => form.submit()));
}

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  for (const button of form.querySelectorAll("button")) { button.disabled = true; }
  send(new URL(form.action).pathname, form.elements.token.value, () => form.submit());
});
document.addEventListener("DOMContentLoaded", readLink);
// Who opens another link in this very page changes the # alone, and nothing is loaded anew.
addEventListener("hashchange", readLink);
