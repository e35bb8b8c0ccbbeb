// One line of small facts: chips, words and links beside each other.

export default function (component) {
  const box = root(component);
  for (const item of component.data.items) {
    const piece = make("span", item.chip ? `chip ${item.tone || ""}` : item.tone || "");
    const words = make("bdi");
    if (item.link) words.append(inside(item.link, item.text, item.number ? "number" : "word", component));
    else words.textContent = item.text;
    if (item.label) piece.append(make("span", "muted", `${item.label} `));
    piece.append(words);
    if (item.after) piece.append(make("span", "after", item.after));
    if (item.remove) {
      const cross = inside(item.remove, "×", "cross", component);
      cross.setAttribute("aria-label", item.remove.hint || "×");
      piece.append(cross);
    }
    box.append(piece);
  }
  if (component.data.language) {
    document.documentElement.lang = component.data.language;
    document.documentElement.dir = component.data.language === "fa" ? "rtl" : "ltr";
  }
}
