// What is said about the chosen topic.

const drawn = {
  words: drawWords, documents: drawDocuments, time: drawTime, classes: drawClasses, similar: drawSimilar,
};

function drawHeading() {
  const topic = topics[state.topic];
  byId('detail-number').textContent = `Topic ${state.topic + 1}`;
  byId('detail-name').textContent = topic.name;
  const place = bySize.indexOf(state.topic) + 1;
  byId('detail-note').replaceChildren(...(hasWords(state.topic)
    ? [
      `${percent(topic.share)} of the texts, the ${place === 1 ? 'largest' : `${ordinal(place)} in size`} of ${rank}.`,
      ...(topic.name === topic.summary ? [] : [' Words: ', said(topic.summary), '.']),
      ...phrasesOf(topic),
    ]
    : ['The topic has no words: its column of the dictionary is zero.']));
  byId('twins').replaceChildren(...(topic.twins.length === 0 ? [] : [
    '≈ Nearly the same words as ',
    ...topic.twins.flatMap((t, i) => [i > 0 ? ', ' : '', element(
      'button', { type: 'button', dir: 'auto', '.onclick': () => chooseTopic(t) }, titleOf(t))]),
  ]));
}

/** Phrases of the texts that are not its name. */
function phrasesOf(topic) {
  const others = topic.labels.filter(label => label !== topic.name);
  if (others.length === 0) return [];
  return [
    topic.named ? ' Labels from the texts: ' : ' Other labels: ',
    ...others.flatMap((label, i) => [i > 0 ? ', ' : '', said(`“${label}”`)]), '.',
  ];
}

function bar(name, value, most) {
  const part = element('div', { class: name });
  part.style.width = `${most > 0 ? Math.min(100, 100 * value / most) : 0}%`;
  return part;
}

function drawWords() {
  byId('lambda-value').textContent = state.lambda.toFixed(2);
  const share = topics[state.topic].share;
  const words = relevantWords(state.topic, state.lambda);
  // A topic without a share of the texts has its own words to compare with.
  const own = entry => share > 0 ? share * entry.weight : entry.weight;
  const most = Math.max(...words.map(entry => Math.max(entry.overall, own(entry))));
  byId('words').replaceChildren(...words.map(entry => element(
    'li', {},
    element('button', {
      type: 'button', dir: 'auto', title: data.words[entry.word], 'aria-pressed': state.word === entry.word,
      'data-word': entry.word, '.onclick': () => chooseWord(state.word === entry.word ? null : entry.word),
    }, data.words[entry.word]),
    element('div', { class: 'track' }, bar('all', entry.overall, most), bar('in', own(entry), most)),
    element('small', { title: 'share of the words of the topic' }, percent(entry.weight)))));
}

function drawDocuments() {
  const topic = topics[state.topic];
  const numbers = topic[state.order];
  const several = numbers.length === 1 ? 'document' : `${numbers.length} documents`;
  byId('order-choice').hidden = topic.documents.length === 0;
  byId('documents-note').textContent = data.counts.documents === 0
    ? 'The page was made without documents.'
    : numbers.length === 0
      ? 'No document has a twentieth of this topic, or there was no room for any.'
      : (state.order === 'documents'
        ? `The ${several} with most of the topic, by amount and share.`
        : `The ${several} that ${numbers.length === 1 ? 'stands' : 'stand'} for the topic: each has much of it and `
          + 'differs from those above it.')
        + ' Marked words speak for it: the darker, the more of the word, here and in all texts, is the topic’s.';
  byId('documents').replaceChildren(
    ...numbers.slice(0, state.shownDocuments).map(number => article(data.documents[number], state.topic)));
  byId('more').hidden = numbers.length <= state.shownDocuments;
}

