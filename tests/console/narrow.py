"""Scripts that measure a page at 200 % and 400 %: nothing beside the screen, nothing cut, no focus under anything."""

# 1280 × 720 at 400 %; 1920 × 1080 at 200 %
QUARTER, HALF = {"width": 320, "height": 180}, {"width": 960, "height": 540}
# Sentences about what does not fit: the page, a text in its box, a word in its line.
CUT = r"""() => {
  const wrong = new Set(), root = document.scrollingElement;
  if (root.scrollWidth > innerWidth) wrong.add(`the page is ${root.scrollWidth} wide`);
  const unseen = ".visually-hidden, .skip, dialog, script, style, .one .line"; // a line beside the work: number, sign
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    const held = node.parentElement;
    if (!node.data.trim() || held.closest(unseen) || !held.checkVisibility({ visibilityProperty: true })) continue;
    const range = document.createRange();
    range.selectNodeContents(node);
    const boxes = [...range.getClientRects()].filter((one) => one.width >= 1);
    for (let around = held; around !== document.body; around = around.parentElement) {
      const { overflowX, overflowY, position } = getComputedStyle(around), outer = around.getBoundingClientRect();
      const scrolls = /auto|scroll/.test(overflowY);
      if (overflowX !== "visible" && boxes.some((one) => one.right > outer.right + 1 || one.left < outer.left - 1))
        wrong.add("cut at the side: " + node.data.trim());
      const isBelow = (one) => one.bottom > outer.bottom + 2 || one.top < outer.top - 2;
      if (overflowY !== "visible" && !scrolls && boxes.some(isBelow))
        wrong.add("cut below: " + node.data.trim());
      if (scrolls || position === "fixed") break;
    }
    if (!held.closest(".trait:not(.longest) :is(.counts, .other)")) continue;
    for (const word of node.data.matchAll(/\p{L}{2,26}/gu)) {
      range.setStart(node, word.index);
      range.setEnd(node, word.index + word[0].length);
      const tops = new Set([...range.getClientRects()].map((one) => Math.round(one.top)));
      if (tops.size > 1) wrong.add("broken: " + word[0]);
    }
  }
  return [...wrong]; }"""
# What takes the focus and is then wholly under something, or beside the screen (WCAG 2.4.11).
COVERED_FOCUS = r"""() => {
  const wanted = "a[href], button, input:not([type=hidden]), select, textarea, summary";
  const isMet = (one) =>
    one.tabIndex >= 0 && !one.matches(":disabled") && one.checkVisibility({ visibilityProperty: true });
  const isSeen = (one) => {
    const shown = one.matches("[type=radio], [type=checkbox]") ? one.closest("label") || one : one;
    const box = shown.getBoundingClientRect();
    return [[.5, .5], [.1, .5], [.9, .5], [.5, .15], [.5, .85]].some(([x, y]) => {
      const top = document.elementFromPoint(box.left + box.width * x, box.top + box.height * y);
      return top && (shown.contains(top) || top.contains(shown));
    });
  };
  return [...document.querySelectorAll(wanted)].filter(isMet).flatMap((one) => {
    if (!isMet(one)) return []; // shut when the focus went elsewhere
    one.focus();
    return document.activeElement === one && isSeen(one) ? [] : ["focus not seen: " + one.outerHTML.slice(0, 90)];
  }); }"""
# The same for whatever has the focus now.
FOCUSED = r"""() => {
  const box = document.activeElement.getBoundingClientRect();
  return box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth; }"""
