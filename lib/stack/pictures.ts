/** A CloudFormation template, as far as pictures look into it. */
export interface Template {
  readonly Resources: Readonly<Record<string, Resource>>;
}
interface Resource {
  readonly Type: string;
  readonly Properties?: unknown;
}

interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly title: string;
  readonly lines?: readonly string[];
  readonly dashed?: boolean;
}

/** Who calls whom, and who may do what to which data: drawn from the methods and policies of the template. */
export function architecture(template: Template): string {
  const routes = routesOf(template);
  const lambdas = [...new Set(routes.map(({ lambda }) => lambda))];
  const grants = grantsOf(template).filter(({ lambda }) => lambdas.includes(lambda));
  const stores = [...new Set(grants.map(({ store }) => store))];

  const phones = box(20, 130, 120, 70, 'phones', ['SIP']);
  const jambonz = box(190, 130, 150, 70, 'jambonz', ['SBC, feature server']);
  const door = box(390, 40, 170, 40 + routes.length * 44, 'API Gateway');
  const paths = routes.map(({ path }, at) => box(405, 80 + at * 44, 140, 30, `POST ${path}`));
  const functions = lambdas.map((name, at) =>
    box(620, 60 + at * 110, 190, 64, titleOf(name, routes), ['Lambda, Node.js 24, arm64']),
  );
  const data = stores.map((store, at) => box(890, 24 + at * 84, 290, 66, store, actionsOf(store, grants)));
  const bottom = 40 + Math.max(door.y + door.height, 24 + stores.length * 84);
  const watch = box(390, bottom, 790, 66, 'watched by', watchersOf(template));

  const arrows = [
    arrow(phones, jambonz),
    ...paths.map((path) => arrow(jambonz, path)),
    ...routes.map(({ lambda }, at) => arrow(paths[at], functions[lambdas.indexOf(lambda)])),
    ...grants.map(({ lambda, store }) =>
      arrow(functions[lambdas.indexOf(lambda)], data[stores.indexOf(store)]),
    ),
  ];
  const boxes = [phones, jambonz, { ...door, dashed: true }, ...paths, ...functions, ...data, watch];
  return svg(1200, bottom + 86, [...new Set(arrows), ...boxes.map(drawBox)]);
}

/** The dashboard's widgets, where they stand and what they show. */
export function dashboard(template: Template): string {
  const [body] = propertiesOf(template, 'AWS::CloudWatch::Dashboard').map(([, it]) =>
    get(it, 'DashboardBody'),
  );
  const widgets = list(get(JSON.parse(joined(body)), 'widgets'));
  const [column, row] = [45, 30];
  const boxes = widgets.map((widget) => {
    const number = (name: string) => Number(get(widget, name));
    const properties = get(widget, 'properties');
    const title = String(get(properties, 'title'));
    return box(
      20 + number('x') * column,
      20 + number('y') * row,
      number('width') * column - 12,
      number('height') * row - 12,
      title,
      seriesOf(properties),
    );
  });
  const bottom = Math.max(...boxes.map(({ y, height }) => y + height));
  return svg(20 + 24 * column + 8, bottom + 20, boxes.map(drawBox));
}

// ---- what the template says ----

function routesOf(template: Template): { path: string; lambda: string }[] {
  const paths = new Map(
    propertiesOf(template, 'AWS::ApiGateway::Resource').map(([id, it]) => [id, String(get(it, 'PathPart'))]),
  );
  return propertiesOf(template, 'AWS::ApiGateway::Method').map(([, method]) => ({
    path: `/${paths.get(String(get(method, 'ResourceId', 'Ref')))}`,
    lambda: nounOf(targetOf(get(method, 'Integration', 'Uri')), 'Lambda'),
  }));
}

/** A Lambda is called like the first of its paths. */
function titleOf(lambda: string, routes: ReturnType<typeof routesOf>): string {
  return routes.find((it) => it.lambda === lambda)?.path.slice(1) ?? lambda;
}

function grantsOf(template: Template): { lambda: string; store: string; actions: string[] }[] {
  return propertiesOf(template, 'AWS::IAM::Policy').flatMap(([, policy]) =>
    list(get(policy, 'PolicyDocument', 'Statement')).flatMap((statement) => {
      const store = targetOf(get(statement, 'Resource'));
      const actions = list(get(statement, 'Action')).map(String);
      const [role] = list(get(policy, 'Roles'));
      return /^(logs|kms):/.test(actions[0] ?? '')
        ? []
        : [{ lambda: nounOf(targetOf(role), 'Role'), store: nounOf(store, 'Table'), actions }];
    }),
  );
}

