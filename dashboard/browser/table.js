// A table whose numbers open their posts. It is HTML, so it mirrors with the page and takes any digits.

const fill = (place, cell, component) => {
  const words = cell.auto ? make("bdi") : make("span");
  if (cell.link) words.append(inside(cell.link, cell.text, cell.number ? "number" : "word", component));
  else words.append(make("span", cell.chip ? `chip ${cell.tone || ""}` : cell.tone || "", cell.text));
  if (cell.hint) words.setAttribute("title", cell.hint);
  place.append(words);
  if (cell.below) {
    const below = make("div", "below muted");
    below.append(make("bdi", "", cell.below));
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
    row.forEach((cell, index) => {
      const column = columns[index];
      const place = make("td", `${column.number ? "figure" : ""} ${column.minor ? "minor" : ""}`);
      fill(place, cell, component);
      line.append(place);
    });
    body.append(line);
  }
  table.append(head, body);
  const frame = make("div", "frame");
  frame.append(table);
  box.append(frame);
}
