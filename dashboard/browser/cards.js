// Posts as cards. Every word of a post is a text node; nothing of it is parsed, fetched or shown as a picture.

const pieces = (text, parts, component) => {
  for (const part of parts) {
    if (part.link) text.append(inside(part.link, part.text, "word", component));
    else if (part.url) text.append(outside(part.url, part.text, "word"));
    else text.append(document.createTextNode(part.text));
  }
};

const shorten = (text, words) => {
  text.classList.add("short");
  requestAnimationFrame(() => {
    if (text.scrollHeight <= text.clientHeight + 4) {
      text.classList.remove("short");
      return;
    }
    const more = make("button", "more", words.more);
    more.setAttribute("type", "button");
    more.addEventListener("click", () => {
      const short = text.classList.toggle("short");
      more.textContent = short ? words.more : words.less;
    });
    text.after(more);
  });
};

const heading = (post, component) => {
  const head = make("header", "head");
  const name = make("div", "name");
  const who = make("bdi", "who");
  who.append(post.author.link ? inside(post.author.link, post.author.name, "who", component)
    : document.createTextNode(post.author.name));
  name.append(who);
  if (post.author.handle) {
    const handle = make("bdi", "muted handle", post.author.handle);
    name.append(handle);
  }
  for (const mark of post.marks) name.append(make("span", "chip", mark));
  const when = make("div", "when muted");
  const time = make("time", "", post.time.text);
  time.setAttribute("datetime", post.time.iso);
  time.setAttribute("title", post.time.hint);
  when.append(time);
  head.append(name, when);
  return head;
};

const footing = (post, words, component) => {
  const foot = make("footer", "foot muted");
  for (const metric of post.metrics) {
    const piece = make("span", "metric", metric.text);
    piece.setAttribute("title", metric.hint);
    foot.append(piece);
  }
  const where = make("span", "where");
  where.append(make("bdi", "", post.where));
  foot.append(where);
  if (post.permalink) foot.append(inside(post.permalink, words.permalink, "word", component));
  if (post.url) foot.append(outside(post.url, words.open, "word"));
  return foot;
};

export default function (component) {
  const box = root(component);
  const { posts, words } = component.data;
  for (const post of posts) {
    const card = make("article", "card");
    card.append(heading(post, component));
    if (post.context) {
      const context = make("div", "context muted");
      if (post.context.link) context.append(inside(post.context.link, post.context.text, "word", component));
      else context.textContent = post.context.text;
      card.append(context);
    }
    if (post.title) {
      const title = make("h4", "title", post.title);
      title.setAttribute("dir", "auto");
      card.append(title);
    }
    const text = make("div", "text");
    text.setAttribute("dir", post.direction);
    if (post.language) text.setAttribute("lang", post.language);
    pieces(text, post.parts, component);
    if (post.parts.length) card.append(text);
    if (post.tags.length) {
      const tags = make("div", "tags");
      for (const tag of post.tags) {
        const chip = make("bdi", "chip accent");
        chip.append(inside(tag.link, tag.text, "", component));
        tags.append(chip);
      }
      card.append(tags);
    }
    if (post.readings?.length) {
      const read = make("div", "readings");
      for (const item of post.readings) {
        const chip = make("span", `chip ${item.tone}`);
        chip.append(make("span", "muted", `${item.label} `), make("bdi", "", item.text));
        read.append(chip);
      }
      card.append(read);
    }
    if (post.copies) {
      const copies = make("div", "context muted");
      copies.append(inside(post.copies.link, post.copies.text, "word", component));
      card.append(copies);
    }
    card.append(footing(post, words, component));
    box.append(card);
    if (post.parts.length) shorten(text, words);
  }
}
