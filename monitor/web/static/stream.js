// One event source for all tabs of a browser: an origin gets six connections over HTTP/1.1, and a stream keeps one.
const NAMES = ["hello", "hb", "chain", "hop", "comp", "incident", "notice"];
const RETRY_MS = 3000;
const ports = new Set();
let source = null;
let hello = null;
let beat = null;

const tell = (message) => ports.forEach((port) => port.postMessage(message));

function open() {
  source = new EventSource("/events");
  for (const name of NAMES) {
    source.addEventListener(name, (event) => {
      const message = { name, data: JSON.parse(event.data), id: event.lastEventId };
      if (name === "hello") hello = message;
      if (name === "hb") beat = message;
      tell(message);
    });
  }
  source.addEventListener("error", () => {
    hello = null;
    tell({ name: "lost" });
    // A stream that was refused is not tried again by itself.
    if (source.readyState === EventSource.CLOSED) setTimeout(open, RETRY_MS);
  });
}

self.addEventListener("connect", (event) => {
  const port = event.ports[0];
  ports.add(port);
  port.addEventListener("message", (message) => {
    if (message.data === "leave") ports.delete(port);
    if (message.data === "join") ports.add(port);
    if (ports.size === 0 && source) {
      source.close();
      source = hello = beat = null;
    } else if (ports.size > 0 && !source) open();
  });
  port.start();
  if (!source) open();
  else {
    // Joining late, a tab cannot know what it missed: it fetches the page anew.
    if (hello) port.postMessage({ ...hello, data: { ...hello.data, resync: true, seq: -1 } });
    if (beat) port.postMessage(beat);
  }
});
