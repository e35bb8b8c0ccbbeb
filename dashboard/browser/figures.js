// Cards with one large number each: the number opens its posts, the one before it opens its own.

export default function (component) {
  const box = root(component);
  const flip = mirrored(component);
  for (const item of component.data.items) {
    const card = make("section", "card");
    card.append(make("h3", "label muted", item.label));
    const row = make("div", "row");
    row.append(
      item.value.link ? inside(item.value.link, item.value.text, "number large", component)
        : make("span", item.words ? "large words" : "large", item.value.text),
    );
    if (item.change) row.append(make("span", `change ${item.change.tone}`, item.change.text));
    card.append(row);
    if (item.before) {
      const before = make("div", "before muted", `${item.before.label} `);
      before.append(
        item.before.link ? inside(item.before.link, item.before.text, "number", component)
          : make("span", "", item.before.text),
      );
      card.append(before);
    }
    if (item.curve && item.curve.length > 1) card.append(curve(item.curve, flip));
    box.append(card);
  }
}
