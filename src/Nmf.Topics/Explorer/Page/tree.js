// Topics in groups: a tree of which parts are open. Groups are numbered as in the data; the last has all topics.

const allTopics = data.groups.length - 1;
const parents = { topics: new Map(), groups: new Map() };
data.groups.forEach((group, g) => group.children.forEach(
  child => (child < 0 ? parents.groups.set(~child, g) : parents.topics.set(child, g))));
const open = new Set();
const nodes = [];

function topicsOfGroup(group) {
  return data.groups[group].children.flatMap(child => (child < 0 ? topicsOfGroup(~child) : [child]));
}

/** The visible nodes from top to bottom: { topic } or { group }, with level and parent. Topics without words come
    last. */
function visibleNodes() {
  const list = [];
  const size = node => node.topic !== undefined ? topics[node.topic].share
    : topicsOfGroup(node.group).reduce((sum, t) => sum + topics[t].share, 0);
  const add = (children, level, parent) => {
    const inner = children.map(child => (child < 0 ? { group: ~child } : { topic: child }));
    for (const node of inner) Object.assign(node, { level, parent, share: size(node), siblings: inner.length });
    inner.sort((a, b) => b.share - a.share);
    inner.forEach((node, i) => {
      node.place = i + 1;
      list.push(node);
      if (node.group !== undefined && open.has(node.group)) add(data.groups[node.group].children, level + 1, node);
    });
  };
  const others = topics.map((_, t) => t).filter(t => !parents.topics.has(t));
  add([...(allTopics >= 0 ? data.groups[allTopics].children : []), ...others], 1, null);
  return list;
}

function drawTree() {
  nodes.splice(0, nodes.length, ...visibleNodes());
  byId('tree').replaceChildren(...nodes.map(node => {
    const isGroup = node.group !== undefined;
    const isOpen = isGroup && open.has(node.group);
    const row = element(
      'li', {
        role: 'treeitem', tabindex: -1, 'aria-level': node.level, 'aria-setsize': node.siblings,
        'aria-posinset': node.place, 'aria-expanded': isGroup ? `${isOpen}` : null,
        'data-group': isGroup ? node.group : null, 'data-topic': isGroup ? null : node.topic,
        title: isGroup ? data.groups[node.group].name : `${topics[node.topic].name} (${topics[node.topic].summary})`,
      },
      element('b', {}, isGroup ? (isOpen ? '▾' : '▸') : `${node.topic + 1}`),
      isGroup
        ? element(
          'span', { dir: 'auto' }, element('small', { class: 'number' }, `${topicsOfGroup(node.group).length}× `),
          data.groups[node.group].name)
        : topicName(node.topic),
      element('small', {}, percent(node.share)));
    // Deep ones are moved in by less, so that they keep room for their names.
    row.style.paddingInlineStart = `${6 + 14 * Math.min(node.level - 1, 4) + 4 * Math.max(0, node.level - 5)}px`;
    row.addEventListener('click', () => {
      if (isGroup) toggle(node.group);
      else chooseTopic(node.topic);
      focusNode(other => other.group === node.group && other.topic === node.topic);
    });
    node.row = row;
    return row;
  }));
  byId('open-all').textContent = isAllOpen() ? 'Close all' : 'Open all';
}

const isAllOpen = () => open.size >= allTopics;

function toggle(group) {
  state.group = group;
  if (!open.delete(group)) open.add(group);
  drawTree();
  markChoice();
}

/** Opens what the chosen topic is in, and marks it. */
function markInTree() {
  let isNew = false;
  for (let g = parents.topics.get(state.topic); g !== undefined && g !== allTopics; g = parents.groups.get(g)) {
    // Whoever has closed a group while its topic is chosen wants it closed.
    if (state.shownInTree !== state.topic && !open.has(g)) {
      open.add(g);
      isNew = true;
    }
  }
  state.shownInTree = state.topic;
  if (isNew || nodes.length === 0) drawTree();
  const isFocused = byId('tree').contains(document.activeElement);
  const at = nodes.find(node => node.topic === state.topic) ?? nodes[0];
  for (const node of nodes) {
    node.row.setAttribute('aria-selected', node.topic === state.topic);
    if (!isFocused) node.row.tabIndex = node === at ? 0 : -1;
  }
  scrollTo(byId('tree'), at.row);
}

function focusNode(is) {
  const node = nodes.find(is);
  if (!node) return;
  for (const other of nodes) other.row.tabIndex = other === node ? 0 : -1;
  node.row.focus();
}

/** Goes to a node: a topic is chosen, a group marked on the map. */
function goTo(node) {
  if (!node) return;
  if (node.topic !== undefined) {
    chooseTopic(node.topic);
  } else {
    state.group = node.group;
    markChoice();
  }
  focusNode(other => other.group === node.group && other.topic === node.topic);
}

function moveInTree(event) {
  const at = nodes.findIndex(node => node.row === event.target.closest('li'));
  const node = nodes[at];
  if (!node) return;
  const isGroup = node.group !== undefined;
  const isOpen = isGroup && open.has(node.group);
  const act = {
    ArrowDown: () => goTo(nodes[at + 1]),
    ArrowUp: () => goTo(nodes[at - 1]),
    Home: () => goTo(nodes[0]),
    End: () => goTo(nodes[nodes.length - 1]),
    ArrowRight: () => isOpen ? goTo(nodes[at + 1]) : isGroup && openOrClose(),
    ArrowLeft: () => isOpen ? openOrClose() : goTo(node.parent),
    Enter: () => isGroup ? openOrClose() : goTo(node),
    ' ': () => isGroup ? openOrClose() : goTo(node),
  }[event.key];
  const openOrClose = () => {
    toggle(node.group);
    focusNode(other => other.group === node.group);
  };
  if (!act) return;
  event.preventDefault();
  act();
}

function prepareTree() {
  // Of few topics all groups are open.
  if (rank <= 12) data.groups.forEach((_, g) => open.add(g));
  byId('tree').addEventListener('keydown', moveInTree);
  byId('open-all').addEventListener('click', () => {
    if (isAllOpen()) open.clear();
    else data.groups.forEach((_, g) => open.add(g));
    open.delete(allTopics);
    drawTree();
    markChoice();
  });
  open.delete(allTopics);
}
