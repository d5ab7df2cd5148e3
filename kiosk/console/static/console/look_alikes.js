/* Look-alikes by keyboard: in the panel that is open a digit chooses and Enter sends. The mouse does all of it. */
"use strict";
(() => {
  const areOff = () => document.documentElement.classList.contains("no-shortcuts");

  document.querySelectorAll("details.one-of").forEach((panel) => {
    panel.addEventListener("toggle", () => {
      if (!panel.open || panel.querySelector(":focus:not(summary)")) return; // who typed on is further already
      (panel.querySelector("input[type=radio]") || panel.querySelector("button")).focus();
    });
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat || areOff()) return;
    if (event.key === "Escape") return document.querySelectorAll("details.one-of[open]").forEach((one) => one.removeAttribute("open"));
    const meant = document.querySelector(`details[open] [data-digit="${CSS.escape(event.key)}"]`);
    if (!meant) return;
    event.preventDefault();
    meant.checked = true;
    meant.dispatchEvent(new Event("change", { bubbles: true }));
    meant.focus();
  });
})();
