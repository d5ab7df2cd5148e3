/* Who said a minor's identity: C goes to the answers, and the next digit is theirs; then digits are the evidence's again. */
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.matches("[data-said-by]")) event.target.querySelector("input").focus();
  });
  document.addEventListener(
    "keydown",
    (event) => {
      const answers = event.target instanceof Element ? event.target.closest("[data-said-by]") : null;
      if (!answers || event.ctrlKey || event.altKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
      if (document.documentElement.classList.contains("no-shortcuts")) return;
      const wanted = answers.querySelectorAll("input")[Number(event.key) - 1];
      if (wanted) wanted.click();
      event.preventDefault();
      event.stopPropagation();
      event.target.blur();
    },
    { capture: true },
  );
})();
