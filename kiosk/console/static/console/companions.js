/* Of the pieces, only the chosen one asks which document goes with it: the others' questions answer to no key.
   Read after answer.js: what it ticks again on the page that INSi's answer brings counts here too. */
"use strict";
(() => {
  const ask = () =>
    document.querySelectorAll("[data-goes-with]").forEach((set) => {
      const pieces = [...set.form.elements].filter((one) => one.name === "evidence");
      const isChosen = pieces.some((piece) => piece.checked && piece.value === set.dataset.goesWith);
      set.disabled = !isChosen;
      set.querySelectorAll("input").forEach((input) => (input.required = isChosen));
    });
  const showChosen = () =>
    document.querySelectorAll("details.more-pieces").forEach((one) => (one.open = one.querySelector("input:checked") !== null));
  document.addEventListener("change", (event) => {
    if (!(event.target instanceof HTMLInputElement) || event.target.name !== "evidence") return;
    ask();
    showChosen();
    const asked = document.querySelector("[data-goes-with]:enabled");
    if (asked) asked.scrollIntoView({ block: "nearest" });
  });
  document.addEventListener("htmx:afterSwap", () => (ask(), showChosen()));
  window.addEventListener("pageshow", ask); // a browser that goes back fills the form after this file was read
  ask();
})();
