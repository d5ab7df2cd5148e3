/* Keys of the staff's pages; everything they do the mouse does too. Read before the page: whoever sees a key may press it. */
"use strict";
(() => {
  const OFF = "console.shortcuts.off";
  const areOff = () => localStorage.getItem(OFF) === "1";
  const show = () => {
    document.documentElement.classList.toggle("no-shortcuts", areOff());
    const button = document.querySelector("[data-shortcuts]");
    if (button) button.setAttribute("aria-pressed", String(!areOff()));
  };
  document.addEventListener("click", (event) => {
    if (!(event.target instanceof Element) || !event.target.closest("[data-shortcuts]")) return;
    localStorage.setItem(OFF, areOff() ? "0" : "1");
    show();
  });
  document.addEventListener("DOMContentLoaded", show);
  show();

  const isTyping = (element) =>
    element instanceof HTMLTextAreaElement ||
    element instanceof HTMLSelectElement ||
    (element instanceof HTMLInputElement && !["radio", "checkbox"].includes(element.type) && !element.readOnly);

  const meantBy = (key) => {
    const meant = [...document.querySelectorAll(`[data-key="${key.toLowerCase()}"]`)].filter(
      (element) => !element.closest("[hidden]") && !element.matches(":disabled"),
    );
    return meant.find((element) => element.type === "checkbox" && !element.checked) || meant[0];
  };

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.repeat) return;
    if (event.key === "Escape") {
      document.querySelectorAll(".is-large").forEach((element) => element.classList.remove("is-large"));
      document.querySelectorAll("details[data-key][open]").forEach((element) => element.removeAttribute("open"));
      if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
      return;
    }
    if (areOff() || isTyping(document.activeElement) || !/^[a-z0-9]$/i.test(event.key)) return;
    const wanted = meantBy(event.key);
    if (!wanted) return;
    event.preventDefault();
    if (wanted.tagName === "DETAILS") {
      wanted.open = !wanted.open;
      const first = wanted.querySelector("input[type=radio]");
      if (wanted.open && first) first.focus();
      if (wanted.open) wanted.scrollIntoView({ block: "nearest" });
      return;
    }
    wanted.click();
  });
})();
