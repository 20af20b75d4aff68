// The map: what the pointed or focused name rests on, and what rests on it.
(() => {
  "use strict";
  const map = document.querySelector("svg.map");
  if (!map) return;
  const nodes = new Map([...map.querySelectorAll(".node")].map((node) => [node.id, node]));
  const below = new Map([...nodes].map(([id, node]) => [id, (node.dataset.on ?? "").split(" ").filter(Boolean)]));
  const above = new Map([...nodes.keys()].map((id) => [id, []]));
  below.forEach((ids, id) => ids.forEach((one) => above.get(one).push(id)));

  // A derivation's curves stand in two paths, in the order of data-on.
  const curves = (node) => [...node.querySelectorAll("path.other, path.ground")]
    .sort((a, b) => Number(b.matches(".other")) - Number(a.matches(".other")))
    .flatMap((path) => path.getAttribute("d").split(/(?=M)/));
  const svg = map.namespaceURI;
  const lit = document.createElementNS(svg, "g");
  lit.setAttribute("class", "lit");
  map.querySelector(".node").before(lit);
  const light = (id, at) => {
    const path = document.createElementNS(svg, "path");
    path.setAttribute("d", curves(nodes.get(id))[below.get(id).indexOf(at)]);
    path.setAttribute("transform", nodes.get(id).getAttribute("transform"));
    return path;
  };

  let shown = null;
  const show = (node) => {
    if (node === shown) return;
    if (shown) [shown, ...map.querySelectorAll(".near")].forEach((one) => one.classList.remove("here", "near"));
    shown = node;
    map.classList.toggle("picked", Boolean(node));
    lit.replaceChildren();
    if (!node) return;
    node.classList.add("here");
    [...below.get(node.id), ...above.get(node.id)].forEach((id) => nodes.get(id).classList.add("near"));
    lit.append(...above.get(node.id).map((id) => light(id, node.id)));
  };

  // Listened to around the picture: an <svg> that listens for focus would become a stop of the keyboard itself.
  const frame = map.parentElement;
  frame.addEventListener("pointerover", (event) => show(event.target.closest(".node")));
  frame.addEventListener("pointerleave", () => show(null));
  frame.addEventListener("focusin", (event) => show(event.target.closest(".node")));
  frame.addEventListener("focusout", () => show(null));
})();