function article(document, topic) {
  const own = shares(document.topics);
  const facts = [
    document.title ? null : `Document ${count(document.number)}`, document.date, document.class,
    document.length ? `${count(document.length)} characters, cut` : null,
  ].filter(fact => fact);
  const text = element('p', { dir: 'auto' });
  for (const piece of pieces(document.text)) {
    const part = piece.word === undefined ? 0 : evidence(piece.word, topic, own);
    const sought = state.sought && piece.word !== undefined && plain(piece.text) === state.sought;
    const strength = part >= 0.6 ? 'strong' : part >= 0.4 ? 'medium' : part >= 0.2 ? 'weak' : '';
    if (!strength && !sought) {
      text.append(piece.text);
      continue;
    }
    const title = `${percent(responsibility(piece.word, topic, own))} from topic ${topic + 1}`;
    text.append(element('mark', { class: `${strength}${sought ? ' sought' : ''}`, title }, piece.text));
  }
  if (!document.text.trim()) text.append(element('i', {}, '(no text)'));
  return element(
    'article', {},
    document.title ? element('h3', { dir: 'auto' }, document.title) : null,
    facts.length > 0 ? element('p', { class: 'note' }, said(facts.join(' · '))) : null,
    text,
    element('div', { class: 'chips' }, ...own.map(([t, share]) => element('button', {
      type: 'button', 'aria-pressed': t === topic, dir: 'auto', '.onclick': () => chooseTopic(t),
    }, `${percent(share)} ${titleOf(t)}`))));
}

function drawTime() {
  const { names, sizes, shares: all, unit } = data.time;
  const [own, lower, upper] = [all[state.topic], data.time.lower[state.topic], data.time.upper[state.topic]];
  byId('time-note').textContent = names.length < 2
    ? `All documents with a date are of one ${unit}, ${names[0]}.`
    : `Mean share of the topic in the documents of each ${unit}, with the other topics in grey; below, the number of `
      + 'documents. The band has the mean in 19 of 20 cases, were there other documents of the kind; it is wide where '
      + 'there are few.';
  const frame = { width: 620, height: 320, left: 48, right: 12, top: 12, bottom: 96 };
  // Wide bands of few documents may leave the picture.
  const most = Math.max(...own.filter(value => value !== null), 1);
  const widest = Math.max(...upper.filter(value => value !== null), 1);
  const highest = Math.min(widest, 1.6 * most) / 1e4 * 1.04;
  const inner = frame.width - frame.left - frame.right;
  const x = i => frame.left + (names.length === 1 ? 0.5 : i / (names.length - 1)) * inner;
  const y = share => frame.height - frame.bottom - share / highest * (frame.height - frame.top - frame.bottom);
  const chart = element('svg', {
    class: 'chart', viewBox: `0 0 ${frame.width} ${frame.height}`, role: 'img',
    'aria-label': `Share of topic ${titleOf(state.topic)} by ${unit}; the table below has the figures`,
  });
  for (const tick of [0, 0.5, 1]) {
    const share = tick * highest;
    chart.append(
      element('line', { class: 'axis', x1: frame.left, x2: frame.width - frame.right, y1: y(share), y2: y(share) }),
      element('text', { x: frame.left - 6, y: y(share) + 4, 'text-anchor': 'end' }, percent(share)));
  }
  const path = line => {
    let d = '';
    line.forEach((value, i) => {
      if (value === null) return;
      d += `${d === '' || line[i - 1] === null ? 'M' : 'L'}${x(i).toFixed(1)} ${y(value / 1e4).toFixed(1)}`;
    });
    return d;
  };
  // What is above the scale of the topic is cut off: a picture within the picture.
  const others = element('svg', {
    x: frame.left, y: frame.top, width: inner, height: frame.height - frame.top - frame.bottom,
    viewBox: `${frame.left} ${frame.top} ${inner} ${frame.height - frame.top - frame.bottom}`,
  });
  all.forEach((line, t) => {
    if (rank <= 50 && t !== state.topic) others.append(element('path', { class: 'other', d: path(line) }));
  });
  others.append(element('path', { class: 'band', d: bandPath(lower, upper, x, value => y(value / 1e4)) }));
  chart.append(others);
  chart.append(element('path', { class: 'line', d: path(own) }));
  const largest = Math.max(...sizes);
  const width = Math.max(1, inner / names.length * 0.8);
  names.forEach((name, i) => {
    const height = sizes[i] / largest * 40;
    const bottom = frame.height - 28;
    chart.append(element(
      'rect', { class: 'sizes', x: Math.max(0, x(i) - width / 2), y: bottom - height, width, height },
      element('title', {}, `${name}: ${count(sizes[i])} documents`)));
    if (own[i] === null) return;
    chart.append(element(
      'circle', { cx: x(i), cy: y(own[i] / 1e4), r: names.length > 60 ? 2 : 3.5 },
      element('title', {}, `${name}: ${percent(own[i] / 1e4)} (${range(lower[i], upper[i])}) of ${count(sizes[i])} `
        + 'documents')));
  });
  const labels = Math.min(names.length, 5);
  for (let i = 0; i < labels; i++) {
    const at = labels === 1 ? 0 : Math.round(i * (names.length - 1) / (labels - 1));
    const anchor = labels === 1 ? 'middle' : i === 0 ? 'start' : i === labels - 1 ? 'end' : 'middle';
    chart.append(element('text', { x: x(at), y: frame.height - 8, 'text-anchor': anchor }, names[at]));
  }
  const line = (kind, ...cells) => element(
    'tr', {}, ...cells.map(cell => element(kind, kind === 'th' ? { scope: 'col' } : {}, cell)));
  byId('time').replaceChildren(chart, element('details', {}, element('summary', {}, 'The figures'), element(
    'table', {}, line('th', unit, 'share', 'from', 'to', 'documents'),
    ...names.map((name, i) => line('td', name, ...[own, lower, upper].map(
      values => values[i] === null ? '–' : `${(values[i] / 100).toFixed(2)} %`), count(sizes[i]))))));
}

