// A table whose numbers open their posts. It is HTML, so it mirrors with the page and takes any digits.

// A long address may break before its server, not in the middle of a word.
const breakable = (text) => {
  const words = make("bdi");
  text.split(/(?=@)/).forEach((piece, index) => {
    if (index) words.append(make("wbr"));
    words.append(document.createTextNode(piece));
  });
  return words;
};

// What a narrow page has no column for, as "label value" below the name that begins the row.
const alsoOf = (columns, row, component) => {
  const also = make("div", "also");
  columns.forEach((column, index) => {
    if (!column.minor) return;
    const pair = make("span", "pair");
    pair.append(make("span", "muted", `${column.label} `));
    fill(pair, { ...row[index], bar: undefined, below: undefined }, component);
    also.append(pair);
  });
  return also;
};

const fill = (place, cell, component) => {
  const words = cell.auto ? make("bdi") : make("span");
  if (cell.link) words.append(inside(cell.link, cell.text, cell.number ? "number" : "word", component));
  else words.append(make("span", cell.chip ? `chip ${cell.tone || ""}` : cell.tone || "", cell.text));
  if (cell.hint) words.setAttribute("title", cell.hint);
  place.append(words);
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
    const name = make("th", `${column.number ? "figure" : ""} ${column.minor ? "minor" : ""}`, column.label);
    name.setAttribute("scope", "col");
    if (column.hint) name.setAttribute("title", column.hint);
    names.append(name);
  }
  head.append(names);
  const body = make("tbody");
  for (const row of rows) {
    const line = make("tr");
    const naming = columns.findIndex((column) => !column.number);
    const also = columns.some((column) => column.minor) ? alsoOf(columns, row, component) : null;
    row.forEach((cell, index) => {
      const column = columns[index];
      const place = make("td", `${column.number ? "figure" : ""} ${column.minor ? "minor" : ""}`);
      fill(place, cell, component);
      if (also && index === naming) place.append(also);
      line.append(place);
    });
    body.append(line);
  }
  table.append(head, body);
  const frame = make("div", "frame");
  frame.append(table);
  box.append(frame);
}