function actionsOf(store: string, grants: ReturnType<typeof grantsOf>): string[] {
  const [grant] = grants.filter((it) => it.store === store);
  const [service = '', ...names] = (grant?.actions ?? []).join(':').split(':').filter(isNews);
  const title = service === 'dynamodb' ? 'DynamoDB, customer-managed key' : 'Secrets Manager';
  return [title, names.join(' ')];
}

function isNews(word: string, at: number, words: readonly string[]): boolean {
  return words.indexOf(word) === at;
}

function watchersOf(template: Template): string[] {
  const howMany = (type: string) => propertiesOf(template, type).length;
  return [
    `${howMany('AWS::Logs::LogGroup')} logs, one line per decision · ${howMany('AWS::Logs::QueryDefinition')} saved queries · metrics in the log`,
    `${howMany('AWS::CloudWatch::Alarm')} alarms to ${howMany('AWS::SNS::Topic')} topic · ${howMany('AWS::CloudWatch::Dashboard')} dashboard`,
  ];
}

function seriesOf(properties: unknown): string[] {
  const alarms = list(get(properties, 'alarms'));
  if (alarms.length > 0) return [`${alarms.length} alarms, green or red`];
  return list(get(properties, 'metrics')).flatMap((metric) => {
    const options = list(metric).at(-1);
    const [label, hidden] = [get(options, 'label'), get(options, 'visible') === false];
    return typeof label === 'string' && !hidden ? [label.replace(/\$\{PROP\('Dim\.(\w+)'\)\}/g, '<$1>')] : [];
  });
}

function propertiesOf(template: Template, type: string): [string, unknown][] {
  return Object.entries(template.Resources).flatMap(([id, it]) =>
    it.Type === type ? [[id, it.Properties]] : [],
  );
}

/** The logical id that a value leads to. */
function targetOf(value: unknown): string {
  if (Array.isArray(value)) return value.map(targetOf).find((it) => it !== '') ?? '';
  if (typeof value !== 'object' || value === null) return '';
  const [id] = list(get(value, 'Fn::GetAtt'));
  return String(get(value, 'Ref') ?? id ?? '').startsWith('AWS::')
    ? ''
    : String(get(value, 'Ref') ?? id ?? targetOf(get(value, 'Fn::Join')));
}

/** A logical id is the path of its construct and eight hex digits: `registerauthLambda0B5C8AB6`. */
function nounOf(id: string, kind: string): string {
  return id.replace(/[0-9A-F]{8}$/, '').replace(new RegExp(`${kind}$`), '');
}

function joined(value: unknown): string {
  if (typeof value === 'string') return value;
  return list(list(get(value, 'Fn::Join'))[1])
    .map((it) => (typeof it === 'string' ? it : 'AWS'))
    .join('');
}

function get(value: unknown, ...path: readonly string[]): unknown {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  return typeof value === 'object' && value !== null
    ? get((value as Record<string, unknown>)[name], ...rest)
    : undefined;
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : value === undefined ? [] : [value];
}

// ---- how it is drawn ----

function box(
  x: number,
  y: number,
  width: number,
  height: number,
  title: string,
  lines: readonly string[] = [],
): Box {
  return { x, y, width, height, title, lines };
}

function drawBox({ x, y, width, height, title, lines = [], dashed = false }: Box): string {
  const dash = dashed ? ' stroke-dasharray="5 4" fill="none"' : ' fill="#f6f8fa"';
  const text = lines.map((line, at) => `<text x="${x + 10}" y="${y + 40 + at * 17}">${inXml(line)}</text>`);
  return [
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="6" stroke="#57606a"${dash}/>`,
    `<text x="${x + 10}" y="${y + 20}" font-weight="bold">${inXml(title)}</text>`,
    ...text,
  ].join('\n');
}

function arrow(from: Box | undefined, to: Box | undefined): string {
  if (!from || !to) return '';
  const [x1, y1] = [from.x + from.width, from.y + from.height / 2];
  return `<line x1="${x1}" y1="${y1}" x2="${to.x}" y2="${to.y + to.height / 2}" stroke="#57606a" marker-end="url(#arrow)"/>`;
}

function svg(width: number, height: number, parts: readonly string[]): string {
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12" fill="#1f2328">`,
    '<defs><marker id="arrow" viewBox="0 0 8 8" refX="8" refY="4" markerWidth="7" markerHeight="7" orient="auto"><path d="M0 0 8 4 0 8z" fill="#57606a"/></marker></defs>',
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...parts,
    '</svg>',
    '',
  ].join('\n');
}

function inXml(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
