// A range of days in the Jalali calendar: two clicks, the first day and the last.
// The browser's own calendar does the arithmetic; days travel as Gregorian ISO dates.

const DAY = 86400000;

const partsOf = (time) => {
  const found = {};
  const format = new Intl.DateTimeFormat("en-US-u-ca-persian-nu-latn", {
    year: "numeric", month: "numeric", day: "numeric", timeZone: "UTC",
  });
  for (const part of format.formatToParts(new Date(time))) found[part.type] = parseInt(part.value, 10);
  return found;
};
const iso = (time) => new Date(time).toISOString().slice(0, 10);
const monthStart = (time) => time - (partsOf(time).day - 1) * DAY;
// No Jalali month is longer than 31 days: the 32nd day from its first lies in the next one.
const nextMonth = (start) => monthStart(start + 31 * DAY);
const lastMonth = (start) => monthStart(start - DAY);

const draw = (component, box, state) => {
  const { words, today } = component.data;
  const persian = (number) => String(number).replace(/[0-9]/g, (digit) => words.digits[digit]);
  box.replaceChildren();
  const bar = make("div", "bar");
  const turn = (text, name, start) => {
    const button = make("button", "turn", text);
    button.setAttribute("type", "button");
    button.setAttribute("aria-label", name);
    button.addEventListener("click", () => draw(component, box, { ...state, month: start }));
    return button;
  };
  const shown = partsOf(state.month);
  bar.append(
    turn("‹", words.earlier, lastMonth(state.month)),
    make("strong", "", `${words.months[shown.month - 1]} ${persian(shown.year)}`),
    turn("›", words.later, nextMonth(state.month)),
  );
  const grid = make("div", "grid");
  for (const name of words.weekdays) grid.append(make("span", "weekday muted", name));
  // A week begins on Saturday: getUTCDay() 6.
  const lead = (new Date(state.month).getUTCDay() + 1) % 7;
  for (let gap = 0; gap < lead; gap += 1) grid.append(make("span"));
  for (let time = state.month; time < nextMonth(state.month); time += DAY) {
    const button = make("button", "day", persian(partsOf(time).day));
    const inRange = state.since && time >= state.since && time <= (state.until || state.since);
    if (inRange) button.classList.add("in");
    if (iso(time) === today) button.classList.add("today");
    if (iso(time) > today) button.disabled = true;
    button.setAttribute("type", "button");
    button.setAttribute("aria-label", `${persian(partsOf(time).day)} ${words.months[shown.month - 1]}`);
    button.setAttribute("aria-pressed", inRange ? "true" : "false");
    button.setAttribute("data-day", iso(time));
    button.addEventListener("click", () => pick(component, box, state, time));
    grid.append(button);
  }
  box.append(bar, grid, make("div", "muted hint", state.open ? words.last : words.first));
};

const pick = (component, box, state, time) => {
  if (!state.open) {
    draw(component, box, { ...state, since: time, until: time, open: true });
    return;
  }
  const [since, until] = time < state.since ? [time, state.since] : [state.since, time];
  draw(component, box, { ...state, since, until, open: false });
  component.setTriggerValue("picked", { since: iso(since), until: iso(until) });
};

export default function (component) {
  const box = root(component);
  const { since, until } = component.data;
  const first = Date.parse(since);
  const last = Date.parse(until);
  draw(component, box, { since: first, until: last, open: false, month: monthStart(last) });
}
