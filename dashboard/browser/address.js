// The address of what the page shows, in place of the one that the browser has: the way back stays short.

export default function (component) {
  root(component);
  const search = `?${new URLSearchParams(component.data.params)}`;
  if (window.location.search !== search) {
    window.history.replaceState(window.history.state, "", window.location.pathname + search);
  }
}
