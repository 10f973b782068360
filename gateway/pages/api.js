'use strict';
// Browses /openapi.json and tries its methods. Nothing is kept beyond this page: the token lives in its field, and nothing of an
// answer is ever read as HTML.

const $ = (id) => document.getElementById(id);
const IN_BODY = ['application/json', 'text/csv', 'application/x-ndjson'];
let api = null;
let operations = [];
let underWay = null;

function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

function resolve(schema) {
  if (!schema || !schema.$ref) return schema || {};
  const {$ref, ...own} = schema;
  const found = $ref.split('/').slice(1).reduce((at, word) => at[word], api);
  return {...found, name: $ref.split('/').pop(), ...own};
}

function typeOf(schema) {
  const known = resolve(schema);
  if (known.type === 'array') return `[${typeOf(known.items)}]`;
  return known.name ? known.name.split('.').pop() : known.format || known.type || 'object';
}

// A request to begin with: every field, empty, two levels deep.
function sample(schema, depth = 0) {
  const known = resolve(schema);
  if (known.enum) return known.enum[known.enum.length > 1 ? 1 : 0];
  if (known.type === 'array') return depth < 2 ? [sample(known.items, depth + 1)] : [];
  if (known.type === 'boolean') return false;
  if (known.type === 'integer') return 0;
  if (known.type === 'object') {
    const value = {};
    if (depth < 2) for (const [name, field] of Object.entries(known.properties || {})) value[name] = sample(field, depth + 1);
    return value;
  }
  if (known.format === 'int64' || known.format === 'uint64') return '0';
  return '';
}

function fieldsTable(schema, caption) {
  const known = resolve(schema);
  const rows = Object.entries(known.properties || {}).map(([name, field]) => {
    const about = resolve(field);
    const marks = [(known.required || []).includes(name) ? '必填 required' : '', about['x-personal'] ? '个人信息 personal' : '',
      about['x-scope'] ? '所辖区划 your division' : ''].filter(Boolean).join(' · ');
    return make('tr', {}, make('th', {scope: 'row'}, make('code', {}, name), field.title ? ` ${field.title}` : ''),
        make('td', {}, typeOf(field)), make('td', {}, field.description || '', marks ? make('div', {class: 'note'}, marks) : null));
  });
  if (rows.length === 0) return null;
  return make('details', {}, make('summary', {}, caption), make('table', {}, ...rows));
}

function listServices(filter) {
  const words = filter.toLowerCase().split(/\s+/).filter(Boolean);
  const shown = operations.filter((one) => words.every((word) => one.text.includes(word)));
  const groups = new Map();
  for (const one of shown) groups.set(one.tag, [...(groups.get(one.tag) || []), one]);
  $('count').textContent = `${shown.length} / ${operations.length}`;
  const current = location.hash.slice(1);
  $('services').replaceChildren(...[...groups].map(([tag, members]) => {
    const about = (api.tags || []).find((one) => one.name === tag) || {};
    return make('details', {open: words.length > 0 || members.some((one) => one.id === current)},
        make('summary', {title: about.description}, `${tag || '网关 gateway'} (${members.length})`),
        make('ul', {}, ...members.map((one) => make('li', {}, make('button', {
          type: 'button', 'aria-current': one.id === current ? 'true' : null,
          onclick: () => { location.hash = one.id; },
        }, make('span', {class: 'verb'}, one.verb), make('span', {class: 'path'}, one.path),
        make('div', {class: 'note'}, one.operation.summary || ''))))));
  }));
}

function inputFor(parameter) {
  const schema = resolve(parameter.schema);
  const id = `p-${parameter.in}-${parameter.name}`;
  const attributes = {id, name: parameter.name, 'data-in': parameter.in, 'data-list': schema.type === 'array'};
  const options = schema.enum || (schema.type === 'boolean' ? ['true', 'false'] : null);
  const input = options ? make('select', attributes, make('option', {value: ''}, ''), ...options.map((one) => make('option', {}, one))) :
      make('input', {...attributes, spellcheck: 'false', placeholder: schema.type === 'array' ? 'a, b, c' : ''});
  return make('tr', {}, make('th', {scope: 'row'}, make('label', {for: id}, make('code', {}, parameter.name),
      schema.title ? ` ${schema.title}` : '', parameter.required ? make('span', {class: 'bad', title: '必填 required'}, ' *') : null)),
  make('td', {}, input), make('td', {class: 'note'}, parameter.description || ''));
}

function bodyInput(content) {
  const types = IN_BODY.filter((type) => content[type]);
  const area = make('textarea', {id: 'body', spellcheck: 'false', 'aria-label': '请求正文 body'});
  const file = make('input', {id: 'file', type: 'file', 'aria-label': '文件 file'});
  const type = make('select', {id: 'type', 'aria-label': '格式 content type'}, ...types.map((one) => make('option', {}, one)));
  const fill = () => {
    const schema = content[type.value].schema;
    const columns = schema['x-columns'];
    file.hidden = type.value === 'application/json';
    if (columns) area.value = `${columns.map((one) => one.label || one.name).join(',')}\n`;
    else area.value = JSON.stringify(sample(schema), null, type.value === 'application/json' ? 2 : 0);
  };
  type.addEventListener('change', fill);
  fill();
  return [make('h3', {}, '正文 Body'), make('div', {class: 'row'}, type, file), area];
}