/** The area between two lines, in pieces where there are none; a piece of one point is a stroke. */
function bandPath(lower, upper, x, y) {
  let d = '';
  for (let from = 0; from < lower.length; from++) {
    if (lower[from] === null) continue;
    let to = from;
    while (to + 1 < lower.length && lower[to + 1] !== null) to++;
    const points = [];
    for (let i = from; i <= to; i++) points.push([x(i) - (from === to ? 4 : 0), y(upper[i])]);
    if (from === to) points.push([x(from) + 4, y(upper[from])], [x(from) + 4, y(lower[from])]);
    for (let i = to; i >= from; i--) points.push([x(i) - (from === to ? 4 : 0), y(lower[i])]);
    d += `M${points.map(point => point.map(value => value.toFixed(1)).join(' ')).join('L')}Z`;
    from = to;
  }
  return d;
}

/** An interval of shares in ten-thousandths. */
function range(lower, upper) {
  const digits = upper - lower < 100 ? 1 : 0;
  return `${(lower / 100).toFixed(digits)} to ${(upper / 100).toFixed(digits)} %`;
}

function drawClasses() {
  const { names, sizes, shares: all, all: number } = data.classes;
  byId('classes-note').textContent = 'Mean share of the topic in the documents of each class. The line has the mean in '
    + '19 of 20 cases, were there other documents of the kind; it is long where there are few.'
    + (number > names.length ? ` The ${names.length} largest of ${count(number)} classes.` : '');
  const [own, lower, upper] = [all[state.topic], data.classes.lower[state.topic], data.classes.upper[state.topic]];
  // A class of one document has an interval of everything.
  const most = Math.max(Math.min(Math.max(...upper), 1.6 * Math.max(...own)), 1);
  const order = names.map((_, i) => i).sort((a, b) => own[b] - own[a] || a - b);
  byId('classes').replaceChildren(...order.map(i => element(
    'li', {}, element('span', { dir: 'auto', title: `${names[i]}: ${count(sizes[i])} documents` }, names[i]),
    element('div', { class: 'track' }, bar('in', own[i], most), interval(lower[i], upper[i], most)),
    element(
      'small', { title: `${count(sizes[i])} documents` }, percent(own[i] / 1e4),
      element('i', {}, ` (${range(lower[i], upper[i])})`)))));
}

