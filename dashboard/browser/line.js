// One line of small facts: chips, words and links beside each other.

// The text with a pointer under one of its letters, or behind the last.
const point = (words, text, place) => {
  const letters = Array.from(text);
  words.append(letters.slice(0, place).join(""));
  words.append(make("mark", "point", letters[place] ?? "\u2423"));
  words.append(letters.slice(place + 1).join(""));
};

export default function (component) {
  const box = root(component);
  for (const item of component.data.items) {
    const piece = make("span", item.chip ? `chip ${item.tone || ""}` : item.tone || "");
    const words = make("bdi");
    if (item.link) words.append(inside(item.link, item.text, item.number ? "number" : "word", component));
    else if (item.mark !== undefined) point(words, item.text, item.mark);
    else words.textContent = item.text;
    if (item.label) piece.append(make("span", "muted", `${item.label} `));
    piece.append(words);
    if (item.counted) {
      const counted = make("span", "after");
      counted.append(inside(item.counted.link, item.counted.text, "word", component));
      piece.append(counted);
    }
    if (item.after) piece.append(make("span", "after", item.after));
    if (item.share) piece.append(make("span", "share muted", item.share));
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