function show(one) {
  const {operation} = one;
  const parameters = operation.parameters || [];
  const content = operation.requestBody ? operation.requestBody.content : null;
  const schema = content && content['application/json'] ? content['application/json'].schema : content && content['application/x-ndjson'] ? content['application/x-ndjson'].schema : null;
  const answer = (operation.responses['200'].content || {});
  const answered = (answer['application/json'] || answer['application/x-ndjson'] || {}).schema;
  const output = make('div', {id: 'answer', role: 'status', 'aria-live': 'polite'});
  const form = make('form', {onsubmit: (event) => { event.preventDefault(); send(one, form, output); }},
      parameters.length ? make('h3', {}, '参数 Parameters') : null,
      parameters.length ? make('table', {}, ...parameters.map(inputFor)) : null,
      ...(content ? bodyInput(content) : []),
      make('div', {class: 'row'}, make('button', {class: 'send'}, '发送 Send'),
          make('button', {type: 'button', onclick: () => underWay && underWay.abort()}, '停止 Stop')));
  $('operation').replaceChildren(
      make('h2', {}, make('span', {class: 'verb'}, one.verb), make('span', {class: 'path'}, one.path)),
      ...(operation.description || operation.summary || '').split('\n\n').map((text) => make('p', {}, text)),
      form, output,
      schema ? fieldsTable(schema, '请求字段 Fields of the request') : null,
      answered ? fieldsTable(answered, '应答字段 Fields of the answer') : null);
  $('operation').focus();
}

function address(one, form) {
  let path = one.path;
  const query = new URLSearchParams();
  for (const input of form.querySelectorAll('[data-in]')) {
    const value = input.value.trim();
    if (input.dataset.in === 'path') path = path.replace(`{${input.name}}`, encodeURIComponent(value));
    else if (value && input.dataset.list !== undefined) value.split(',').forEach((item) => query.append(input.name, item.trim()));
    else if (value) query.append(input.name, value);
  }
  const text = query.toString();
  return text ? `${path}?${text}` : path;
}

function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

async function send(one, form, output) {
  if (underWay) underWay.abort();
  underWay = new AbortController();
  const options = {method: one.verb, headers: {}, signal: underWay.signal, cache: 'no-store', credentials: 'omit', redirect: 'error'};
  const token = $('token').value.trim().replace(/^Bearer\s+/i, '');
  if (token) options.headers.Authorization = `Bearer ${token}`;
  const body = form.querySelector('#body');
  if (body) {
    const file = form.querySelector('#file').files[0];
    options.headers['Content-Type'] = form.querySelector('#type').value;
    options.body = file || body.value;
  }
  const url = address(one, form);
  const status = make('p', {}, '…');
  const text = make('pre', {tabindex: '0', 'aria-label': '应答 answer'});
  output.replaceChildren(make('h3', {}, '应答 Answer'), make('p', {class: 'path'}, `${one.verb} ${url}`), status, text);
  const begun = performance.now();
  try {
    const response = await fetch(url, options);
    status.textContent = `${response.status} ${response.statusText} · ${Math.round(performance.now() - begun)} ms · ${response.headers.get('X-Request-Id') || ''}`;
    status.className = response.ok ? '' : 'bad';
    const isLines = (response.headers.get('Content-Type') || '').includes('ndjson');
    if (!isLines) {
      text.textContent = pretty(await response.text());
      return;
    }
    const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
    for (let part = await reader.read(); !part.done; part = await reader.read()) text.append(part.value);
  } catch (error) {
    status.textContent = error.name === 'AbortError' ? '已停止 stopped' : `没有应答 no answer: ${error.message}`;
    status.className = 'bad';
  }
}

function showCurrent() {
  const one = operations.find((candidate) => candidate.id === location.hash.slice(1));
  listServices($('search').value);
  if (one) show(one);
}

async function begin() {
  $('token-form').addEventListener('submit', (event) => event.preventDefault());
  $('search').addEventListener('input', () => listServices($('search').value));
  window.addEventListener('hashchange', showCurrent);
  const response = await fetch('/openapi.json', {credentials: 'omit'});
  api = await response.json();
  operations = Object.entries(api.paths).flatMap(([path, verbs]) => Object.entries(verbs).map(([verb, operation]) => ({
    path, verb: verb.toUpperCase(), operation, id: operation.operationId, tag: (operation.tags || [''])[0],
    text: `${verb} ${path} ${operation.operationId} ${operation.description || operation.summary || ''}`.toLowerCase(),
  })));
  showCurrent();
}

begin().catch((error) => { $('count').textContent = `没有接口说明 no description: ${error.message}`; });
