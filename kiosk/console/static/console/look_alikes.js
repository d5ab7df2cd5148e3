/* Look-alikes by keyboard: arrows in the list; in the panel that is open a digit chooses and Enter sends. The mouse does all of it. */
"use strict";
(() => {
  const areOff = () => document.documentElement.classList.contains("no-shortcuts");
  const lines = [...document.querySelectorAll("[data-line]")];

  document.querySelectorAll("details.one-of").forEach((panel) => {
    panel.addEventListener("toggle", () => {
      if (panel.open) (panel.querySelector("input[type=radio]") || panel.querySelector("button")).focus();
    });
  });

  const move = (event, step) => {
    const at = lines.indexOf(document.activeElement);
    const next = lines[at < 0 ? 0 : at + step];
    if (!next) return;
    event.preventDefault();
    next.focus();
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || areOff()) return;
    if (event.key === "Escape") return document.querySelectorAll("details.one-of[open]").forEach((one) => one.removeAttribute("open"));
    if (event.key === "ArrowDown") return move(event, 1);
    if (event.key === "ArrowUp") return move(event, -1);
    const meant = document.querySelector(`details[open] [data-digit="${CSS.escape(event.key)}"]`);
    if (!meant) return;
    event.preventDefault();
    meant.checked = true;
    meant.dispatchEvent(new Event("change", { bubbles: true }));
    meant.focus();
  });
})();
