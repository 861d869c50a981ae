// The map and the list: where topics are chosen.

const state = {
  topic: bySize[0], word: null, group: null, lambda: 0.6, sort: 'size', order: 'representatives', shownDocuments: 10,
  sought: '',
};

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
    if (topics[t].twins.length > 0) mark.classList.add('twin');
    plane.append(mark);
  }
  placeNames(plane, placed);
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

/** Names beside the circles, of the largest topics first, where there is room; that of the chosen one anyway. */
function placeNames(plane, placed) {
  const taken = placed.map(t => {
    const { x, y, r } = marks[t];
    return { left: x - r, right: x + r, top: y - r, bottom: y + r, of: t };
  });
  const isFree = (box, t) => box.left >= 2 && box.right <= MapSize.width - 2 && box.top >= 2
    && box.bottom <= MapSize.height - 2 && !taken.some(other => other.of !== t && box.left < other.right
      && other.left < box.right && box.top < other.bottom && other.top < box.bottom);
  for (const t of placed) {
    const { x, y, r } = marks[t];
    const name = element('text', { class: 'name', 'aria-hidden': 'true' }, shortName(t));
    plane.append(name);
    const [half, height] = [name.getComputedTextLength() / 2 + 2, 18];
    const within = Math.max(half + 2, Math.min(MapSize.width - half - 2, x));
    const places = [
      [within, y + r + height / 2], [within, y - r - height / 2], [x + r + half, y], [x - r - half, y],
    ].map(([center, middle]) => ({
      left: center - half, right: center + half, top: middle - height / 2, bottom: middle + height / 2, center, middle,
    }));
    const place = places.find(box => isFree(box, t));
    const { center, middle } = place ?? places[places[0].bottom < MapSize.height ? 0 : 1];
    name.setAttribute('x', center);
    name.setAttribute('y', middle);
    name.classList.toggle('crowded', !place);
    if (place) taken.push({ ...place, of: -1 });
    marks[t].name = name;
  }
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
    groups: () => data.order,
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
      'li', { role: 'option', tabindex: -1, title: `${topics[t].name} (${topics[t].summary})${twinNote(t)}` },
      element('b', {}, `${t + 1}`), topicName(t), element('small', {}, percent(topics[t].share)));
    // A bar behind the name.
    row.style.backgroundImage = 'linear-gradient(var(--line), var(--line))';
    row.style.backgroundSize = `${(100 * topics[t].share / largest).toFixed(1)}% 3px`;
    row.style.backgroundPosition = '0 100%';
    row.addEventListener('click', () => chooseTopic(t));
    rows[t] = row;
    return row;
  }));
}

/** The name of a topic, what it is about, and whether another is nearly the same. */
function topicName(t) {
  const { name, summary, twins } = topics[t];
  return element(
    'span', { dir: 'auto' }, twins.length > 0 ? element('em', { role: 'img', 'aria-label': twinNote(t) }, '≈ ') : null,
    name, name === summary ? null : element('i', {}, ` ${summary}`));
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
  if (state.sort === 'groups') markInTree();
  else scrollTo(list, rows[state.topic]);

  const ofWord = state.word === null ? null : new Map(shares(data.topicsOfWords[state.word]));
  const first = marks[state.topic] ? state.topic : marks.findIndex(mark => mark);
  const inGroup = state.group === null ? null : new Set(topicsOfGroup(state.group));
  byId('plane').classList.toggle('of-word', ofWord !== null);
  marks.forEach(({ mark, circle, label, name, r }, t) => {
    // The circles of a word's topics have the area of its share; the others nearly vanish.
    const size = ofWord ? Math.max(2, MapSize.word * Math.sqrt(ofWord.get(t) ?? 0)) : r;
    circle.setAttribute('r', size);
    mark.classList.toggle('word', ofWord !== null);
    mark.classList.toggle('chosen', t === state.topic);
    mark.classList.toggle('grouped', inGroup !== null && inGroup.has(t));
    name.classList.toggle('chosen', t === state.topic);
    mark.classList.toggle('small', size < 9);
    label.toggleAttribute('hidden', size < 9 && t !== state.topic);
    mark.setAttribute('aria-pressed', t === state.topic);
    mark.setAttribute('tabindex', t === first ? 0 : -1);
  });
  byId('word-note').replaceChildren(...(ofWord === null && inGroup !== null ? [
    `Marked are the ${count(inGroup.size)} topics of the group `, said(`“${data.groups[state.group].name}”`), '. ',
    element('button', { type: 'button', '.onclick': () => { state.group = null; markChoice(); } }, 'No group'),
  ] : ofWord === null ? [] : [
    'Sizes are the topics of ', said(`“${data.words[state.word]}”`), ': ',
    [...ofWord].map(([t, share]) => `${t + 1} (${percent(share)})`).join(', ') || 'none', '. ',
    element('button', { type: 'button', '.onclick': () => chooseWord(null) }, 'All words'),
  ]));
}

function scrollTo(list, row) {
  const [inner, frame] = [row.getBoundingClientRect(), list.getBoundingClientRect()];
  if (inner.top < frame.top) list.scrollTop += inner.top - frame.top;
  if (inner.bottom > frame.bottom) list.scrollTop += inner.bottom - frame.bottom;
}
