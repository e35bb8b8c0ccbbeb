// A table whose numbers open their posts. It is HTML, so it mirrors with the page and takes any digits.

// A long address may break before its server, a variable behind its words, not in the middle of one.
// What begins with a signed number says nothing of its direction: it runs as the page does.
const breakable = (text) => {
  const words = make(text.startsWith("\u200e") ? "span" : "bdi");
  text.split(/(?=@)|(?<=[A-Z]_)/).forEach((piece, index) => {
    if (index) words.append(make("wbr"));
    words.append(document.createTextNode(piece));
  });
  return words;
};

// What a narrow page has no room for beside the others, in a line of its own below the row.
const alsoOf = (columns, row, component) => {
  const pairs = make("div", "pairs");
  columns.forEach((column, index) => {
    const { below, brief } = row[index];
    if (!index || !below || (brief && column.minor)) return;
    pairs.append(make("div", brief ? "pair muted" : "whole muted", brief ? `${column.label}: ${below}` : below));
  });
  columns.forEach((column, index) => {
    if (!column.minor || !row[index].text) return;
    const { below, brief } = row[index];
    const pair = make("span", brief ? "pair long" : "pair");
    pair.append(make("span", "muted", `${column.label}: `));
    fill(pair, { ...row[index], bar: undefined, below: undefined }, component);
    if (brief) pair.append(make("span", "muted", ` (${below})`));
    pairs.append(pair);
  });
  if (!pairs.childElementCount) return null;
  const place = make("td");
  place.setAttribute("colspan", columns.length);
  place.append(pairs);
  const also = make("tr", "also");
  also.append(place);
  return also;
};

const fill = (place, cell, component) => {
  const words = cell.auto ? make("bdi") : make("span");
  if (cell.link) words.append(inside(cell.link, cell.text, cell.number ? "number" : "word", component));
  else words.append(make("span", cell.chip ? `chip ${cell.tone || ""}` : cell.tone || "", cell.text));
  if (cell.direction) words.setAttribute("dir", cell.direction);
  if (cell.hint) words.setAttribute("title", cell.hint);
  place.append(words);
  if (cell.curve && cell.curve.length > 1) place.append(curve(cell.curve, mirrored(component)));
  if (cell.below) {
    const below = make("div", "below muted");
    below.append(breakable(cell.below));
    place.append(below);
  }
  if (typeof cell.bar === "number") {
    const bar = make("div", "bar");
    const part = make("div", cell.strong ? "part strong" : "part");
    part.style.width = `${Math.max(0, Math.min(1, cell.bar)) * 100}%`;
    bar.append(part);
    place.append(bar);
  }
};

export default function (component) {
  const box = root(component);
  const { label, columns, rows } = component.data;
  const table = make("table");
  table.setAttribute("aria-label", label);
  const head = make("thead");
  const names = make("tr");
  for (const column of columns) {
    const kinds = `${column.number ? "figure" : ""} ${column.minor ? "minor" : ""} ${column.wide ? "wide" : ""}`;
    const name = make("th", kinds, column.label);
    name.setAttribute("scope", "col");
    if (column.hint) name.setAttribute("title", column.hint);
    names.append(name);
  }
  head.append(names);
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr");
    row.forEach((cell, index) => {
      const column = columns[index];
      const place = make("td", `${column.number ? "figure" : ""} ${column.minor ? "minor" : ""}`);
      fill(place, cell, component);
      line.append(place);
    });
    body.append(line);
    const also = alsoOf(columns, row, component);
    if (also) body.append(also);
  }
  table.append(head, body);
  const frame = make("div", "frame");
  frame.append(table);
  box.append(frame);
}