function interval(lower, upper, most) {
  const line = element('div', { class: 'interval' });
  const [from, to] = [lower, upper].map(value => Math.min(100, 100 * value / most));
  line.style.left = `${from}%`;
  line.style.width = `${to - from}%`;
  return line;
}

function drawSimilar() {
  byId('similar-note').textContent = (data.byTexts
    ? 'How different the words of the texts are that the topics are in.' : 'How different the words of the topics are.')
    + ' 1 is the mean distance of two topics.';
  const farthest = Math.max(...topics.map((_, t) => distance(state.topic, t)));
  byId('nearest').replaceChildren(...nearest(state.topic).slice(0, 10).map(t => element(
    'li', {},
    element(
      'button', { type: 'button', dir: 'auto', title: topics[t].name, '.onclick': () => chooseTopic(t) }, titleOf(t)),
    element('div', { class: 'track' }, bar('in', farthest - distance(state.topic, t), farthest)),
    element('small', {}, distance(state.topic, t).toFixed(2)))));
  drawMatrix();
}

function drawMatrix() {
  const canvas = byId('matrix');
  const cell = Math.max(2, Math.floor(480 / rank));
  canvas.width = canvas.height = cell * rank;
  canvas.setAttribute('aria-label', `Distances of all ${rank} topics. The arrow keys go from topic to topic.`);
  const context = canvas.getContext('2d');
  const style = getComputedStyle(document.documentElement);
  const shade = style.getPropertyValue('--shade').trim();
  const most = data.distances.flat().reduce((a, b) => Math.max(a, b), 1) / 1000;
  data.order.forEach((row, i) => data.order.forEach((column, j) => {
    context.fillStyle = `rgba(${shade}, ${(1 - distance(row, column) / most).toFixed(3)})`;
    context.fillRect(j * cell, i * cell, cell, cell);
  }));
  const at = data.order.indexOf(state.topic);
  context.strokeStyle = style.getPropertyValue('--warm').trim();
  context.lineWidth = 1.5;
  context.strokeRect(0.75, at * cell + 0.75, canvas.width - 1.5, Math.max(1, cell - 1.5));
}

function matrixCell(event) {
  const frame = byId('matrix').getBoundingClientRect();
  const at = (value, from, size) => Math.max(0, Math.min(rank - 1, Math.floor((value - from) / size * rank)));
  const [row, column] = [at(event.clientY, frame.top, frame.height), at(event.clientX, frame.left, frame.width)];
  return [data.order[row], data.order[column]];
}

function drawDuplicates() {
  const pairs = [];
  for (let i = 0; i < data.nearestPairs.length; i += 3) pairs.push(data.nearestPairs.slice(i, i + 3));
  byId('duplicates').replaceChildren(
    element('h3', {}, pairs.length > 0 ? 'Nearly the same words' : 'No two topics have nearly the same words'),
    element('p', { class: 'note' }, 'Pairs whose words are no farther apart than '
      + `${data.nearDuplicate} (0: the same, 1: none in common): ${count(data.duplicates)}`
      + `${data.duplicates > pairs.length ? `, of which the nearest ${pairs.length}` : ''}.`),
    ...pairs.map(([a, b, apart]) => element('button', {
      type: 'button', class: 'pair', dir: 'auto', '.onclick': () => chooseTopic(state.topic === a ? b : a),
    }, `${(apart / 1000).toFixed(2)} · ${titleOf(a)} · ${titleOf(b)}`)));
}
