// The map and the list: where topics are chosen.

const state = { topic: bySize[0], word: null, lambda: 0.6, sort: 'size', shownDocuments: 10, sought: '' };

const MapSize = { width: 600, height: 460, margin: 12 };
const marks = [];
const rows = [];

function drawMap() {
  const plane = byId('plane');
  const placed = bySize.filter(t => topics[t].x !== undefined);
  plane.setAttribute('viewBox', `0 0 ${MapSize.width} ${MapSize.height}`);
  // The area says the share; all circles together cover about a fifth of the plane.
  const area = 0.2 * MapSize.width * MapSize.height;
  const radius = share => Math.max(5, Math.min(75, Math.sqrt(share * area / Math.PI)));
  const largest = Math.max(5, ...placed.map(t => radius(topics[t].share)));
  // A word's circles have room, too.
  MapSize.word = Math.max(24, Math.min(40, largest));
  const room = MapSize.margin + Math.max(MapSize.word, largest);
  const [x, y] = ['x', 'y'].map((axis, i) => {
    const values = placed.map(t => topics[t][axis]);
    const [low, high] = [Math.min(...values), Math.max(...values)];
    return { low, span: high - low, size: i === 0 ? MapSize.width : MapSize.height };
  });
  // One scale for both axes: the distances of the picture are those of the topics.
  const scale = Math.min(...[x, y].filter(a => a.span > 0).map(a => (a.size - 2 * room) / a.span), 1e6);
  const at = (axis, value) => axis.size / 2 + (axis.span > 0 ? (value - axis.low - axis.span / 2) * scale : 0);
  for (const t of placed) {
    const r = radius(topics[t].share);
    const circle = element('circle', { cx: at(x, topics[t].x), cy: at(y, topics[t].y), r });
    const label = element('text', { x: at(x, topics[t].x), y: at(y, topics[t].y) }, `${t + 1}`);
    const title = `Topic ${titleOf(t)}, ${percent(topics[t].share)}`;
    const mark = element(
      'g', { role: 'button', tabindex: -1, 'aria-label': title, 'data-topic': t, class: r < 9 ? 'small' : '' },
      element('title', {}, title), circle, label);
    mark.addEventListener('click', () => chooseTopic(t));
    marks[t] = { mark, circle, label, r, x: at(x, topics[t].x), y: at(y, topics[t].y) };
    plane.append(mark);
  }
  plane.addEventListener('keydown', moveOnMap);
  const nothing = rank - placed.length;
  byId('map-note').textContent = placed.length < 2
    ? 'One topic alone has no distances.'
    : `Topics ${data.byTexts ? 'of similar texts' : 'with similar words'} are near each other; the area is the share. `
      + (data.neighbours === 1 ? `The nearest topic is nearest on the map for ${percent(data.kept)} of the topics.`
        : `Of a topic’s ${data.neighbours} nearest, ${(data.kept * data.neighbours).toFixed(1)} are among its `
          + `${data.neighbours} nearest on the map.`)
      + (nothing > 0 ? ` Without words and not on it: ${nothing}.` : '');
}

/** The nearest topic in the direction of an arrow: what is aside counts twice. */
function moveOnMap(event) {
  const direction = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
  if (event.key === 'Enter' || event.key === ' ') {
    event.preventDefault();
    chooseTopic(Number(event.target.dataset.topic));
  }
  if (!direction || !marks[state.topic]) return;
  event.preventDefault();
  const from = marks[state.topic];
  let best = null;
  marks.forEach((to, t) => {
    const [dx, dy] = [to.x - from.x, to.y - from.y];
    const ahead = dx * direction[0] + dy * direction[1];
    const aside = Math.abs(dx * direction[1]) + Math.abs(dy * direction[0]);
    if (t === state.topic || ahead <= 0 || aside > 2 * ahead) return;
    const cost = ahead + 2 * aside;
    if (best === null || cost < best.cost) best = { t, cost };
  });
  if (best === null) return;
  chooseTopic(best.t);
  marks[best.t].mark.focus();
}

function sortedTopics() {
  const all = topics.map((_, t) => t);
  return {
    size: () => bySize,
    number: () => all,
    name: () => all.sort((a, b) => topics[a].name.localeCompare(topics[b].name) || a - b),
    similar: () => data.order,
  }[state.sort]();
}

function drawList() {
  const list = byId('list');
  const largest = Math.max(...topics.map(topic => topic.share), 1e-12);
  list.replaceChildren(...sortedTopics().map(t => {
    const row = element(
      'li', { role: 'option', tabindex: -1, title: topics[t].name },
      element('b', {}, `${t + 1}`), element('span', { dir: 'auto' }, topics[t].name),
      element('small', {}, percent(topics[t].share)));
    // A bar behind the name.
    row.style.backgroundImage = 'linear-gradient(var(--line), var(--line))';
    row.style.backgroundSize = `${(100 * topics[t].share / largest).toFixed(1)}% 3px`;
    row.style.backgroundPosition = '0 100%';
    row.addEventListener('click', () => chooseTopic(t));
    rows[t] = row;
    return row;
  }));
}

function moveInList(event) {
  const order = sortedTopics();
  const at = order.indexOf(state.topic);
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: order.length - 1,
    PageDown: Math.min(at + 10, order.length - 1), PageUp: Math.max(at - 10, 0) }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  if (order[to] === undefined) return;
  chooseTopic(order[to]);
  rows[state.topic].focus();
}

/** Says on map and list which topic and which word is chosen. */
function markChoice() {
  const list = byId('list');
  rows.forEach((row, t) => {
    row.setAttribute('aria-selected', t === state.topic);
    row.tabIndex = t === state.topic ? 0 : -1;
  });
  const [row, frame] = [rows[state.topic].getBoundingClientRect(), list.getBoundingClientRect()];
  if (row.top < frame.top) list.scrollTop += row.top - frame.top;
  if (row.bottom > frame.bottom) list.scrollTop += row.bottom - frame.bottom;

  const ofWord = state.word === null ? null : new Map(shares(data.topicsOfWords[state.word]));
  const first = marks[state.topic] ? state.topic : marks.findIndex(mark => mark);
  marks.forEach(({ mark, circle, label, r }, t) => {
    // The circles of a word's topics have the area of its share; the others nearly vanish.
    const size = ofWord ? Math.max(2, MapSize.word * Math.sqrt(ofWord.get(t) ?? 0)) : r;
    circle.setAttribute('r', size);
    mark.classList.toggle('word', ofWord !== null);
    mark.classList.toggle('chosen', t === state.topic);
    mark.classList.toggle('small', size < 9);
    label.toggleAttribute('hidden', size < 9 && t !== state.topic);
    mark.setAttribute('aria-pressed', t === state.topic);
    mark.setAttribute('tabindex', t === first ? 0 : -1);
  });
  byId('word-note').replaceChildren(...(ofWord === null ? [] : [
    'Sizes are the topics of ', said(`“${data.words[state.word]}”`), ': ',
    [...ofWord].map(([t, share]) => `${t + 1} (${percent(share)})`).join(', ') || 'none', '. ',
    element('button', { type: 'button', '.onclick': () => chooseWord(null) }, 'All words'),
  ]));
}
