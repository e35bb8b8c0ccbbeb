// What all components share: elements made from text alone, and links that stay inside the page.
// Data is only ever set as textContent or as an attribute checked here; nothing is parsed as HTML.

const make = (tag, name, text) => {
  const element = document.createElement(tag);
  if (name) element.className = name;
  if (text !== undefined && text !== null) element.textContent = text;
  return element;
};

// A relative address inside the dashboard. A plain click asks Python for the view, which keeps the
// session; any other click (new tab, copy) uses the address itself.
const inside = (link, text, name, component) => {
  const anchor = make("a", name, text);
  anchor.setAttribute("href", link.href);
  anchor.setAttribute("data-view", link.view);
  if (link.hint) anchor.setAttribute("title", link.hint);
  anchor.addEventListener("click", (event) => {
    if (event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    component.setTriggerValue("open", { view: link.view, params: link.params });
  });
  return anchor;
};

// An address outside: http and https only, and the other side learns nothing about us.
const outside = (address, text, name) => {
  let url = null;
  try {
    url = new URL(address);
  } catch {
    return make("span", name, text);
  }
  if (url.protocol !== "http:" && url.protocol !== "https:") return make("span", name, text);
  const anchor = make("a", name, text);
  anchor.setAttribute("href", url.href);
  anchor.setAttribute("target", "_blank");
  anchor.setAttribute("rel", "noopener noreferrer nofollow");
  anchor.setAttribute("referrerpolicy", "no-referrer");
  return anchor;
};

// A small curve of numbers; in a page from right to left time runs that way too.
const curve = (numbers, mirrored) => {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  const top = Math.max(...numbers, 1);
  const step = 100 / Math.max(numbers.length - 1, 1);
  const points = numbers.map((number, index) => {
    const x = index * step;
    return `${(mirrored ? 100 - x : x).toFixed(2)},${(26 - (24 * number) / top).toFixed(2)}`;
  });
  svg.setAttribute("viewBox", "0 0 100 28");
  svg.setAttribute("preserveAspectRatio", "none");
  svg.setAttribute("class", "curve");
  svg.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(space, "polyline");
  line.setAttribute("points", points.join(" "));
  svg.append(line);
  return svg;
};

// The page's own direction may come after the first components; Python says it with the data.
const mirrored = (component) => Boolean(component.data.mirrored);

const root = (component) => {
  const element = component.parentElement.querySelector(".root");
  element.replaceChildren();
  // Persian digits of one width stand too far apart; the style sheet asks for the direction.
  element.setAttribute("dir", mirrored(component) ? "rtl" : "ltr");
  return element;
};
