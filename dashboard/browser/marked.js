// A text with the places marked that spoke for something. Every piece is a text node.

export default function (component) {
  const box = root(component);
  const { pieces, direction, language } = component.data;
  const text = make("div", "marked");
  text.setAttribute("dir", direction);
  if (language) text.setAttribute("lang", language);
  for (const piece of pieces) {
    if (!piece.kinds.length) {
      text.append(document.createTextNode(piece.text));
      continue;
    }
    const mark = make("mark", piece.kinds.map((kind) => `is-${kind}`).join(" "), piece.text);
    // By itself the @ of a name would stand at its wrong end in a line from right to left.
    if (piece.kinds.includes("sign")) mark.setAttribute("dir", "auto");
    if (piece.hint) mark.setAttribute("title", piece.hint);
    text.append(mark);
  }
  box.append(text);
}
