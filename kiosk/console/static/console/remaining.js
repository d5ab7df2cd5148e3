/* The sentence at the head loses what was just ticked: what remains is said, and nothing else.
   Read after answer.js: what it ticks again on the page that INSi's answer brings counts here too. */
"use strict";
(() => {
  const one = (selector) => document.querySelector(selector) !== null;
  const isDone = {
    evidence: () => one("input[name=evidence]:checked") && !one("[data-goes-with]:enabled:not(:has(:checked))"),
    said: () => one("input[name=said]:checked"),
    place: () => one("#see-place:checked"),
  };
  const show = () => {
    const rest = document.querySelector("[data-rest]");
    if (!rest) return;
    const left = Object.keys(isDone).filter((name) => rest.hasAttribute(`data-left-${name}`) && !isDone[name]());
    const words = left.map((name) => rest.getAttribute(`data-left-${name}`)).join(", ");
    rest.textContent = words && rest.dataset.rest.replace("{left}", words);
  };
  document.addEventListener("change", show);
  document.addEventListener("htmx:afterSwap", show);
  window.addEventListener("pageshow", show); // a browser that goes back fills the form after this file was read
})();
